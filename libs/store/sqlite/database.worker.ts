import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';
import type {
  OpenRequest,
  RunRequest,
  RunResult,
  SqlValue,
  Statement,
  WorkerReply,
  WorkerRequest,
} from './protocol.ts';

/** Owns one connection: `DatabaseSync` blocks its thread, so it has one of its own. */

const MAX_STATEMENTS = 256;
const NOTHING: RunResult = { columns: [], rows: [], changes: 0 };

interface Prepared {
  readonly statement: StatementSync;
  readonly columns: readonly string[];
}

let database: DatabaseSync | undefined;
/** Least recently used first. */
const statements = new Map<string, Prepared>();

function connection(): DatabaseSync {
  if (database === undefined) throw new Error('The database is not open.');
  return database;
}

function open(request: OpenRequest): RunResult {
  database = new DatabaseSync(request.file, {
    readOnly: request.readOnly,
    timeout: request.busyTimeoutMs,
    enableDoubleQuotedStringLiterals: false,
  });
  database.exec(request.script);
  return NOTHING;
}

function prepare(sql: string): Prepared {
  let prepared = statements.get(sql);
  if (prepared === undefined) {
    const statement = connection().prepare(sql, { returnArrays: true });
    prepared = { statement, columns: statement.columns().map((column) => column.name) };
    const oldest = statements.keys().next();
    if (statements.size >= MAX_STATEMENTS && !oldest.done) statements.delete(oldest.value);
  } else {
    statements.delete(sql);
  }
  statements.set(sql, prepared);
  return prepared;
}

function run({ before, statements: all }: RunRequest): RunResult {
  if (before !== null) connection().exec(before);
  let result = NOTHING;
  for (const statement of all) result = runOne(statement);
  return result;
}

function runOne({ sql, parameters }: Statement): RunResult {
  const { statement, columns } = prepare(sql);
  if (columns.length === 0) {
    return { ...NOTHING, changes: Number(statement.run(...parameters).changes) };
  }
  // `returnArrays` makes rows arrays, which the type of `all` does not know.
  const rows = statement.all(...parameters) as unknown as SqlValue[][];
  return { columns, rows, changes: 0 };
}

function perform(request: WorkerRequest): RunResult {
  switch (request.kind) {
    case 'open':
      return open(request);
    case 'run':
      return run(request);
    case 'script':
      connection().exec(request.sql);
      return NOTHING;
    case 'close':
      statements.clear();
      database?.close();
      database = undefined;
      return NOTHING;
  }
}

function answer(request: WorkerRequest): WorkerReply {
  try {
    return { ok: true, result: perform(request) };
  } catch (error) {
    const { message, errcode } = error as { message?: unknown; errcode?: unknown };
    return {
      ok: false,
      failure: {
        message: String(message ?? error),
        errcode: typeof errcode === 'number' ? errcode : undefined,
        inTransaction: database?.isTransaction ?? false,
      },
    };
  }
}

parentPort?.on('message', (request: WorkerRequest) => {
  const reply = answer(request);
  const blobs: ArrayBuffer[] = [];
  if (reply.ok) {
    for (const row of reply.result.rows) {
      // A blob fresh from SQLite has a buffer of its own: it moves, nothing is copied.
      for (const value of row)
        if (value instanceof Uint8Array) blobs.push(value.buffer as ArrayBuffer);
    }
  }
  parentPort?.postMessage(reply, blobs);
  if (request.kind === 'close') parentPort?.close();
});
