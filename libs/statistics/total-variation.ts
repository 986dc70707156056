import type { BinDistance, TestedBinDistance } from './bin-distance.ts';
import { binTotals } from './bin-totals.ts';
import { chiSquaredSignificance } from './chi-squared.ts';
import type { BinCounts } from './result.ts';

/**
 * Total variation distance ½ Σ abs(p − q), in [0, 1], with the p-value of the chi-squared test on
 * the same bins. Nothing is filled. It is the share of events that would have to change their bin.
 * One pass over the bins.
 *
 * @example totalVariation({ baseline: [3, 1], window: [1, 1] }).statistic // 0.25
 * @throws RangeError when a sample is empty
 */
export function totalVariation(bins: BinCounts): TestedBinDistance {
  return { ...totalVariationDistance(bins), ...chiSquaredSignificance(bins) };
}

/**
 * The distance alone.
 *
 * @throws RangeError when a sample is empty
 */
export function totalVariationDistance(bins: BinCounts): BinDistance {
  const { n, m } = binTotals(bins, 'total_variation');
  const { baseline, window } = bins;
  let sum = 0;
  let kept = 0;
  for (let bin = 0; bin < baseline.length; bin++) {
    const b = baseline[bin]!;
    const w = window[bin]!;
    if (b + w === 0) continue;
    kept++;
    // Integers, so that equal proportions give exactly 0.
    sum += Math.abs(b * m - w * n);
  }
  return { statistic: Math.min(1, sum / 2 / n / m), bins: kept, n, m };
}
