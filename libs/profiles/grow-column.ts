/** Places that a column begins with. */
export const FIRST_SIZE = 256;

/** A column with room for `size` places, at least twice the old one where it had too few. */
export function growColumn<T extends Int32Array | Float64Array>(column: T, size: number): T {
  if (size <= column.length) return column;
  const Column = column.constructor as new (length: number) => T;
  const larger = new Column(Math.max(size, column.length * 2));
  larger.set(column);
  return larger;
}
