import type { Driver } from 'kysely';
import { QueryConnection } from './query-connection.ts';
import type { WorkerDatabase } from './worker-database.ts';

/**
 * A fixed set of read-only connections. In WAL mode they neither wait for the writer nor hold it
 * up; a transaction sees one snapshot, whatever isolation level was asked for.
 */
export class ReaderDriver implements Driver {
  readonly #databases: readonly WorkerDatabase[];
  readonly #free: WorkerDatabase[];
  readonly #waiting: ((database: WorkerDatabase) => void)[] = [];

  constructor(databases: readonly WorkerDatabase[]) {
    this.#databases = databases;
    this.#free = [...databases];
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<QueryConnection> {
    const database =
      this.#free.pop() ??
      (await new Promise<WorkerDatabase>((resolve) => this.#waiting.push(resolve)));
    return new QueryConnection(database);
  }

  async beginTransaction({ database }: QueryConnection): Promise<void> {
    await database.script('BEGIN');
  }

  async commitTransaction({ database }: QueryConnection): Promise<void> {
    await database.script('COMMIT');
  }

  async rollbackTransaction({ database }: QueryConnection): Promise<void> {
    // Some errors end the transaction themselves; the first error is the one to report.
    await database.script('ROLLBACK').catch(() => {});
  }

  async releaseConnection({ database }: QueryConnection): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(database);
    else next(database);
  }

  async destroy(): Promise<void> {
    await Promise.all(this.#databases.map((database) => database.close()));
  }
}
