import type { Kysely, Migration } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';
import { type Columns, createTables, type IndexShape, type TableShape } from './create-tables.ts';

const PARTITION = {
  profile_id: 'text',
  topic: 'text',
  partition: 'integer',
  epoch: 'integer',
} as const satisfies Columns;
const WINDOW = {
  namespace: 'text',
  monitor: 'text',
  window_end: 'integer',
  window_start: 'integer',
} as const satisfies Columns;
const UNIT = { segment_key: 'text', field_key: 'text' } as const satisfies Columns;

// Ends come before starts in every key: retention, `from` and "newest" all ask for the end.
const TABLES: Readonly<Record<string, TableShape>> = {
  counters: { columns: { name: 'text', value: 'integer' }, primaryKey: ['name'] },
  resources: {
    columns: {
      kind: 'text',
      namespace: 'text',
      name: 'text',
      revision: 'integer',
      managed_by: 'text',
      document: 'text',
    },
    primaryKey: ['kind', 'namespace', 'name'],
  },
  baselines: {
    columns: {
      namespace: 'text',
      name: 'text',
      version: 'text',
      hash: 'text',
      model_version: 'text',
      created_at: 'integer',
      row_count: 'integer',
      time_start: 'integer',
      time_end: 'integer',
      source: 'text',
      summary: 'text',
    },
    nullable: ['model_version', 'time_start', 'time_end'],
    primaryKey: ['namespace', 'name', 'version'],
  },
  baseline_contents: {
    columns: { hash: 'text', encoding: 'text', content: 'blob' },
    primaryKey: ['hash'],
  },
  profiles: { columns: { profile_id: 'text', version: 'integer' }, primaryKey: ['profile_id'] },
  panes: {
    columns: { profile_id: 'text', start_at: 'integer', events: 'integer', payload: 'blob' },
    primaryKey: ['profile_id', 'start_at'],
  },
  applied_ranges: {
    columns: { ...PARTITION, ranges: 'text', tallies: 'text' },
    primaryKey: Object.keys(PARTITION),
  },
  open_blocks: {
    columns: { ...PARTITION, from_offset: 'integer', to_offset: 'integer', payload: 'blob' },
    primaryKey: Object.keys(PARTITION),
  },
  publications: {
    columns: {
      id: 'integer',
      ...WINDOW,
      revision: 'integer',
      latest: 'integer',
      events: 'integer',
      published_at: 'integer',
      provenance: 'text',
    },
    primaryKey: ['id'],
    unique: [...Object.keys(WINDOW), 'revision'],
  },
  evaluations: {
    columns: {
      publication: 'integer',
      ...WINDOW,
      ...UNIT,
      revision: 'integer',
      latest: 'integer',
      verdict: 'text',
      reason_code: 'text',
      reason: 'text',
      n: 'integer',
      m: 'integer',
      statistics: 'text',
      warnings: 'text',
      // Last: what is not asked for stays unread on its overflow pages.
      detail: 'text',
    },
    nullable: ['detail'],
    primaryKey: [...Object.keys(WINDOW), ...Object.keys(UNIT), 'revision'],
  },
  evaluation_heads: {
    columns: { ...WINDOW, ...UNIT, revision: 'integer' },
    primaryKey: ['namespace', 'monitor', ...Object.keys(UNIT)],
  },
  monitor_spans: {
    columns: { namespace: 'text', monitor: 'text', longest: 'integer' },
    primaryKey: ['namespace', 'monitor'],
  },
  stream_status: {
    columns: { namespace: 'text', stream: 'text', status: 'text' },
    primaryKey: ['namespace', 'stream'],
  },
};

// Listings walk these in order; `latest` at their ends is filtered without touching the table.
const INDEXES: Readonly<Record<string, IndexShape>> = {
  publications_by_end: ['publications', ['window_end']],
  evaluation_heads_by_end: ['evaluation_heads', ['window_end']],
  evaluations_by_window: [
    'evaluations',
    [
      'namespace',
      'window_end',
      'window_start',
      'monitor',
      'segment_key',
      'field_key',
      'revision',
      'latest',
    ],
  ],
  evaluations_by_verdict: [
    'evaluations',
    [
      'namespace',
      'verdict',
      'window_end',
      'window_start',
      'monitor',
      'segment_key',
      'field_key',
      'revision',
      'latest',
    ],
  ],
  evaluations_by_field: [
    'evaluations',
    [
      'namespace',
      'field_key',
      'window_end',
      'window_start',
      'monitor',
      'segment_key',
      'revision',
      'latest',
    ],
  ],
};

const COUNTERS = ['config_revision', 'publication', 'ping'];

/** All tables of the first version. */
export function initialSchema(types: ColumnTypes): Migration {
  return {
    up: (db: Kysely<never>) =>
      createTables(db, { types, tables: TABLES, indexes: INDEXES, counters: COUNTERS }),
  };
}
