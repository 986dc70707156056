import { type Columns, columnsTable } from '#libs/baselines/readers/columns.ts';
import { openTable } from '#libs/baselines/readers/open-table.ts';
import { rowBatch, rowsTable } from '#libs/baselines/readers/rows.ts';
import type { Table } from '#libs/baselines/readers/table.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';

/** Rows as objects, one after the other. */
export type Rows = Iterable<object> | AsyncIterable<object>;

/** Where rows come from: the path of a file, columns in memory, or rows in memory or on their way. */
export type DataSource = string | Columns | Rows;

const BATCH_ROWS = 4096;

/**
 * A source as a table.
 *
 * @param passes how often it is read; rows that can be had only once are kept for a second time
 * @throws what opening a file throws; PLB_CONFIG_INVALID for what is no source
 */
export async function openSource(source: DataSource, passes: 'once' | 'twice'): Promise<Table> {
  if (typeof source === 'string') return openFile(source);
  if (Array.isArray(source)) return rowsTable(source as readonly object[]);
  if (typeof source !== 'object' || source === null) throw notASource(source);
  if (!isRows(source)) {
    for (const [name, column] of Object.entries(source)) {
      if (typeof column !== 'object' || typeof column?.length !== 'number') throw notASource(name);
    }
    return columnsTable(source);
  }
  return passes === 'once' ? passingTable(source) : rowsTable(await Array.fromAsync(source));
}

async function openFile(path: string): Promise<Table> {
  const table = await openTable(path);
  if (table.bytes > 0) return table;
  throw new PlumblineError('PLB_BASELINE_EMPTY', `Cannot read ${path}: the file is empty`, {
    path,
  });
}

function isRows(source: Columns | Rows): source is Rows {
  return Symbol.iterator in source || Symbol.asyncIterator in source;
}

function notASource(got: unknown): PlumblineError {
  return new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot read rows: the source must be a path, rows as objects, or an object of columns, got ${typeof got === 'string' ? `no list under ${JSON.stringify(got)}` : String(got)}`,
  );
}

/** A table over rows that can be read once. */
function passingTable(rows: Rows): Table {
  return {
    uri: 'memory:',
    format: 'rows',
    bytes: 0,
    textual: false,
    columns: null,
    warnings: [],
    async *batches() {
      let batch: object[] = [];
      for await (const row of rows) {
        if (batch.push(row) < BATCH_ROWS) continue;
        yield rowBatch(batch);
        batch = [];
      }
      if (batch.length > 0) yield rowBatch(batch);
    },
  };
}
