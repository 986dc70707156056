import { compileKeys, parsePath } from '#libs/profiles/json-path.ts';

/** Where a path's value lies in a table: a column, and the way from its cell to the value. */
export interface SourceCell {
  readonly column: string;
  /** Reads the value from the column's cell. */
  readonly read: (cell: unknown) => unknown;
}

/** @throws PLB_CONFIG_INVALID for a path that is not understood. */
export function compileSourceCell(path: string): SourceCell {
  const [first, ...rest] = parsePath(path);
  return {
    column: String(first),
    read: rest.length === 0 ? (cell) => cell : compileKeys(rest),
  };
}
