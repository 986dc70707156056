import type { EventRows } from '../field-column.ts';
import { compilePath } from '../json-path.ts';
import type { CellLayout } from '../layout.ts';
import { createColumns } from '../value-column.ts';

/** Events as columns, read value by value from parsed rows: what every codec must agree with. */
export function eventRows(
  { fields, segments }: CellLayout,
  { rows, times }: { readonly rows: readonly unknown[]; readonly times: Float64Array },
): EventRows {
  const paths = [...fields.map(({ spec }) => spec), ...(segments?.by ?? [])].map(
    ({ path }) => path,
  );
  const columns = createColumns(paths);
  for (const [path, column] of columns) {
    const source = compilePath(path);
    column.begin(rows.length);
    for (const [i, row] of rows.entries()) column.set(i, source(row));
  }
  return { columns, times, rows: Int32Array.from(rows.keys()) };
}
