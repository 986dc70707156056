import type { Kysely, Migration } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import { createTables, type IndexShape, type TableShape } from './create-tables.ts';

const TABLES: Readonly<Record<string, TableShape>> = {
  leases: {
    columns: { name: 'text', holder: 'text', token: 'integer', expires_at: 'integer' },
    nullable: ['holder'],
    primaryKey: ['name'],
  },
  work_items: {
    columns: {
      id: 'integer',
      queue: 'text',
      available_at: 'integer',
      claims: 'integer',
      holder: 'text',
      payload: 'text',
    },
    nullable: ['holder'],
    primaryKey: ['id'],
  },
};

const INDEXES: Readonly<Record<string, IndexShape>> = {
  work_items_by_availability: ['work_items', ['queue', 'available_at', 'id']],
};

/** Leases, and the queue whose items are claimed. */
export function leasesAndWork(types: ColumnTypes): Migration {
  return {
    up: (db: Kysely<never>) =>
      createTables(db, { types, tables: TABLES, indexes: INDEXES, counters: ['work_item'] }),
  };
}
