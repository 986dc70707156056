import { binTotals } from './bin-totals.ts';
import { chiSquaredUpperTail } from './distributions/chi-squared-upper-tail.ts';
import { poissonDeviance } from './distributions/poisson-deviance.ts';
import type { BinCounts, Significance } from './result.ts';
import { significanceFromLog } from './significance.ts';

/** Outcome of the likelihood-ratio test of homogeneity. */
export interface GTestResult extends Significance {
  readonly statistic: number;
  /** Bins − 1, counting bins that are not empty in both samples. */
  readonly degrees_of_freedom: number;
  readonly bins: number;
  readonly n: number;
  readonly m: number;
}

/**
 * G-test of homogeneity of the 2×B table of baseline and window: 2 Σ O ln(O/E) over its 2B cells,
 * against χ² with B − 1 degrees of freedom, without a correction. A count of 0 adds 0. Bins that
 * are empty in both samples do not count; with a single bin the statistic is 0 and p is 1. One pass
 * over the bins. (Wilks 1938; Sokal and Rohlf, Biometry.)
 *
 * @example gTest({ baseline: [1, 0], window: [0, 1] }).statistic // 4 ln 2
 * @throws RangeError when a sample is empty
 */
export function gTest(table: BinCounts): GTestResult {
  const { n, m } = binTotals(table, 'g_test');
  const { baseline, window } = table;
  let sum = 0;
  let bins = 0;
  for (let bin = 0; bin < baseline.length; bin++) {
    const b = baseline[bin]!;
    const w = window[bin]!;
    if (b + w === 0) continue;
    bins++;
    const expected = ((b + w) * n) / (n + m);
    // O ln(O/E) + E − O: in each bin the additions cancel, and no term cancels another.
    sum += poissonDeviance(b, expected) + poissonDeviance(w, ((b + w) * m) / (n + m));
  }
  const statistic = 2 * sum;
  const tail = bins < 2 ? significanceFromLog(0) : chiSquaredUpperTail(statistic, bins - 1);
  return { statistic, ...tail, degrees_of_freedom: bins - 1, bins, n, m };
}
