import { edfTotals } from './edf-totals.ts';
import type { CellCounts } from './result.ts';

/** The largest distances between two empirical distribution functions. */
export interface EdfDistance {
  /** sup(F − G), at least 0. */
  readonly d_plus: number;
  /** sup(G − F), at least 0. */
  readonly d_minus: number;
  /** Cell at whose end F − G is largest. */
  readonly plusAt: number;
  /** Cell at whose end G − F is largest. */
  readonly minusAt: number;
  readonly n: number;
  readonly m: number;
}

/**
 * Distances between the distribution functions F of the baseline and G of the window, taken at the
 * ends of cells: exact wherever no cell holds values of both samples that differ. One pass.
 *
 * @throws RangeError when a sample is empty or the two arrays differ in length
 */
export function edfDistance(counts: CellCounts, name: string): EdfDistance {
  const { n, m } = edfTotals(counts, name);
  const { baseline, window } = counts;
  let i = 0;
  let j = 0;
  let most = 0;
  let least = 0;
  let plusAt = 0;
  let minusAt = 0;
  for (let cell = 0; cell < baseline.length; cell++) {
    i += baseline[cell]!;
    j += window[cell]!;
    // i·m − j·n is an integer: samples in the same proportions give exactly 0.
    const difference = i * m - j * n;
    if (difference > most) {
      most = difference;
      plusAt = cell;
    } else if (difference < least) {
      least = difference;
      minusAt = cell;
    }
  }
  const scale = n * m;
  return { d_plus: most / scale, d_minus: -least / scale + 0, plusAt, minusAt, n, m };
}
