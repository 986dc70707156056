import { parseTimestamp } from '#libs/profiles/timestamp.ts';
import { compileSourceCell } from './source-cell.ts';
import { timeFromText } from './text-cell.ts';

/** Where the rows of a table have their event time. */
export interface SourceClock {
  readonly column: string;
  /** Milliseconds since 1970; NaN where the cell holds no time. */
  read(cell: unknown): number;
}

/** @throws PLB_CONFIG_INVALID for a path that is not understood. */
export function compileClock(path: string, textual: boolean): SourceClock {
  const { column, read } = compileSourceCell(path);
  return {
    column,
    read: (cell) => {
      const value = read(cell);
      return textual && typeof value === 'string' ? timeFromText(value) : parseTimestamp(value);
    },
  };
}
