import type { ColumnDataType, RawBuilder } from 'kysely';

/** A type that Kysely knows by name, or raw SQL such as `text collate "C"`. */
type ColumnType = ColumnDataType | RawBuilder<unknown>;

/** What the portable column types of the migrations are called in one database. */
export interface ColumnTypes {
  /** Text that compares and sorts byte by byte. */
  readonly text: ColumnType;
  /** A signed 64-bit integer. */
  readonly integer: ColumnType;
  readonly blob: ColumnType;
}
