import type { DatabaseSync } from 'node:sqlite';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';

/** One transaction holds no more than this many bytes of batches, so that the WAL stays bounded. */
const TRANSACTION_BYTES = 16 * 1024 * 1024;

interface Pending {
  readonly bytes: number;
  run(): void;
  settle(): void;
  reject(error: unknown): void;
}

export interface GroupCommitOptions {
  readonly database: DatabaseSync;
  /** Makes a coded error of what SQLite threw. */
  coded(error: unknown): unknown;
}

/**
 * Puts the writes that arrive in one turn of the event loop into one transaction, and so under one
 * fsync; those that arrive while it runs make up the next. A write that fails rolls its transaction
 * back, and then each of its writes is tried alone: one that finds no room fails no other.
 *
 * Background work is a generator that makes at most one transaction per step; a step is taken
 * between two transactions of writes, so that neither starves the other.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #coded: GroupCommitOptions['coded'];
  #pending: Pending[] = [];
  readonly #background: Iterator<void>[] = [];
  #scheduled = false;
  #closed = false;

  constructor(options: GroupCommitOptions) {
    this.#database = options.database;
    this.#coded = options.coded;
  }

  /**
   * Resolves with the result of `write` after its transaction is durable. `write` may run twice
   * and must keep nothing outside the database; a PlumblineError it throws must come before its
   * first change.
   */
  submit<T>(bytes: number, write: () => T): Promise<T> {
    if (this.#closed) {
      return Promise.reject(new PlumblineError('PLB_TRANSPORT_CLOSED', 'The log is closed.'));
    }
    return new Promise((resolve, reject) => {
      let result: { readonly value: T } | undefined;
      this.#pending.push({
        bytes,
        run: () => {
          result = { value: write() };
        },
        settle: () => {
          if (result !== undefined) resolve(result.value);
        },
        reject,
      });
      this.#schedule();
    });
  }

  /** Adds background work. */
  background(work: Iterator<void>): void {
    if (this.#closed) return;
    this.#background.push(work);
    this.#schedule();
  }

  /** Writes what is pending; background work is left for the next start. */
  close(): void {
    while (this.#pending.length > 0) this.#flush();
    this.#closed = true;
    this.#background.length = 0;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#closed) return;
      if (this.#pending.length > 0) this.#flush();
      this.#stepBackground();
      if (this.#pending.length > 0 || this.#background.length > 0) this.#schedule();
    });
  }

  #flush(): void {
    const writes = this.#take();
    try {
      this.#commit(writes);
    } catch (error) {
      if (writes.length === 1) writes[0]?.reject(this.#coded(error));
      else for (const write of writes) this.#commitAlone(write);
    }
  }

  #commitAlone(write: Pending): void {
    try {
      this.#commit([write]);
    } catch (error) {
      write.reject(this.#coded(error));
    }
  }

  #commit(writes: readonly Pending[]): void {
    const done: Pending[] = [];
    const refused: { readonly write: Pending; readonly error: PlumblineError }[] = [];
    this.transaction(() => {
      for (const write of writes) {
        try {
          write.run();
          done.push(write);
        } catch (error) {
          if (!(error instanceof PlumblineError)) throw error;
          refused.push({ write, error });
        }
      }
    });
    for (const { write, error } of refused) write.reject(error);
    for (const write of done) write.settle();
  }

  /** One transaction, rolled back when `body` throws. */
  transaction(body: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      body();
      this.#database.exec('COMMIT');
    } catch (error) {
      // A full disk makes SQLite roll back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #take(): Pending[] {
    let bytes = 0;
    let count = 0;
    for (const write of this.#pending) {
      if (count > 0 && bytes + write.bytes > TRANSACTION_BYTES) break;
      bytes += write.bytes;
      count += 1;
    }
    return this.#pending.splice(0, count);
  }

  #stepBackground(): void {
    const work = this.#background[0];
    if (work === undefined) return;
    let done = true;
    try {
      done = work.next().done ?? false;
    } catch {
      // Nothing waits for background work; who added it takes care to add it again.
    }
    if (done) this.#background.shift();
  }
}
