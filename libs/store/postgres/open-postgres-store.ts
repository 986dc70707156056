import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, sql } from 'kysely';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Store } from '../port.ts';
import type { ColumnTypes } from '../sql/column-types.ts';
import { InOrder } from '../sql/in-order.ts';
import { migrate } from '../sql/migrate.ts';
import type { StoreSchema } from '../sql/schema.ts';
import { SqlStore, type TransactionBody } from '../sql/sql-store.ts';
import { PipelinedPostgresDialect } from './postgres-dialect.ts';
import { PostgresDriver } from './postgres-driver.ts';
import { PostgresFailure } from './postgres-failure.ts';
import { postgresPool } from './postgres-pool.ts';
import {
  type PostgresSettings,
  type PostgresStoreOptions,
  postgresSettings,
} from './postgres-settings.ts';

export type { PostgresStoreOptions } from './postgres-settings.ts';

/** A migration may rewrite tables: it is given time, and others wait for it. */
const MIGRATION_TIMEOUT_MS = 3_600_000;
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 5;
/** Of the moment, not of the transaction's begin: locks may have been waited for since. */
export const POSTGRES_CLOCK = sql<number>`floor(extract(epoch from clock_timestamp()) * 1000)::bigint`;
const COLUMN_TYPES: ColumnTypes = {
  text: sql`text collate "C"`,
  integer: 'bigint',
  blob: 'bytea',
};

/**
 * Opens the store in a PostgreSQL database that several processes share; creates or updates its
 * tables, which others that start at the same time wait for.
 *
 * @throws PLB_CONFIG_INVALID for options that make no sense, PLB_STORE_VERSION when a newer version
 *   wrote the tables, PLB_STORE_UNAVAILABLE when the server cannot be reached or refuses
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const settings = postgresSettings(options);
  await migrateOnce(settings);
  const db = kyselyOn(settings);
  const order = new InOrder();
  return new SqlStore({
    kind: 'postgres',
    reader: db,
    clock: POSTGRES_CLOCK,
    concurrentWriters: true,
    transact: (body, key) =>
      key === undefined ? transact(db, body) : order.run(key, () => transact(db, body)),
    close: () => db.destroy(),
  });
}

/** Runs a transaction, again if it lost against others for reasons of the database only. */
async function transact<T>(db: Kysely<StoreSchema>, body: TransactionBody<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(body);
    } catch (error) {
      if (attempt >= ATTEMPTS || !(error instanceof PostgresFailure) || !error.lostRace) {
        throw error;
      }
      await delay(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

async function migrateOnce(settings: PostgresSettings): Promise<void> {
  const patient = { poolSize: 1, statementTimeoutMs: MIGRATION_TIMEOUT_MS };
  const db = kyselyOn({ ...settings, ...patient });
  try {
    await db.connection().execute(async (connection) => {
      await requireUtf8(connection);
      const key = sql`hashtextextended('plumbline migrations', 0)`;
      await sql`select pg_advisory_lock(${key})`.execute(connection);
      // The end of the connection would free the lock, too; this frees it a little earlier.
      try {
        await migrate(connection, { types: COLUMN_TYPES, schema: settings.schema });
      } finally {
        await sql`select pg_advisory_unlock(${key})`.execute(connection);
      }
    });
  } finally {
    await db.destroy();
  }
}

async function requireUtf8(db: Kysely<StoreSchema>): Promise<void> {
  const { rows } = await sql<{ encoding: string }>`
    select current_setting('server_encoding') as encoding`.execute(db);
  const encoding = rows[0]?.encoding;
  if (encoding === 'UTF8') return;
  throw new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot open the store: the encoding of its database must be UTF8, got ${encoding}.`,
    {
      path: 'store.postgres.url',
      fix: "Create it with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
    },
  );
}

function kyselyOn(settings: PostgresSettings): Kysely<StoreSchema> {
  const { host, port, database, user } = settings;
  const driver = new PostgresDriver(postgresPool(settings), { host, port, database, user });
  return new Kysely<StoreSchema>({ dialect: new PipelinedPostgresDialect(driver) });
}
