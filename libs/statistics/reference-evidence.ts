import { mean, sampleVariance } from 'simple-statistics';
import { fQuantile } from './distributions/f-quantile.ts';
import { fUpperTail } from './distributions/f-upper-tail.ts';
import type { Significance } from './result.ts';
import { significanceFromLog, weakerSignificance } from './significance.ts';

/**
 * How the same statistic varies between reference windows, on the scale x on which its null
 * distribution does not depend on the sample sizes: en·D² for ks, en·V² for kuiper,
 * PSI/(1/n + 1/m) for psi, χ² itself, the 2×2 χ² for a rate.
 */
export interface ReferenceEvidence {
  /** Mean of the reference x. */
  readonly mean: number;
  /** Their variance, ddof 1. */
  readonly variance: number;
  /** Half the degrees of freedom that mean and variance stand for, shrunk for few windows. */
  readonly kappa: number;
  /** Number of reference windows (or panes). */
  readonly R: number;
  /** What x is divided by: the mean, unless a larger one was given. */
  readonly denominator: number;
  /** How many times as large x is as under independent events. */
  readonly design_effect: number;
  /** The reference x, ascending. */
  readonly sorted: Float64Array;
}

/** What {@link referenceEvidence} is computed from. */
export interface ReferenceEvidenceOptions {
  /** x of each reference window (or pane) against the baseline without it; at least two. */
  readonly x: ArrayLike<number>;
  /** Mean of x under independent events: see {@link iidMean}. */
  readonly iidMean: number;
  /**
   * For panes: the mean over overlapping reference windows; the larger of it and the mean of the
   * panes divides x.
   */
  readonly overlappingMean?: number;
}

const LARGEST_KAPPA = 1000;

/**
 * Summary of the reference windows, from which p-values and critical values follow.
 *
 * @throws RangeError with fewer than two reference windows, or an x that is negative or not finite
 */
export function referenceEvidence(options: ReferenceEvidenceOptions): ReferenceEvidence {
  const sorted = Float64Array.from(options.x).sort();
  const R = sorted.length;
  if (R < 2) throw new RangeError(`Cannot use reference windows: at least 2 are needed, got ${R}`);
  if (!(sorted[0]! >= 0 && sorted[R - 1]! < Infinity)) {
    throw new RangeError('Cannot use reference windows: every x must be finite and at least 0');
  }
  const values = Array.from(sorted);
  const average = mean(values);
  const variance = sampleVariance(values);
  const spread = variance > 0 ? (average * average) / variance : Infinity;
  const denominator = Math.max(average, options.overlappingMean ?? 0);
  return {
    mean: average,
    variance,
    kappa: (Math.min(spread, LARGEST_KAPPA) * R) / (R + 8),
    R,
    denominator,
    design_effect: denominator / options.iidMean,
    sorted,
  };
}

/**
 * The p-value of x under reference evidence: the larger of P(F(2κ, 2κR) ≥ x/x̄) and the one for
 * independent events. Where all reference windows equal the baseline exactly (x̄ = 0), only the
 * latter is left.
 */
export function referencePValue(
  evidence: ReferenceEvidence,
  { x, iid }: { readonly x: number; readonly iid: Significance },
): Significance {
  const { denominator, kappa, R } = evidence;
  if (denominator === 0) return x === 0 ? significanceFromLog(0) : weakerSignificance(iid, iid);
  const own = fUpperTail(x / denominator, { d1: 2 * kappa, d2: 2 * kappa * R });
  return weakerSignificance(own, iid);
}

/**
 * The x whose reference part of the p-value equals alpha; 0 where x̄ = 0 and the evidence for
 * independent events decides alone. The critical value of the whole is the larger one of this and
 * that for independent events.
 */
export function referenceCriticalX(evidence: ReferenceEvidence, alpha: number): number {
  const { denominator, kappa, R } = evidence;
  if (denominator === 0) return 0;
  return denominator * fQuantile({ d1: 2 * kappa, d2: 2 * kappa * R, alpha });
}

/** How many reference windows have a smaller x. */
export function referenceRank(evidence: ReferenceEvidence, x: number): number {
  let below = 0;
  while (below < evidence.R && evidence.sorted[below]! < x) below++;
  return below;
}
