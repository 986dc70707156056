import type { ByteWriter } from './byte-writer.ts';
import { CategoricalColumn } from './categorical-column.ts';
import type { FieldLayout } from './layout.ts';
import { NumericColumn } from './numeric-column.ts';
import { RatesColumn } from './rates-column.ts';
import type { ValueColumns } from './value-column.ts';

/** Events that are to be counted. */
export interface EventRows {
  /** The values of all rows that were read. */
  readonly columns: ValueColumns;
  /** Event time of each row. */
  readonly times: Float64Array;
  /** The rows that are to be counted, in their order. */
  readonly rows: Int32Array;
}

/**
 * One field of an unfinished block as a column of cell numbers, one per event: memory is that of
 * the block's events, however many cells the field has. Counts are made when the block is written.
 */
export interface FieldColumn {
  /** Reads the field from the rows into the places from `at` on. */
  append(events: EventRows, at: number): void;
  /** Writes the counts of the events in the given places, in time proportional to their number. */
  encode(writer: ByteWriter, places: Int32Array): void;
  reset(): void;
}

/** A column for a field; `timePath` is where events have their time. */
export function createFieldColumn(layout: FieldLayout, timePath: string): FieldColumn {
  switch (layout.kind) {
    case 'numeric':
      return new NumericColumn(layout, timePath);
    case 'categorical':
      return new CategoricalColumn(layout, timePath);
    case 'rates':
      return new RatesColumn(layout, timePath);
  }
}
