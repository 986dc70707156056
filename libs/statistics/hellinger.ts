import type { BinDistance, TestedBinDistance } from './bin-distance.ts';
import { binTotals } from './bin-totals.ts';
import { chiSquaredSignificance } from './chi-squared.ts';
import type { BinCounts } from './result.ts';

/**
 * Hellinger distance √(½ Σ (√p − √q)²), in [0, 1], with the p-value of the chi-squared test on the
 * same bins. Nothing is filled. Of two shares that change by as much it weighs the smaller one more.
 * One pass over the bins. (Hellinger 1909, in the normalisation of Le Cam.)
 *
 * @example hellinger({ baseline: [9, 0], window: [0, 4] }).statistic // 1
 * @throws RangeError when a sample is empty
 */
export function hellinger(bins: BinCounts): TestedBinDistance {
  return { ...hellingerDistance(bins), ...chiSquaredSignificance(bins) };
}

/**
 * The distance alone.
 *
 * @throws RangeError when a sample is empty
 */
export function hellingerDistance(bins: BinCounts): BinDistance {
  const { n, m } = binTotals(bins, 'hellinger');
  const { baseline, window } = bins;
  let sum = 0;
  let kept = 0;
  for (let bin = 0; bin < baseline.length; bin++) {
    const b = baseline[bin]!;
    const w = window[bin]!;
    if (b + w === 0) continue;
    kept++;
    sum += (Math.sqrt(b / n) - Math.sqrt(w / m)) ** 2;
  }
  return { statistic: Math.min(1, Math.sqrt(sum / 2)), bins: kept, n, m };
}
