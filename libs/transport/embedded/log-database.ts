import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { codedSqliteError } from '#libs/sqlite/coded-sqlite-error.ts';
import type { LogOptions } from './protocol.ts';

const SCHEMA_VERSION = 1;
const PAGE_BYTES = 8192;

/*
 * One row per appended batch. The batches of a partition lie end to end: `next_offset` of one is
 * `base_offset` of the following one, holes included. A deleted topic's partitions lose their
 * `topic_id` and are swept away in the background.
 */
const SCHEMA = `
  CREATE TABLE topics (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, cleanup TEXT NOT NULL, retention_ms INTEGER
  ) STRICT;
  CREATE TABLE partitions (
    id INTEGER PRIMARY KEY, topic_id TEXT, partition INTEGER NOT NULL,
    start_offset INTEGER NOT NULL DEFAULT 0, end_offset INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    clean_offset INTEGER NOT NULL DEFAULT 0, clean_bytes INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX partitions_of_topic ON partitions (topic_id, partition);
  CREATE TABLE batches (
    partition_id INTEGER NOT NULL, base_offset INTEGER NOT NULL, next_offset INTEGER NOT NULL,
    appended_at INTEGER NOT NULL, payload BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX batches_in_order ON batches (partition_id, base_offset);
  CREATE TABLE positions (
    consumer_group TEXT NOT NULL, topic_id TEXT NOT NULL, partition INTEGER NOT NULL,
    position INTEGER NOT NULL, metadata TEXT NOT NULL,
    PRIMARY KEY (consumer_group, topic_id, partition)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** The file that holds the log of a directory. */
function logFile(directory: string): string {
  return join(directory, 'log.sqlite');
}

/**
 * Opens the writing connection and creates the tables if need be.
 * @throws PLB_STORE_VERSION when a newer version wrote the file
 */
export function openLogForWriting(options: LogOptions): DatabaseSync {
  const database = new DatabaseSync(logFile(options.directory), { timeout: 5000 });
  try {
    database.exec(`
      PRAGMA page_size = ${PAGE_BYTES};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${options.durability === 'full' ? 'FULL' : 'NORMAL'};
      PRAGMA cache_size = -16384;
      PRAGMA wal_autocheckpoint = 2000;
      PRAGMA journal_size_limit = 67108864;
    `);
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version > SCHEMA_VERSION) {
      throw new PlumblineError(
        'PLB_STORE_VERSION',
        `Cannot open the log: its version must be at most ${SCHEMA_VERSION}, got ${version}.`,
        { path: logFile(options.directory), fix: 'Use the version of Plumbline that wrote it.' },
      );
    }
    if (version === 0) database.exec(`BEGIN; ${SCHEMA} COMMIT`);
    if (options.maxBytes !== undefined) {
      const pages = Math.max(1, Math.floor(options.maxBytes / PAGE_BYTES));
      database.exec(`PRAGMA max_page_count = ${pages}`);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens a connection for reading; the writing one must have been opened before. */
export function openLogForReading(options: LogOptions): DatabaseSync {
  return new DatabaseSync(logFile(options.directory), { readOnly: true, timeout: 5000 });
}

/** What a failure of the log's database means to a caller. */
export function codedLogError(error: unknown, options: { readonly directory: string }): unknown {
  return codedSqliteError(error, {
    doing: 'use the log',
    path: logFile(options.directory),
    otherwise: 'PLB_TRANSPORT_UNAVAILABLE',
  });
}
