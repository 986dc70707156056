import type { ErrorCode } from '#libs/errors/catalogue.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { sqliteResultCode } from './sqlite-result-code.ts';

const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

/**
 * An error of `node:sqlite` as a coded one: PLB_STORE_FULL when there is no space left (a full disk
 * or a page limit), PLB_WIRE_MALFORMED when the file is damaged, `otherwise` for the rest. Errors
 * that are not SQLite's come back as they are.
 *
 * @param options.doing what failed, to follow "Cannot …"
 * @param options.path the database file
 */
export function codedSqliteError(
  error: unknown,
  options: { readonly doing: string; readonly path: string; readonly otherwise: ErrorCode },
): unknown {
  const result = sqliteResultCode(error);
  if (result === undefined || !(error instanceof Error)) return error;
  const { doing, path } = options;
  const got = `got "${error.message}"`;
  if (result === SQLITE_FULL) {
    return new PlumblineError(
      'PLB_STORE_FULL',
      `Cannot ${doing}: the disk must have space left, ${got}.`,
      {
        path,
        fix: 'Free space on the disk, or raise the size limit; then try again.',
        cause: error,
      },
    );
  }
  if (result === SQLITE_CORRUPT || result === SQLITE_NOTADB) {
    return new PlumblineError(
      'PLB_WIRE_MALFORMED',
      `Cannot ${doing}: ${path} must be an undamaged SQLite file, ${got}.`,
      {
        path,
        fix: 'Restore the file from a backup, or start with an empty directory.',
        cause: error,
      },
    );
  }
  return new PlumblineError(
    options.otherwise,
    `Cannot ${doing}: ${path} must be readable and writable, ${got}.`,
    { path, cause: error },
  );
}
