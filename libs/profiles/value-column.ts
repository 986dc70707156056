import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { growColumn } from './grow-column.ts';
import { formatPath, parsePath } from './json-path.ts';
import { parseTimestamp, parseUsualTime, timeOfNumber } from './timestamp.ts';

/** What an event holds at a path; the member is not there. */
export const ABSENT = 0;
export const NULL = 1;
/** The value is in `numbers`. */
export const NUMBER = 2;
/** The value is text in UTF-8: bytes [starts, ends) of `bytes`. */
export const TEXT = 3;
export const TRUE = 4;
export const FALSE = 5;
/** Anything else, or a text that is not plain bytes: the value itself is in `sources`. */
const SOURCE = 6;
/** A time: `numbers` holds its milliseconds since 1970. */
export const TIME = 7;

const FIRST_ROWS = 256;
/** Beyond it there is no `Date`. */
const MOST_TIME = 8.64e15;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The values of one path in a batch of events, row by row: numbers as numbers, texts as ranges of
 * bytes, so that for most events no object and no string is ever made.
 */
export class ValueColumn {
  kinds = new Uint8Array(FIRST_ROWS);
  numbers = new Float64Array(FIRST_ROWS);
  starts = new Int32Array(FIRST_ROWS);
  ends = new Int32Array(FIRST_ROWS);
  bytes: Uint8Array = new Uint8Array(0);
  readonly sources: unknown[] = [];

  /** Makes room for so many rows, all absent; what was there is gone. */
  begin(rows: number): void {
    this.grow(rows);
    this.kinds.fill(ABSENT, 0, rows);
    // What was left of the events before must not be kept alive.
    if (this.sources.length > 0) this.sources.length = 0;
  }

  /** Makes room for so many rows; those that are there stay. */
  grow(rows: number): void {
    if (rows <= this.kinds.length) return;
    const size = Math.max(rows, 2 * this.kinds.length);
    const { kinds } = this;
    this.kinds = new Uint8Array(size);
    this.kinds.set(kinds);
    this.numbers = growColumn(this.numbers, size);
    this.starts = growColumn(this.starts, size);
    this.ends = growColumn(this.ends, size);
  }

  /** Sets a row to a value as JSON or a table would give it. */
  set(row: number, value: unknown): void {
    if (value === undefined) this.kinds[row] = ABSENT;
    else if (value === null) this.kinds[row] = NULL;
    else if (typeof value === 'number') {
      this.kinds[row] = NUMBER;
      this.numbers[row] = value;
    } else if (typeof value === 'boolean') this.kinds[row] = value ? TRUE : FALSE;
    else {
      this.kinds[row] = SOURCE;
      this.sources[row] = value;
    }
  }

  /** The value of a row as JSON or a table would give it. */
  get(row: number): unknown {
    switch (this.kinds[row]) {
      case ABSENT:
        return undefined;
      case NULL:
        return null;
      case NUMBER:
        return this.numbers[row];
      case TEXT:
        return this.text(row);
      case TRUE:
        return true;
      case FALSE:
        return false;
      case TIME:
        return new Date(this.numbers[row]!);
      default:
        return this.sources[row];
    }
  }

  /** The text of a row that holds one as bytes. */
  text(row: number): string {
    return decoder.decode(this.bytes.subarray(this.starts[row], this.ends[row]));
  }

  /** `parseTimestamp` of the value of a row. */
  time(row: number): number {
    const kind = this.kinds[row];
    if (kind === NUMBER) return timeOfNumber(this.numbers[row]!);
    if (kind === TIME) {
      const time = this.numbers[row]!;
      return Math.abs(time) <= MOST_TIME ? time : Number.NaN;
    }
    if (kind === TEXT) {
      const time = parseUsualTime(this.bytes, this.starts[row]!, this.ends[row]!);
      if (!Number.isNaN(time)) return time;
    }
    return parseTimestamp(this.get(row));
  }
}

/** Columns by JSON path. */
export type ValueColumns = ReadonlyMap<string, ValueColumn>;

/** A column for each path; several spellings of a path share one. */
export function createColumns(paths: Iterable<string>): ValueColumns {
  const byPlace = new Map<string, ValueColumn>();
  const columns = new Map<string, ValueColumn>();
  for (const path of paths) {
    const place = formatPath(parsePath(path));
    const column = byPlace.get(place) ?? new ValueColumn();
    byPlace.set(place, column);
    columns.set(path, column);
  }
  return columns;
}

/** The column of a path. @throws PLB_INTERNAL where none was asked for. */
export function columnOf(columns: ValueColumns, path: string): ValueColumn {
  const column = columns.get(path);
  if (column !== undefined) return column;
  throw new PlumblineError('PLB_INTERNAL', `Cannot count ${path}: it was not read`);
}
