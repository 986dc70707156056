import type { FieldSpec } from '#libs/profiles/field.ts';
import type { ColumnBatch, EncodedColumn } from './readers/table.ts';
import { compileSourceCell } from './source-cell.ts';
import { compileTextCell } from './text-cell.ts';

/** Where a field's values lie in a table. */
export interface SourceColumn {
  readonly column: string;
  /** The value that the field is read from; `undefined` where the row has none. */
  readonly read: (cell: unknown) => unknown;
}

/** `textual`: the cells are texts that may stand for numbers (CSV). */
export function compileSourceColumn(spec: FieldSpec, textual: boolean): SourceColumn {
  const cell = compileSourceCell(spec.path);
  if (!textual) return cell;
  const convert = compileTextCell(spec);
  return { column: cell.column, read: (value) => convert(cell.read(value)) };
}

/** Distinct source values of a batch and how often each occurs. */
export interface CountedSources {
  readonly sources: readonly unknown[];
  readonly times: Float64Array;
}

/**
 * What a batch holds of a column, counted, where the source has it as a dictionary; `undefined`
 * where each row has to be looked at.
 */
export function countedSources(
  { column, read }: SourceColumn,
  batch: ColumnBatch,
): CountedSources | undefined {
  const encoded = batch.encoded?.(column);
  // A dictionary of nearly as many cells as rows saves nothing.
  if (encoded === undefined || 2 * encoded.cells.length > batch.rows) return undefined;
  const times = histogram(encoded);
  const sources: unknown[] = [];
  let used = 0;
  for (let place = 0; place < encoded.cells.length; place++) {
    const count = times[place]!;
    if (count === 0) continue;
    sources.push(read(encoded.cells[place]));
    times[used++] = count;
  }
  return { sources, times: times.subarray(0, used) };
}

function histogram({ cells, places }: EncodedColumn): Float64Array {
  const counts = new Uint32Array(cells.length);
  for (let row = 0; row < places.length; row++) counts[places[row]!]! += 1;
  return Float64Array.from(counts);
}
