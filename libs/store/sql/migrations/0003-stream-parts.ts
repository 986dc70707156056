import type { Kysely, Migration } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import { createTables, type TableShape } from './create-tables.ts';

const TABLES: Readonly<Record<string, TableShape>> = {
  stream_parts: {
    columns: {
      namespace: 'text',
      stream: 'text',
      part: 'text',
      updated_at: 'integer',
      status: 'text',
    },
    primaryKey: ['namespace', 'stream', 'part'],
  },
};

/**
 * The status of a stream by who tells it; `stream_status`, with one for all, is not read any more
 * and stays for processes of the version before.
 */
export function streamParts(types: ColumnTypes): Migration {
  return {
    up: (db: Kysely<never>) =>
      createTables(db, { types, tables: TABLES, indexes: {}, counters: [] }),
  };
}
