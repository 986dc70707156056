import { type EdfDistance, edfDistance } from './edf-distance.ts';
import { type KsPValueOptions, ksPValue } from './ks-p-value.ts';
import type { CellCounts, Significance } from './result.ts';

/** Outcome of the two-sample Kolmogorov–Smirnov test. */
export interface KsResult extends Significance {
  /** sup abs(F − G), in [0, 1]. */
  readonly statistic: number;
  /** sup(F − G): how far the window lies above the baseline. */
  readonly d_plus: number;
  /** sup(G − F): how far the window lies below the baseline. */
  readonly d_minus: number;
  /** Index of the first cell at whose end the supremum is reached. */
  readonly location: number;
  readonly method: 'exact' | 'asymptotic';
  readonly n: number;
  readonly m: number;
}

/** The part of the result that costs one pass, for reference windows, which need no p-value. */
export interface KsDistance {
  readonly statistic: number;
  readonly d_plus: number;
  readonly d_minus: number;
  readonly location: number;
  readonly n: number;
  readonly m: number;
}

/**
 * Two-sample Kolmogorov–Smirnov test on rank cells: exact statistic with ties taken at block ends,
 * two-sided p-value (exact, conditional on ties, while n·m ≤ 4,000,000).
 *
 * @example ks({ baseline: Float64Array.of(0, 2, 0), window: Float64Array.of(0, 0, 3) }).statistic // 1
 * @throws RangeError when a sample is empty
 */
export function ks(cells: CellCounts, options: Pick<KsPValueOptions, 'method'> = {}): KsResult {
  const distance = ksDistance(cells);
  const { n, m, statistic } = distance;
  return { ...distance, ...ksPValue(cells, { ...options, n, m, statistic }) };
}

/**
 * The statistic without its p-value.
 *
 * @throws RangeError when a sample is empty
 */
export function ksDistance(cells: CellCounts): KsDistance {
  const { d_plus, d_minus, plusAt, minusAt, n, m }: EdfDistance = edfDistance(cells, 'ks');
  const upper = d_plus > d_minus || (d_plus === d_minus && plusAt <= minusAt);
  return {
    statistic: Math.max(d_plus, d_minus),
    d_plus,
    d_minus,
    location: upper ? plusAt : minusAt,
    n,
    m,
  };
}
