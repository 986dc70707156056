import { CATALOGUE, type ErrorCode } from './catalogue.ts';

/** Where a problem is and how to mend it; shown to people and returned by the API. */
export interface ErrorDetail {
  /** Path inside a document (`monitors.daily.window`), or a file name with a line. */
  readonly path?: string;
  /** What the reader can do about it. */
  readonly fix?: string;
}

/** Every error that a user may see: a code of the catalogue, a message that says what and where. */
export class PlumblineError extends Error {
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;

  constructor(code: ErrorCode, message: string, options: ErrorDetail & { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PlumblineError';
    this.code = code;
    this.detail = {
      ...(options.path === undefined ? {} : { path: options.path }),
      ...(options.fix === undefined ? {} : { fix: options.fix }),
    };
  }

  /** HTTP status with which the API answers this error. */
  get status(): number {
    return CATALOGUE[this.code].status;
  }

  /** Whether the same call may succeed later without a change. */
  get retry(): boolean {
    return CATALOGUE[this.code].retry;
  }
}
