import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type {
  OpenRequest,
  RunResult,
  SqlValue,
  Statement,
  WorkerReply,
  WorkerRequest,
} from './protocol.ts';
import { SqliteFailure } from './sqlite-failure.ts';

interface Pending {
  resolve(result: RunResult): void;
  reject(error: Error): void;
}

/**
 * One SQLite connection on a thread of its own. Calls are carried out in the order in which they
 * were made; a call only costs this thread the copy of its parameters.
 */
export class WorkerDatabase {
  readonly #file: string;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  /** Replies come in the order of the requests. */
  readonly #pending: Pending[] = [];
  #ended: Error | undefined;
  #closing: Promise<void> | undefined;

  private constructor(file: string) {
    this.#file = file;
    // The extension is .js once the sources were compiled.
    const script = new URL(`./database.worker${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(script);
    this.#worker.on('message', (reply: WorkerReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(error));
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#end();
        resolve();
      });
    });
    // An idle store keeps no process alive; an awaited answer does.
    this.#worker.unref();
  }

  /** @throws PLB_STORE_UNAVAILABLE, PLB_STORE_FULL */
  static async open(request: Omit<OpenRequest, 'kind'>): Promise<WorkerDatabase> {
    const database = new WorkerDatabase(request.file);
    try {
      await database.#request({ kind: 'open', ...request });
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }

  /**
   * Runs statements until one fails; answers the result of the last one. Blobs are copied, so the
   * caller may reuse its own at once.
   *
   * @param before transaction control that must succeed first
   */
  run(statements: readonly Statement[], before: string | null = null): Promise<RunResult> {
    const moved: ArrayBuffer[] = [];
    const own = (value: SqlValue): SqlValue => {
      if (!(value instanceof Uint8Array)) return value;
      // Cloning a view would copy all of the buffer behind it: copy the view, move the copy.
      const copy = new Uint8Array(value);
      moved.push(copy.buffer);
      return copy;
    };
    const copies = statements.map(({ sql, parameters }) => ({
      sql,
      parameters: parameters.map(own),
    }));
    return this.#request({ kind: 'run', before, statements: copies }, moved);
  }

  /** Runs statements that have neither parameters nor rows. */
  async script(sql: string): Promise<void> {
    await this.#request({ kind: 'script', sql });
  }

  /** Finishes what was asked for, closes the file and ends the thread. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#request({ kind: 'close' })
      .catch(() => {})
      .then(() => this.#exited);
    // The end of the thread is waited for, too.
    this.#worker.ref();
    return this.#closing;
  }

  #request(request: WorkerRequest, moved: readonly ArrayBuffer[] = []): Promise<RunResult> {
    const ended = this.#ended;
    if (ended !== undefined) return Promise.reject(ended);
    return new Promise((resolve, reject) => {
      this.#worker.postMessage(request, [...moved]);
      if (this.#pending.push({ resolve, reject }) === 1) this.#worker.ref();
    });
  }

  #settle(reply: WorkerReply): void {
    const pending = this.#pending.shift();
    if (this.#pending.length === 0 && this.#closing === undefined) this.#worker.unref();
    if (reply.ok) pending?.resolve(reply.result);
    else pending?.reject(new SqliteFailure(this.#file, reply.failure));
  }

  #end(cause?: unknown): void {
    this.#ended ??= new SqliteFailure(
      this.#file,
      {
        message: `Cannot use ${this.#file}: its thread must be running, got one that has ended.`,
        errcode: 'ended',
        inTransaction: false,
      },
      cause,
    );
    for (const { reject } of this.#pending.splice(0)) reject(this.#ended);
  }
}
