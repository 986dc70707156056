import type { BinDistance, TestedBinDistance } from './bin-distance.ts';
import { binTotals } from './bin-totals.ts';
import { chiSquaredSignificance } from './chi-squared.ts';
import { poissonDeviance } from './distributions/poisson-deviance.ts';
import type { BinCounts } from './result.ts';

/**
 * Jensen–Shannon distance: the root of ½ Σ p log₂(p/r) + ½ Σ q log₂(q/r) with r = (p+q)/2, in
 * [0, 1] and a metric (Lin 1991; Endres and Schindelin 2003). Its p-value is that of the chi-squared
 * test on the same bins. Nothing is filled. One pass over the bins, two logarithms each.
 *
 * @example jensenShannon({ baseline: [9, 0], window: [0, 4] }).statistic // 1
 * @throws RangeError when a sample is empty
 */
export function jensenShannon(bins: BinCounts): TestedBinDistance {
  return { ...jensenShannonDistance(bins), ...chiSquaredSignificance(bins) };
}

/**
 * The distance alone.
 *
 * @throws RangeError when a sample is empty
 */
export function jensenShannonDistance(bins: BinCounts): BinDistance {
  const { n, m } = binTotals(bins, 'jensen_shannon');
  const { baseline, window } = bins;
  let sum = 0;
  let kept = 0;
  for (let bin = 0; bin < baseline.length; bin++) {
    const b = baseline[bin]!;
    const w = window[bin]!;
    if (b + w === 0) continue;
    kept++;
    const p = b / n;
    const q = w / m;
    const middle = (p + q) / 2;
    // p ln(p/r) + r − p: what is added is 0 in all, and no term cancels another.
    sum += poissonDeviance(p, middle) + poissonDeviance(q, middle);
  }
  return { statistic: Math.min(1, Math.sqrt(sum / 2 / Math.LN2)), bins: kept, n, m };
}
