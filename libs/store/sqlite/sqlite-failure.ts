import type { ErrorCode } from '#libs/errors/catalogue.ts';
import { type ErrorDetail, PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { WorkerFailure } from './protocol.ts';

// Primary result codes, https://sqlite.org/rescode.html
const BUSY = 5;
const READONLY = 8;
const IO = 10;
const CORRUPT = 11;
const FULL = 13;
const CANT_OPEN = 14;
const NOT_A_DATABASE = 26;
/** SQLITE_IOERR_SHMSIZE: the index of the write-ahead log could not grow. */
const SHARED_MEMORY_SIZE = 4874;

/** An error as the worker met it, with what the driver must know to go on. */
export class SqliteFailure extends PlumblineError {
  readonly errcode: WorkerFailure['errcode'];
  readonly inTransaction: boolean;

  constructor(file: string, failure: WorkerFailure, cause?: unknown) {
    const { code, message, fix } = describe(file, failure);
    super(code, message, { path: file, cause, ...(fix === undefined ? {} : { fix }) });
    this.errcode = failure.errcode;
    this.inTransaction = failure.inTransaction;
  }
}

function describe(
  file: string,
  { errcode, message }: WorkerFailure,
): { readonly code: ErrorCode; readonly message: string } & Pick<ErrorDetail, 'fix'> {
  if (errcode === 'ended') return { code: 'PLB_STORE_UNAVAILABLE', message };
  const primary = errcode === undefined ? undefined : errcode & 0xff;
  if (primary === FULL || errcode === SHARED_MEMORY_SIZE) {
    return {
      code: 'PLB_STORE_FULL',
      message: `Cannot write to ${file}: the disk must have space left and the store be below its limit, got "${message}".`,
      fix: 'Free space, raise the limit, or shorten the retention; nothing was half-written.',
    };
  }
  switch (primary) {
    case BUSY:
    case READONLY:
    case IO:
    case CANT_OPEN:
      return {
        code: 'PLB_STORE_UNAVAILABLE',
        message: `Cannot use ${file}: its disk must be readable and writable, got "${message}".`,
      };
    case CORRUPT:
    case NOT_A_DATABASE:
      return {
        code: 'PLB_STORE_UNAVAILABLE',
        message: `Cannot use ${file}: it must be an undamaged SQLite database, got "${message}".`,
        fix: 'Restore the file from a backup, or start with an empty directory.',
      };
    default:
      return { code: 'PLB_INTERNAL', message: `Cannot run a statement on ${file}: ${message}` };
  }
}
