import type { CellCounts } from '../result.ts';

/** Counts two samples over the rank cells of the first one's distinct values. */
export function cellsOfSamples(
  baseline: readonly number[],
  window: readonly number[],
): CellCounts & { readonly knots: number[] } {
  const knots = [...new Set(baseline)].sort((a, b) => a - b);
  const count = (values: readonly number[]): Float64Array => {
    const cells = new Float64Array(2 * knots.length + 1);
    for (const value of values) {
      const below = knots.filter((knot) => knot < value).length;
      const cell = knots[below] === value ? 2 * below + 1 : 2 * below;
      cells[cell] = cells[cell]! + 1;
    }
    return cells;
  };
  return { knots, baseline: count(baseline), window: count(window) };
}
