import type { NumericCounts } from '#libs/profiles/counts.ts';
import type { NumericGrid } from '#libs/profiles/numeric-grid.ts';

/**
 * Quantiles of a numeric field from its rank cells: the smallest value at which the empirical
 * distribution function reaches each level (inverse of the distribution function, no averaging).
 *
 * Exact where the rank falls on a knot or in an open cell of one value (its sum is the value).
 * Elsewhere in an open cell the values are taken as evenly spread over it, and in the two unbounded
 * cells as standing at their mean. The result is in the field's unit and in the order of `levels`,
 * which must increase; `total` is the number of values in the cells; empty when there are none.
 */
export function cellQuantiles(
  grid: NumericGrid,
  counts: NumericCounts,
  options: { readonly levels: readonly number[]; readonly total: number },
): number[] {
  const { cells } = counts;
  const { levels, total } = options;
  if (total === 0) return [];
  const quantiles: number[] = [];
  let cell = 0;
  let before = 0;
  for (const level of levels) {
    // 0.05·20 is 1.0000000000000002 in doubles and must not become rank 2.
    const rank = Math.min(total, Math.max(1, Math.ceil(level * total - 1e-9)));
    while (before + cells[cell]! < rank) before += cells[cell++]!;
    quantiles.push(valueInCell(grid, counts, { cell, rank: rank - before }));
  }
  return quantiles;
}

/** The value of the given rank (from 1) within a cell. */
function valueInCell(
  grid: NumericGrid,
  counts: NumericCounts,
  { cell, rank }: { readonly cell: number; readonly rank: number },
): number {
  const { knots } = grid.layout;
  if ((cell & 1) === 1) return knots[cell >> 1]!;
  const count = counts.cells[cell]!;
  if (cell === 0) return withinDoubles(knots[0]! + counts.below.value() / count);
  const last = knots.length - 1;
  if (cell === 2 * knots.length) {
    return withinDoubles(knots[last]! + counts.above.value() / count);
  }
  const lower = knots[(cell >> 1) - 1]!;
  const upper = knots[cell >> 1]!;
  if (count === 1) return withinDoubles(grid.sumOfGap(counts, (cell >> 1) - 1));
  const fraction = (rank - 0.5) / count;
  return lower * (1 - fraction) + upper * fraction;
}

/** A sum may lie beyond the largest double even where no value does. */
function withinDoubles(value: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));
}
