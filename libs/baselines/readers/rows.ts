import type { ColumnBatch, Table } from './table.ts';

/** A batch over row objects; only own properties are columns. */
export function rowBatch(rows: readonly object[], malformed = 0): ColumnBatch {
  return {
    rows: rows.length,
    malformed,
    get names() {
      return namesOf(rows);
    },
    column(name) {
      let found = false;
      const cells = rows.map((row) => {
        if (!Object.hasOwn(row, name)) return undefined;
        found = true;
        return (row as Record<string, unknown>)[name];
      });
      return found ? cells : undefined;
    },
  };
}

export interface RowsTableOptions {
  readonly uri?: string;
  /** Rows per batch, 4,096 by default. */
  readonly batchRows?: number;
}

/** A table over rows in memory, such as events that were read from a topic. */
export function rowsTable(rows: readonly object[], options: RowsTableOptions = {}): Table {
  const { uri = 'memory:', batchRows = 4096 } = options;
  return {
    uri,
    format: 'rows',
    bytes: 0,
    textual: false,
    columns: namesOf(rows),
    warnings: [],
    async *batches() {
      for (let start = 0; start < rows.length; start += batchRows) {
        yield rowBatch(rows.slice(start, start + batchRows));
      }
    },
  };
}

function namesOf(rows: readonly object[]): string[] {
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  return [...names];
}
