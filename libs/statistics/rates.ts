import { chiSquared } from './chi-squared.ts';
import { fisherExact } from './fisher-exact.ts';
import { requireSamples } from './require-samples.ts';
import type { Significance } from './result.ts';

/** How often something (a missing value, an invalid one, one out of range) occurs in two samples. */
export interface RateCounts {
  readonly baselineCount: number;
  /** All events of the baseline. */
  readonly n: number;
  readonly windowCount: number;
  /** All events of the window. */
  readonly m: number;
}

/** A difference of two rates. */
export interface RateResult extends Significance {
  /** abs(window rate − baseline rate). */
  readonly statistic: number;
  /** Window rate − baseline rate. */
  readonly difference: number;
  readonly baseline_rate: number;
  readonly window_rate: number;
  readonly method: 'fisher_exact' | 'chi_squared';
  readonly n: number;
  readonly m: number;
}

/** Least expected count in every cell of the table for the chi-squared approximation. */
const LEAST_EXPECTED = 5;

/**
 * Difference of two proportions: two-sided Fisher's exact test, or the 2×2 chi-squared test without
 * correction where all expected counts are at least 5.
 *
 * @throws RangeError when a sample is empty or a count exceeds its sample
 */
export function rateDifference(counts: RateCounts): RateResult {
  const { baselineCount, n, windowCount, m } = counts;
  requireSamples('a rate', { n, m });
  requireCount(baselineCount, n);
  requireCount(windowCount, m);
  const hits = baselineCount + windowCount;
  const leastExpected = (Math.min(hits, n + m - hits) * Math.min(n, m)) / (n + m);
  const approximate = leastExpected >= LEAST_EXPECTED;
  const { p_value, log10_p } = approximate ? chiSquared(rateTable(counts)) : fisherExact(counts);
  const baselineRate = baselineCount / n;
  const windowRate = windowCount / m;
  return {
    statistic: Math.abs(windowRate - baselineRate),
    difference: windowRate - baselineRate,
    baseline_rate: baselineRate,
    window_rate: windowRate,
    p_value,
    log10_p,
    method: approximate ? 'chi_squared' : 'fisher_exact',
    n,
    m,
  };
}

/**
 * The 2×2 chi-squared statistic of a rate: what reference windows are compared by.
 *
 * @throws RangeError when a sample is empty
 */
export function rateChiSquared(counts: RateCounts): number {
  return chiSquared(rateTable(counts)).statistic;
}

function rateTable({ baselineCount, n, windowCount, m }: RateCounts) {
  return { baseline: [baselineCount, n - baselineCount], window: [windowCount, m - windowCount] };
}

function requireCount(count: number, total: number): void {
  if (!(count >= 0 && count <= total)) {
    throw new RangeError(`Cannot compute a rate: the count must be in [0, ${total}], got ${count}`);
  }
}
