import { cellMoments, type Moments, type SummedSamples } from './cell-moments.ts';
import { fQuantile } from './distributions/f-quantile.ts';
import { fUpperTail } from './distributions/f-upper-tail.ts';
import { requireSamples } from './require-samples.ts';
import type { Significance } from './result.ts';

/** A shift of the mean, or what it needs. */
export type MeanShiftResult =
  | ({ readonly kind: 'value' } & MeanShift)
  | { readonly kind: 'undefined'; readonly needs: string; readonly n: number; readonly m: number };

/** A shift of the mean in standard deviations of the baseline. */
export interface MeanShift extends Significance {
  /** abs(shift). */
  readonly statistic: number;
  /** (mean of the window − mean of the baseline)/sd, with its sign. */
  readonly shift: number;
  readonly baseline_mean: number;
  readonly window_mean: number;
  /** Standard deviation of the baseline (ddof 0), in the field's unit. */
  readonly sd: number;
  /** Welch's t. */
  readonly t: number;
  readonly degrees_of_freedom: number;
  /** Standard error of the difference of the means, in standard deviations of the baseline. */
  readonly standard_error: number;
  readonly n: number;
  readonly m: number;
}

/**
 * Shift of the mean in standard deviations of the baseline, (mean_G − mean_F)/sd_F, with the
 * two-sided p-value of Welch's t-test, which does not take the variances as equal. Not defined for a
 * sample of one or a baseline without spread. Outliers move it, unlike the rank statistics. (Welch
 * 1947.)
 *
 * @throws RangeError when a sample is empty
 */
export function meanShift({ baseline, window, ...grid }: SummedSamples): MeanShiftResult {
  return momentShift(cellMoments(baseline, grid), cellMoments(window, grid));
}

/**
 * The same from moments that are known.
 *
 * @throws RangeError when a sample is empty
 */
export function momentShift(baseline: Moments, window: Moments): MeanShiftResult {
  const n = baseline.count;
  const m = window.count;
  requireSamples('mean_shift', { n, m });
  const needs = whatIsMissing(baseline, window);
  if (needs !== null) return { kind: 'undefined', needs, n, m };
  const sd = Math.sqrt(baseline.variance);
  // Squared standard errors of both means in units of the baseline's variance, each with ddof 1.
  const before = 1 / (n - 1);
  const after = window.variance / baseline.variance / (m - 1);
  const error = before + after;
  const shift = (window.mean - baseline.mean) / sd;
  const t = shift / Math.sqrt(error);
  const freedom = 1 / ((before / error) ** 2 / (n - 1) + (after / error) ** 2 / (m - 1));
  return {
    kind: 'value',
    statistic: Math.abs(shift),
    shift,
    // t² follows F(1, df), and both tails of t are its upper one.
    ...fUpperTail(t * t, { d1: 1, d2: freedom }),
    baseline_mean: baseline.mean,
    window_mean: window.mean,
    sd,
    t,
    degrees_of_freedom: freedom,
    standard_error: Math.sqrt(error),
    n,
    m,
  };
}

function whatIsMissing(baseline: Moments, window: Moments): string | null {
  if (baseline.count < 2) return `a baseline of at least 2 values, got ${baseline.count}`;
  if (window.count < 2) return `a window of at least 2 values, got ${window.count}`;
  const known = [baseline.mean, baseline.variance, window.mean, window.variance];
  if (!known.every(Number.isFinite)) return 'values whose squares a double can hold';
  return baseline.variance > 0 ? null : 'a baseline whose values differ';
}

/**
 * The shift, in standard deviations, at which the p-value equals alpha.
 *
 * @throws RangeError when alpha is not in (0, 1)
 */
export function meanShiftCriticalValue({
  standard_error,
  degrees_of_freedom,
  alpha,
}: Pick<MeanShift, 'standard_error' | 'degrees_of_freedom'> & { readonly alpha: number }): number {
  return standard_error * Math.sqrt(fQuantile({ d1: 1, d2: degrees_of_freedom, alpha }));
}
