import type { CreateTableBuilder, Kysely } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';

export type Columns = Readonly<Record<string, keyof ColumnTypes>>;

export interface TableShape {
  readonly columns: Columns;
  readonly nullable?: readonly string[];
  readonly primaryKey: readonly string[];
  readonly unique?: readonly string[];
}

export type IndexShape = readonly [table: string, columns: readonly string[]];

/** What one migration adds. */
interface Addition {
  readonly types: ColumnTypes;
  readonly tables: Readonly<Record<string, TableShape>>;
  readonly indexes: Readonly<Record<string, IndexShape>>;
  /** Names of counters that begin at 0. */
  readonly counters: readonly string[];
}

/** Creates tables, their keys and indexes, and seeds counters. */
export async function createTables(db: Kysely<never>, addition: Addition): Promise<void> {
  const { types, tables, indexes, counters } = addition;
  for (const [name, shape] of Object.entries(tables)) {
    let table: CreateTableBuilder<string, string> = db.schema.createTable(name);
    for (const [column, type] of Object.entries(shape.columns)) {
      const optional = shape.nullable?.includes(column) ?? false;
      table = table.addColumn(column, types[type], (c) => (optional ? c : c.notNull()));
    }
    table = table.addPrimaryKeyConstraint(`${name}_key`, [...shape.primaryKey]);
    if (shape.unique) table = table.addUniqueConstraint(`${name}_unique`, [...shape.unique]);
    await table.execute();
  }
  for (const [name, [table, columns]] of Object.entries(indexes)) {
    await db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns])
      .execute();
  }
  if (counters.length === 0) return;
  const seed: Kysely<{ counters: { name: string; value: number } }> = db as never;
  await seed
    .insertInto('counters')
    .values(counters.map((name) => ({ name, value: 0 })))
    .execute();
}
