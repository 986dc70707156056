import type { ByteWriter } from './byte-writer.ts';
import { CategoricalColumn } from './categorical-column.ts';
import type { FieldLayout } from './layout.ts';
import { NumericColumn } from './numeric-column.ts';
import { RatesColumn } from './rates-column.ts';

/** The rows of one batch that are to be counted. */
export interface EventRows {
  readonly rows: readonly unknown[];
  /** Event time of each row. */
  readonly times: Float64Array;
  /** Where this part of the batch begins and ends. */
  readonly begin: number;
  readonly end: number;
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
      return new CategoricalColumn(layout);
    case 'rates':
      return new RatesColumn(layout);
  }
}
