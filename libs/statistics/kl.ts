import type { BinDistance, TestedBinDistance } from './bin-distance.ts';
import { binTotals } from './bin-totals.ts';
import { chiSquaredSignificance } from './chi-squared.ts';
import { poissonDeviance } from './distributions/poisson-deviance.ts';
import { type PsiOptions, zeroShares } from './psi.ts';
import type { BinCounts } from './result.ts';

/** A divergence and how many bins had to be filled for it. */
interface Filled {
  /** Bins that were empty on one side. */
  readonly filled_bins: number;
}

/**
 * Kullback–Leibler divergence of the window from the baseline, max(0, Σ q ln(q/p)) in nats, p of the
 * baseline and q of the window, with the p-value of the chi-squared test on the same bins. Unbounded
 * and not symmetric. A bin that is empty on one side is filled as for psi; nothing is renormalised,
 * so that the sum may fall below 0 where much is filled. One pass over the bins. (Kullback and
 * Leibler 1951.)
 *
 * @example kl({ baseline: [1, 1], window: [3, 1] }).statistic // 0.13 = ¾ ln 1.5 + ¼ ln 0.5
 * @throws RangeError when a sample is empty or epsilon is not in (0, 1)
 */
export function kl(bins: BinCounts, options: PsiOptions = {}): TestedBinDistance & Filled {
  return { ...klDivergence(bins, options), ...chiSquaredSignificance(bins) };
}

/**
 * The divergence alone.
 *
 * @throws RangeError when a sample is empty or epsilon is not in (0, 1)
 */
export function klDivergence(bins: BinCounts, options: PsiOptions = {}): BinDistance & Filled {
  const { n, m } = binTotals(bins, 'kl');
  const { baseline, window } = bins;
  const zero = zeroShares('kl', { n, m }, options);
  let sum = 0;
  let kept = 0;
  let filled = 0;
  for (let bin = 0; bin < baseline.length; bin++) {
    const b = baseline[bin]!;
    const w = window[bin]!;
    if (b + w === 0) continue;
    kept++;
    if (b === 0) {
      filled++;
      sum -= zero.baseline;
    } else if (w === 0) {
      filled++;
      sum += zero.window;
    }
    const p = b > 0 ? b / n : zero.baseline;
    const q = w > 0 ? w / m : zero.window;
    // q ln(q/p) + p − q: no term cancels another, and what p − q adds was taken off where filled.
    sum += poissonDeviance(q, p);
  }
  return { statistic: Math.max(0, sum), bins: kept, filled_bins: filled, n, m };
}
