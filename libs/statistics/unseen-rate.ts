import { betaBinomialUpperTail } from './distributions/beta-binomial-upper-tail.ts';
import { requireSamples } from './require-samples.ts';
import type { Significance } from './result.ts';

/** What the rate of unseen categories is judged by. */
export interface UnseenCounts {
  /** Values of the baseline. */
  readonly n: number;
  /** Categories that the baseline has once, and twice. */
  readonly once: number;
  readonly twice: number;
  /** Values of the window whose category the baseline does not have. */
  readonly unseen: number;
  /** Values of the window. */
  readonly m: number;
}

/** The rate of unseen categories against what the baseline lets expect. */
export interface UnseenRateResult extends Significance {
  /** abs(window rate − expected rate). */
  readonly statistic: number;
  /** Window rate − expected rate; the p-value is of the upper side only. */
  readonly difference: number;
  /** Good and Turing's estimate: categories seen once, over n. */
  readonly expected_rate: number;
  readonly window_rate: number;
  readonly n: number;
  readonly m: number;
}

/**
 * Share of window values in categories that the baseline lacks, against the Good–Turing estimate
 * n₁/n. p = P(BetaBinomial(m, (n₁+1)/c, (n−n₁+1)/c) ≥ unseen), where c = (n₁+1+2(n₂+1))/(n₁+1)
 * widens the estimate's own uncertainty by the categories seen twice.
 *
 * @throws RangeError when a sample is empty or a count exceeds its sample
 */
export function unseenRate({ n, once, twice, unseen, m }: UnseenCounts): UnseenRateResult {
  requireSamples('unseen_rate', { n, m });
  if (!(unseen >= 0 && unseen <= m)) {
    throw new RangeError(`Cannot compute unseen_rate: unseen must be in [0, ${m}], got ${unseen}`);
  }
  if (!(once >= 0 && twice >= 0 && once + 2 * twice <= n)) {
    throw new RangeError(
      `Cannot compute unseen_rate: once + 2·twice must be in [0, ${n}], got ${once} and ${twice}`,
    );
  }
  const c = (once + 1 + 2 * (twice + 1)) / (once + 1);
  const tail = betaBinomialUpperTail(unseen, {
    trials: m,
    a: (once + 1) / c,
    b: (n - once + 1) / c,
  });
  const expectedRate = once / n;
  const windowRate = unseen / m;
  return {
    statistic: Math.abs(windowRate - expectedRate),
    difference: windowRate - expectedRate,
    expected_rate: expectedRate,
    window_rate: windowRate,
    ...tail,
    n,
    m,
  };
}
