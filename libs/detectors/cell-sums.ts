import type { NumericCounts } from '#libs/profiles/counts.ts';
import type { NumericGrid } from '#libs/profiles/numeric-grid.ts';
import type { CellSums } from '#libs/statistics/result.ts';

/** The counts and exact sums of a numeric field, each sum rounded once, in the field's unit. */
export function cellSums(grid: NumericGrid, counts: NumericCounts): CellSums {
  const { cells, below, above, squares } = counts;
  const gaps = Math.max(0, grid.layout.knots.length - 1);
  const excess = new Float64Array(gaps);
  for (let gap = 0; gap < gaps; gap++) {
    if (cells[2 * gap + 2]! > 0) excess[gap] = grid.excessOfGap(counts, gap);
  }
  return {
    cells,
    excess,
    below: below.value(),
    above: above.value(),
    squares: squares.value(),
  };
}
