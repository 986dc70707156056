import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { lockDirectory } from '#libs/sqlite/directory-lock.ts';
import type { Store } from '../port.ts';
import type { ColumnTypes } from '../sql/column-types.ts';
import { migrate } from '../sql/migrate.ts';
import type { StoreSchema } from '../sql/schema.ts';
import { SqlStore } from '../sql/sql-store.ts';
import { PLANNER_STATISTICS_SCRIPT } from './planner-statistics.ts';
import { ReaderDriver } from './reader-driver.ts';
import { WorkerSqliteDialect } from './sqlite-dialect.ts';
import { WorkerDatabase } from './worker-database.ts';
import { WriterDriver } from './writer-driver.ts';

export interface SqliteStoreOptions {
  /** Data directory, created if need be; the store lives in its subfolder `store`. */
  readonly directory: string;
  /** What the directory is used for, as another process that finds it locked will be told. */
  readonly owner: string;
  /** Threads that read, each with a connection of its own; 1 unless given. */
  readonly readers?: number;
  /** Upper bound of the database file in bytes; the disk's size unless given. */
  readonly maxBytes?: number;
  /** How long a statement waits for a lock of a foreign process (a backup tool, a shell). */
  readonly busyTimeoutMs?: number;
}

const PAGE_BYTES = 4096;
const CACHE_KIB = 16 * 1024;
const COLUMN_TYPES: ColumnTypes = { text: 'text', integer: 'integer', blob: 'blob' };

/**
 * Opens the store of one process: one thread that writes, others that read, all on
 * `<directory>/store/store.sqlite` (WAL, every commit on disk before it is answered).
 *
 * @throws PLB_STORE_LOCKED naming the process that has the directory, PLB_STORE_VERSION when a
 *   newer version wrote it, PLB_STORE_UNAVAILABLE or PLB_STORE_FULL when it cannot be opened
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { readers = 1, maxBytes, busyTimeoutMs = 5000 } = options;
  requireCount('readers', readers, 1);
  if (maxBytes !== undefined) requireCount('maxBytes', maxBytes, PAGE_BYTES);
  const directory = join(options.directory, 'store');
  const lock = lockDirectory(directory, { owner: options.owner });
  const opened: WorkerDatabase[] = [];
  const open = async (readOnly: boolean, script: string): Promise<WorkerDatabase> => {
    const file = join(directory, 'store.sqlite');
    const database = await WorkerDatabase.open({ file, readOnly, busyTimeoutMs, script });
    opened.push(database);
    return database;
  };
  try {
    const writing = await open(false, writerScript(maxBytes));
    const writer = kyselyOn(new WriterDriver(writing));
    await migrate(writer, { types: COLUMN_TYPES });
    await writing.script(PLANNER_STATISTICS_SCRIPT);
    const reading: WorkerDatabase[] = [];
    for (let i = 0; i < readers; i += 1) reading.push(await open(true, READER_SCRIPT));
    const reader = kyselyOn(new ReaderDriver(reading));
    return new SqlStore({
      kind: 'sqlite',
      reader,
      clock: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
      concurrentWriters: false,
      // The only writer takes transactions in the order in which they come, whatever their keys.
      transact: (body) => writer.transaction().execute(body),
      async close() {
        // The writer last: who closes last folds the write-ahead log into the file.
        try {
          await reader.destroy();
          await Promise.all(reading.map((database) => database.close()));
          await writer.destroy();
          await writing.close();
        } finally {
          lock.release();
        }
      },
    });
  } catch (error) {
    await Promise.allSettled(opened.map((database) => database.close()));
    lock.release();
    throw error;
  }
}

const READER_SCRIPT = `PRAGMA query_only = ON; PRAGMA cache_size = -${CACHE_KIB};`;

function writerScript(maxBytes: number | undefined): string {
  const pragmas = [
    `page_size = ${PAGE_BYTES}`,
    'journal_mode = WAL',
    'synchronous = FULL',
    `cache_size = -${CACHE_KIB}`,
    // What a savepoint may have to restore stays off the disk.
    'temp_store = MEMORY',
    // After a large commit the log shrinks again to what a usual one needs.
    'journal_size_limit = 67108864',
  ];
  if (maxBytes !== undefined) pragmas.push(`max_page_count = ${Math.floor(maxBytes / PAGE_BYTES)}`);
  return pragmas.map((pragma) => `PRAGMA ${pragma};`).join(' ');
}

function kyselyOn(driver: WriterDriver | ReaderDriver): Kysely<StoreSchema> {
  return new Kysely<StoreSchema>({ dialect: new WorkerSqliteDialect(driver) });
}

function requireCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot open the store: ${name} must be an integer of at least ${least}, got ${value}.`,
    { path: `store.${name}` },
  );
}
