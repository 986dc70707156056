/** A column by its distinct cells, of which some may be equal or in no row. */
export interface EncodedColumn {
  /** What `column` would hold; a row without a value has a cell of its own, `null`. */
  readonly cells: ArrayLike<unknown>;
  /** For each row the place of its cell. */
  readonly places: Uint32Array;
}

/** Consecutive rows of a table, held by column. */
export interface ColumnBatch {
  readonly rows: number;
  /**
   * The column's cells: numbers, booleans, strings, `Date`s, objects and arrays; `null` or
   * `undefined` where there is no value. `undefined` when the batch has no such column.
   */
  column(name: string): ArrayLike<unknown> | undefined;
  /**
   * The same where the source holds the column as a dictionary: whoever only counts reads each
   * distinct cell once. `undefined` where it does not.
   */
  encoded?(name: string): EncodedColumn | undefined;
  /** Names of the columns in this batch. */
  readonly names: readonly string[];
  /** Rows left out before this batch's end because they could not be read (`skipMalformed`). */
  readonly malformed: number;
}

/** Formats of the files that a baseline is made from. */
export const BASELINE_FORMATS = ['parquet', 'arrow', 'csv', 'ndjson'] as const;
export type BaselineFormat = (typeof BASELINE_FORMATS)[number];

type TableFormat = BaselineFormat | 'rows';

/** Rows that can be read from the start any number of times, in bounded memory. */
export interface Table {
  /** File path or another name of the source. */
  readonly uri: string;
  readonly format: TableFormat;
  /** Bytes of the source; 0 when it is not a file. */
  readonly bytes: number;
  /** Every cell is text (CSV): numbers and booleans have yet to be read from it. */
  readonly textual: boolean;
  /** Names of the columns; `null` when only the rows tell (NDJSON). */
  readonly columns: readonly string[] | null;
  /** What a reader should know about the source as a whole. */
  readonly warnings: readonly string[];
  /**
   * Reads all rows from the first one; only the named columns when names are given.
   * @throws PLB_FILE_MALFORMED, PLB_FILE_NOT_FOUND
   */
  batches(options?: { readonly columns?: readonly string[] }): AsyncIterable<ColumnBatch>;
}
