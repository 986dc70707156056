import type { SummedSamples } from '../cell-moments.ts';
import type { CellSums } from '../result.ts';

/** Two samples over the rank cells of the given knots (default: the baseline's values), with sums. */
export function sumsOfSamples(
  baseline: readonly number[],
  window: readonly number[],
  wanted: readonly number[] = baseline,
): SummedSamples {
  const knots = Float64Array.from(new Set(wanted)).sort();
  const center = [...baseline].sort((a, b) => a - b)[baseline.length >> 1]!;
  const count = (values: readonly number[]): CellSums => {
    const cells = new Float64Array(2 * knots.length + 1);
    const excess = new Float64Array(knots.length - 1);
    const beyond = { below: 0, above: 0, squares: 0 };
    for (const value of values) {
      const under = knots.filter((knot) => knot < value).length;
      const cell = knots[under] === value ? 2 * under + 1 : 2 * under;
      cells[cell]!++;
      if (cell % 2 === 1) continue;
      beyond.squares += (value - center) ** 2;
      if (under === 0) beyond.below += value - knots[0]!;
      else if (under === knots.length) beyond.above += value - knots[under - 1]!;
      else excess[under - 1]! += value - knots[under - 1]!;
    }
    return { cells, excess, ...beyond };
  };
  return { knots, center, baseline: count(baseline), window: count(window) };
}
