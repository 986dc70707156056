import type { CellSums } from './result.ts';

/** Size, mean and variance of a sample. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Divided by the count (ddof 0). */
  readonly variance: number;
}

/** The grid on which sums were taken. */
export interface MomentGrid {
  /** Strictly increasing. */
  readonly knots: ArrayLike<number>;
  /** Origin of the squared deviations: the baseline's median. */
  readonly center: number;
}

/** Two samples on one grid, with the sums that say where in their cells their values lie. */
export interface SummedSamples extends MomentGrid {
  readonly baseline: CellSums;
  readonly window: CellSums;
}

/**
 * Mean and variance of a sample from its rank cells and sums: values at knots are known, all others
 * enter by their sums. Deviations are taken from the centre, so a mean far from 0 costs no digits. In
 * the order of the cells, one pass. Squared deviations below 1e-308 vanish.
 */
export function cellMoments(sums: CellSums, { knots, center }: MomentGrid): Moments {
  const { cells, excess } = sums;
  const last = knots.length - 1;
  let count = cells[0]! + cells[2 * knots.length]!;
  let sum = sums.below + cells[0]! * (knots[0]! - center);
  let squares = sums.squares;
  for (let knot = 0; knot <= last; knot++) {
    const deviation = knots[knot]! - center;
    const here = cells[2 * knot + 1]!;
    count += here;
    sum += here * deviation;
    squares += here * deviation * deviation;
    if (knot === last) break;
    const between = cells[2 * knot + 2]!;
    if (between === 0) continue;
    count += between;
    sum += between * deviation + excess[knot]!;
  }
  sum += sums.above + cells[2 * knots.length]! * (knots[last]! - center);
  const shift = sum / count;
  return {
    count,
    mean: center + shift,
    variance: Math.max(0, squares / count - shift * shift),
  };
}
