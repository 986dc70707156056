import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { ColumnTypes } from './column-types.ts';
import { initialSchema } from './migrations/0001-initial.ts';
import { leasesAndWork } from './migrations/0002-leases-and-work.ts';
import { streamParts } from './migrations/0003-stream-parts.ts';
import type { StoreSchema } from './schema.ts';

/** Every migration by name; names sort in the order of execution and never change. */
function allMigrations(types: ColumnTypes): Record<string, Migration> {
  return {
    '0001-initial': initialSchema(types),
    '0002-leases-and-work': leasesAndWork(types),
    '0003-stream-parts': streamParts(types),
  };
}

interface MigrationTarget {
  readonly types: ColumnTypes;
  /** Where the database has schemas: the one that unqualified names mean; created if need be. */
  readonly schema?: string;
}

/**
 * Brings the tables to this version's state, all pending migrations in one transaction.
 *
 * @throws PLB_STORE_VERSION when a migration was run that this version does not have
 */
export async function migrate(
  db: Kysely<StoreSchema>,
  { types, schema }: MigrationTarget,
): Promise<void> {
  const migrations = allMigrations(types);
  const executed = await executedMigrations(db, schema);
  const unknown = executed.filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length > 0) {
    throw new PlumblineError(
      'PLB_STORE_VERSION',
      `Cannot open the store: its version must be at most ${Object.keys(migrations).at(-1)}, got ${unknown.at(-1)}.`,
      { fix: 'Use the newer version of Plumbline that wrote this store, or another store.' },
    );
  }
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

async function executedMigrations(
  db: Kysely<StoreSchema>,
  schema: string | undefined,
): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration' && table.schema === schema)) {
    return [];
  }
  const { rows } = await sql<{ name: string }>`
    select name from kysely_migration order by name`.execute(db);
  return rows.map((row) => row.name);
}
