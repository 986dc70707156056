import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Table } from './table.ts';

/** Columns in memory by name: arrays or typed arrays, all of one length. */
export type Columns = Readonly<Record<string, ArrayLike<unknown>>>;

/**
 * A table over columns in memory.
 *
 * @throws PLB_CONFIG_INVALID when they differ in length
 */
export function columnsTable(columns: Columns): Table {
  const names = Object.keys(columns);
  const rows = names.length === 0 ? 0 : columns[names[0]!]!.length;
  const odd = names.find((name) => columns[name]!.length !== rows);
  if (odd !== undefined) {
    throw new PlumblineError(
      'PLB_CONFIG_INVALID',
      `Cannot read columns: all must be as long as ${names[0]} (${rows}), got ${columns[odd]!.length} of ${odd}`,
      { path: odd },
    );
  }
  return {
    uri: 'memory:',
    format: 'rows',
    bytes: 0,
    textual: false,
    columns: names,
    warnings: [],
    async *batches() {
      if (rows === 0) return;
      yield {
        rows,
        malformed: 0,
        names,
        column: (name) => (Object.hasOwn(columns, name) ? columns[name] : undefined),
      };
    },
  };
}
