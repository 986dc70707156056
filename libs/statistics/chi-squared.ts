import { binTotals } from './bin-totals.ts';
import { chiSquaredQuantile } from './distributions/chi-squared-quantile.ts';
import { chiSquaredUpperTail } from './distributions/chi-squared-upper-tail.ts';
import type { BinCounts, Significance } from './result.ts';
import { significanceFromLog } from './significance.ts';

/** Outcome of the chi-squared test of homogeneity. */
export interface ChiSquaredResult extends Significance {
  readonly statistic: number;
  /** √(χ²/N), in [0, 1]: the smaller side of the table has two rows. */
  readonly cramers_v: number;
  /** Bins − 1, counting bins that are not empty in both samples. */
  readonly degrees_of_freedom: number;
  readonly bins: number;
  readonly n: number;
  readonly m: number;
}

/**
 * Chi-squared test of homogeneity of the 2×B table of baseline and window (the baseline is a sample
 * too), without Yates' correction. Bins that are empty in both samples do not count; with a single
 * bin the statistic is 0 and p is 1.
 *
 * @throws RangeError when a sample is empty
 */
export function chiSquared(table: BinCounts): ChiSquaredResult {
  const { n, m } = binTotals(table, 'chi_squared');
  const { baseline, window } = table;
  let sum = 0;
  let bins = 0;
  for (let bin = 0; bin < baseline.length; bin++) {
    const b = baseline[bin]!;
    const w = window[bin]!;
    if (b + w === 0) continue;
    bins++;
    // Both rows of the column at once; the integer difference makes equal proportions exactly 0.
    const difference = b * m - w * n;
    sum += (difference * difference) / (b + w);
  }
  const statistic = sum / n / m;
  const tail = bins < 2 ? significanceFromLog(0) : chiSquaredUpperTail(statistic, bins - 1);
  return {
    statistic,
    ...tail,
    cramers_v: Math.min(1, Math.sqrt(statistic / (n + m))),
    degrees_of_freedom: bins - 1,
    bins,
    n,
    m,
  };
}

/**
 * The p-value alone, for distances over bins that have none of their own.
 *
 * @throws RangeError when a sample is empty
 */
export function chiSquaredSignificance(table: BinCounts): Significance {
  const { p_value, log10_p } = chiSquared(table);
  return { p_value, log10_p };
}

/**
 * The statistic at which the p-value equals alpha, for `bins` non-empty bins (at least 2).
 *
 * @throws RangeError when alpha is not in (0, 1) or bins < 2
 */
export function chiSquaredCriticalValue({ bins, alpha }: { bins: number; alpha: number }): number {
  return chiSquaredQuantile({ df: bins - 1, alpha });
}
