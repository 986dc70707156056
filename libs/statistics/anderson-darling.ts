import { andersonDarlingSpread } from './anderson-darling-spread.ts';
import { chiSquaredQuantile } from './distributions/chi-squared-quantile.ts';
import { chiSquaredUpperTail } from './distributions/chi-squared-upper-tail.ts';
import { quadraticQuantile } from './distributions/quadratic-quantile.ts';
import { ANDERSON_DARLING, logQuadraticTail } from './distributions/quadratic-tail.ts';
import { edfTotals } from './edf-totals.ts';
import type { CellCounts, Significance } from './result.ts';
import { significanceFromLog } from './significance.ts';

/** Outcome of the two-sample Anderson–Darling test. */
export interface AndersonDarlingResult extends Significance {
  /** A² with mid-ranks. */
  readonly statistic: number;
  /** (A² − 1)/σ_N, the form that other packages print; absent for fewer than four values. */
  readonly normalised?: number;
  /** Equal values occur, so the p-value is the one for ties. */
  readonly ties: boolean;
  readonly n: number;
  readonly m: number;
}

/**
 * Two-sample Anderson–Darling test on rank cells, with mid-ranks: of the tests here the one that
 * sees most in the tails. Live values between two baseline values count as distinct; where an open
 * cell holds values of both samples (a reduced grid) they count as one block. Where all values are
 * equal A² = 0 and p = 1. (Scholz and Stephens 1987, equation 7, for two samples.)
 *
 * P-value of the limit law at A²; with ties P(χ²₁ ≥ A²), since the limit law would be liberal (5.5 %
 * instead of 1 % for two values). One pass over the cells; runs of distinct live values are summed
 * by panels, so the cost does not depend on how many there are.
 *
 * @example andersonDarling({ baseline: Float64Array.of(0, 2, 0), window: Float64Array.of(0, 1, 1) })
 *   .statistic // 1: of three equal values two are the baseline's, and a live value lies above them
 * @throws RangeError when a sample is empty
 */
export function andersonDarling(cells: CellCounts): AndersonDarlingResult {
  const { n, m } = edfTotals(cells, 'anderson_darling');
  const { statistic, ties } = squaredDistance(cells, { n, m });
  const spread = andersonDarlingSpread({ n, m });
  return {
    statistic,
    ...andersonDarlingPValue(statistic, { ties }),
    ...(spread === undefined ? {} : { normalised: (statistic - 1) / spread }),
    ties,
    n,
    m,
  };
}

/** P-value of A². */
export function andersonDarlingPValue(
  squared: number,
  { ties }: { readonly ties: boolean },
): Significance {
  if (ties) return chiSquaredUpperTail(squared, 1);
  return significanceFromLog(logQuadraticTail(squared, ANDERSON_DARLING));
}

/**
 * The A² that is exceeded with probability alpha: 3.88 for 0.01 without ties, 6.63 with them.
 *
 * @throws RangeError when alpha is not in (0, 1)
 */
export function andersonDarlingCriticalValue({
  alpha,
  ties,
}: {
  readonly alpha: number;
  readonly ties: boolean;
}): number {
  return ties ? chiSquaredQuantile({ df: 1, alpha }) : quadraticQuantile(ANDERSON_DARLING, alpha);
}

interface Sizes {
  readonly n: number;
  readonly m: number;
}

function squaredDistance(
  { baseline, window }: CellCounts,
  { n, m }: Sizes,
): { readonly statistic: number; readonly ties: boolean } {
  const total = n + m;
  const spread = Math.sqrt(total * (total - 1)) / 2;
  const high = total / 2 + spread;
  const pooled: Pooled = { n, total, low: total / 4 / high, high };
  let sum = 0;
  let ties = false;
  let i = 0;
  let below = 0;
  for (let cell = 0; cell < baseline.length; cell++) {
    const b = baseline[cell]!;
    const t = b + window[cell]!;
    if (t === 0) continue;
    const inOpenCell = cell % 2 === 0;
    if (t === 1 || !inOpenCell || b > 0) {
      sum += termOfBlock(t, {
        below,
        difference: total * (i + b / 2) - n * (below + t / 2),
        total,
      });
      if (!inOpenCell && t > 1) ties = true;
    } else sum += sumOfRun(t, { i, below, pooled });
    i += b;
    below += t;
  }
  return { statistic: (sum * (total - 1)) / total / n / m, ties };
}

/** The term of `size` equal values above `below` others. */
function termOfBlock(
  size: number,
  {
    below,
    difference,
    total,
  }: { readonly below: number; readonly difference: number; readonly total: number },
): number {
  const rank = below + size / 2;
  const spread = rank * (total - rank) - (total * size) / 4;
  // Where all values are equal there is no spread, and no difference.
  return spread > 0 ? (size * difference * difference) / spread : 0;
}

/** What all runs share: the sizes, and the roots of B(N−B) = N/4. */
interface Pooled {
  readonly n: number;
  readonly total: number;
  readonly low: number;
  readonly high: number;
}

interface Place {
  /** Baseline values below. */
  readonly i: number;
  /** Values of both samples below. */
  readonly below: number;
  readonly pooled: Pooled;
}

/** A panel is at most this part of the distance to the nearer end of the ranks. */
const PANEL = 1 / 32;
/** Shorter panels are summed term by term. */
const SHORT = 8;

/** Σ (N·i − n·B)²/(B(N−B) − N/4) over the mid-ranks B of `length` distinct live values in a row. */
function sumOfRun(length: number, { i, below, pooled }: Place): number {
  const { n, total } = pooled;
  let sum = 0;
  let at = below;
  const end = below + length;
  while (at < end) {
    const panel = Math.min(end - at, Math.floor(Math.min(at, total - at) * PANEL));
    if (panel < SHORT) {
      const last = Math.min(end, at + SHORT);
      for (; at < last; at++) sum += termOfRank(at + 0.5, { n, total, i });
    } else {
      const centre = at + panel / 2;
      const curved = curvature(panel, { centre, pooled, zero: (total * i) / n });
      sum += panel * termOfRank(centre, { n, total, i }) + n * n * curved;
      at += panel;
    }
  }
  return sum;
}

function termOfRank(
  rank: number,
  { n, total, i }: { readonly n: number; readonly total: number; readonly i: number },
): number {
  const difference = total * i - n * rank;
  return (difference * difference) / (rank * (total - rank) - total / 4);
}

/**
 * What a panel of equally spaced terms adds to its length times the middle one: the even powers of
 * Taylor's series, of (B − zero)²/((B − low)(high − B)) in partial fractions, all of them positive.
 * What is left out is below 1e-10 of it.
 */
function curvature(
  length: number,
  {
    centre,
    pooled: { low, high },
    zero,
  }: { readonly centre: number; readonly pooled: Pooled; readonly zero: number },
): number {
  const square = length * length;
  const second = (length * (square - 1)) / 12;
  const fourth = (second * (3 * square - 7)) / 20;
  const sixth = (second * ((3 * square - 18) * square + 31)) / 112;
  const part = (weight: number, distance: number): number => {
    const inverse = 1 / (distance * distance);
    return ((weight * inverse) / distance) * (second + inverse * (fourth + inverse * sixth));
  };
  const below = part((zero - low) ** 2, centre - low);
  const above = part((high - zero) ** 2, high - centre);
  return (below + above) / (high - low);
}
