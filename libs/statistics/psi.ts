import { binTotals } from './bin-totals.ts';
import { chiSquared } from './chi-squared.ts';
import { chiSquaredQuantile } from './distributions/chi-squared-quantile.ts';
import { chiSquaredUpperTail } from './distributions/chi-squared-upper-tail.ts';
import type { CriticalValueOptions } from './ks-critical-value.ts';
import { requireSamples } from './require-samples.ts';
import type { BinCounts, Significance } from './result.ts';
import { significanceFromLog, weakerSignificance } from './significance.ts';

/** Baseline size below which a population stability index is mostly noise. */
export const PSI_SMALL_BASELINE = 200;

/** How bins with a zero count on one side are filled. */
export interface PsiOptions {
  /**
   * A fixed proportion for the empty side. Default: half an observation, 0.5/n or 0.5/m. Nothing is
   * renormalised, and without empty bins every figure is the textbook one.
   */
  readonly zeroFill?: { readonly epsilon: number };
}

/** The index without its p-value. */
export interface PsiIndex {
  /** Σ (q − p) ln(q/p) over the bins, p of the baseline and q of the window. */
  readonly statistic: number;
  /** Bins that are not empty in both samples. */
  readonly bins: number;
  /** Bins that were empty on one side. */
  readonly filled_bins: number;
  readonly n: number;
  readonly m: number;
}

/** Population stability index with its p-value. */
export interface PsiResult extends PsiIndex, Significance {
  /** The baseline has fewer than 200 values: thresholds on the bare index mislead. */
  readonly small_baseline: boolean;
}

/**
 * Population stability index. The p-value is the larger of P(χ²_{B−1} ≥ PSI/(1/n + 1/m)) and that of
 * the chi-squared test on the same bins, since each alone is liberal somewhere.
 *
 * @throws RangeError when a sample is empty or epsilon is not in (0, 1)
 */
export function psi(bins: BinCounts, options: PsiOptions = {}): PsiResult {
  const index = psiIndex(bins, options);
  const { n, m, statistic, bins: count } = index;
  const own =
    count < 2
      ? significanceFromLog(0)
      : chiSquaredUpperTail(statistic / (1 / n + 1 / m), count - 1);
  return {
    ...index,
    ...weakerSignificance(own, chiSquared(bins)),
    small_baseline: n < PSI_SMALL_BASELINE,
  };
}

/**
 * The index alone; nothing is allocated but the result.
 *
 * @throws RangeError when a sample is empty or epsilon is not in (0, 1)
 */
export function psiIndex(table: BinCounts, options: PsiOptions = {}): PsiIndex {
  const { n, m } = binTotals(table, 'psi');
  const { baseline, window } = table;
  const zero = zeroShares('psi', { n, m }, options);
  let statistic = 0;
  let bins = 0;
  let filled = 0;
  for (let bin = 0; bin < baseline.length; bin++) {
    const b = baseline[bin]!;
    const w = window[bin]!;
    if (b + w === 0) continue;
    bins++;
    if (b === 0 || w === 0) filled++;
    const p = b > 0 ? b / n : zero.baseline;
    const q = w > 0 ? w / m : zero.window;
    statistic += (q - p) * Math.log(q / p);
  }
  return { statistic, bins, filled_bins: filled, n, m };
}

/**
 * What stands for the share of a bin that is empty on one side.
 *
 * @throws RangeError when epsilon is not in (0, 1)
 */
export function zeroShares(
  name: string,
  { n, m }: { readonly n: number; readonly m: number },
  { zeroFill }: PsiOptions,
): { readonly baseline: number; readonly window: number } {
  if (zeroFill === undefined) return { baseline: 0.5 / n, window: 0.5 / m };
  const { epsilon } = zeroFill;
  if (!(epsilon > 0 && epsilon < 1)) {
    throw new RangeError(
      `Cannot compute ${name}: zeroFill.epsilon must be in (0, 1), got ${epsilon}`,
    );
  }
  return { baseline: epsilon, window: epsilon };
}

/**
 * The index at which the psi part of the p-value equals alpha, for `bins` non-empty bins (at
 * least 2).
 *
 * @throws RangeError when a sample is empty, alpha is not in (0, 1) or bins < 2
 */
export function psiCriticalValue({
  n,
  m,
  alpha,
  bins,
}: CriticalValueOptions & { readonly bins: number }): number {
  requireSamples('a psi critical value', { n, m });
  return (1 / n + 1 / m) * chiSquaredQuantile({ df: bins - 1, alpha });
}
