/** What SQLite stores; blobs always come and go as plain `Uint8Array`s. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** First message to a worker: which file it owns, and how. */
export interface OpenRequest {
  readonly kind: 'open';
  readonly file: string;
  readonly readOnly: boolean;
  readonly busyTimeoutMs: number;
  /** Run once after opening, for example `PRAGMA synchronous = FULL`. */
  readonly script: string;
}

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** Runs statements until one fails; answers the result of the last one. */
export interface RunRequest {
  readonly kind: 'run';
  /** Transaction control to run first; if it fails, nothing else is run. */
  readonly before: string | null;
  readonly statements: readonly Statement[];
}

/** What a worker does, strictly in the order of its messages, one reply each. */
export type WorkerRequest =
  | OpenRequest
  | RunRequest
  /** Statements without parameters and without rows, for transaction control. */
  | { readonly kind: 'script'; readonly sql: string }
  | { readonly kind: 'close' };

export interface RunResult {
  /** Empty for statements that answer no rows. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** Rows changed; meaningful for statements that answer no rows. */
  readonly changes: number;
}

export interface WorkerFailure {
  readonly message: string;
  /** Extended result code of SQLite; `ended` when the thread is gone; otherwise a defect. */
  readonly errcode: number | 'ended' | undefined;
  /** Whether a transaction is still open: some errors end it on their own. */
  readonly inTransaction: boolean;
}

export type WorkerReply =
  | { readonly ok: true; readonly result: RunResult }
  | { readonly ok: false; readonly failure: WorkerFailure };
