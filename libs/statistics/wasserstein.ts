import { cellMoments, type SummedSamples } from './cell-moments.ts';
import { edfTotals } from './edf-totals.ts';
import { ks } from './ks.ts';
import type { Significance } from './result.ts';

/** The Wasserstein distance without its p-value. */
export interface WassersteinDistance {
  /** W₁ in the field's unit. */
  readonly statistic: number;
  /** W₁ over the baseline's standard deviation (ddof 0); absent where there is none. */
  readonly normalised?: number;
  /** The true distance lies within statistic ± error_bound. */
  readonly error_bound: number;
  readonly n: number;
  readonly m: number;
}

/** Cells with their sums, and how exactly these were taken. */
export interface WassersteinInput extends SummedSamples {
  /** Largest rounding of one value's place between two knots, as a share of their distance. */
  readonly rounding?: number;
}

/**
 * Wasserstein distance W₁ = ∫ abs(F − G) dx: how far values have to move on average to turn one
 * sample into the other, in the field's unit. From the counts and the sums of the cells it is exact,
 * but for an open cell in which F and G cross: there the sums leave a range, of which the middle is
 * taken and half the width goes into `error_bound`. Simulated with 1,000 values and more that was at
 * most 7 % of the distance (log-normal values), but up to 92 % for an integer baseline against
 * continuous live values that had moved by less than a step. The p-value is that of `ks`. One pass
 * over the cells. (Vallender 1974 for the integral.)
 *
 * @throws RangeError when a sample is empty
 */
export function wasserstein(input: WassersteinInput): WassersteinDistance & Significance {
  const { p_value, log10_p } = ks({ baseline: input.baseline.cells, window: input.window.cells });
  return { ...wassersteinDistance(input), p_value, log10_p };
}

/**
 * The distance alone. It is Infinity where a double cannot hold it.
 *
 * @throws RangeError when a sample is empty
 */
export function wassersteinDistance(input: WassersteinInput): WassersteinDistance {
  const { knots, baseline, window, rounding = 0 } = input;
  const { n, m } = edfTotals({ baseline: baseline.cells, window: window.cells }, 'wasserstein');
  const low = between(-baseline.below / n, -window.below / m);
  const high = between(baseline.above / n, window.above / m);
  let statistic = low.middle + high.middle;
  let bound = low.half + high.half;
  let i = baseline.cells[0]!;
  let j = window.cells[0]!;
  for (let gap = 0; gap + 1 < knots.length; gap++) {
    i += baseline.cells[2 * gap + 1]!;
    j += window.cells[2 * gap + 1]!;
    const b = baseline.cells[2 * gap + 2]!;
    const w = window.cells[2 * gap + 2]!;
    const length = knots[gap + 1]! - knots[gap]!;
    const before = (i * m - j * n) / n / m;
    if (b === 0 && w === 0) statistic += Math.abs(before) * length;
    else {
      const { middle, half } = areaOfGap({
        length,
        before,
        baseline: { mass: b / n, excess: baseline.excess[gap]! / n },
        window: { mass: w / m, excess: window.excess[gap]! / m },
      });
      statistic += middle;
      bound += half + rounding * length * (b / n + w / m);
      i += b;
      j += w;
    }
  }
  const { variance } = cellMoments(baseline, input);
  return {
    statistic,
    ...(variance > 0 && variance < Infinity ? { normalised: statistic / Math.sqrt(variance) } : {}),
    error_bound: bound,
    n,
    m,
  };
}

/** A number that lies within middle ± half. */
interface Range {
  readonly middle: number;
  readonly half: number;
}

/** ∫ abs(F − G) beyond an end, where F alone or G alone leaves the areas a and b. */
function between(a: number, b: number): Range {
  return { middle: Math.max(a, b), half: Math.min(a, b) };
}

/** What one sample holds of an open cell, as shares of the sample. */
interface Held {
  readonly mass: number;
  /** Σ(v − lower knot) over the values in the cell. */
  readonly excess: number;
}

interface Gap {
  readonly length: number;
  /** F − G at the lower knot. */
  readonly before: number;
  readonly baseline: Held;
  readonly window: Held;
}

/**
 * ∫ abs(F − G) over an open cell. With P and N for the areas in which F or G is the upper one, P − N
 * is known from the sums, and P and N each have a largest value: so P + N is at least abs(P − N) and
 * at most the lesser of 2P − (P − N) and 2N + (P − N). With values of the window alone this is the
 * whole range that is possible.
 */
function areaOfGap({ length, before, baseline, window }: Gap): Range {
  const known =
    before * length + (baseline.mass - window.mass) * length - (baseline.excess - window.excess);
  const least = Math.abs(known);
  const positive = largestArea({ length, lead: before, upper: baseline, lower: window });
  const negative = largestArea({ length, lead: -before, upper: window, lower: baseline });
  const most = Math.max(least, Math.min(2 * positive - known, 2 * negative + known));
  return { middle: (least + most) / 2, half: (most - least) / 2 };
}

/**
 * Largest area in which the distribution function `upper` can exceed `lower`, of which it is `lead`
 * ahead at the start: no more than above the level where `lower` starts, and no more than below the
 * level where `upper` ends.
 */
function largestArea({
  length,
  lead,
  upper,
  lower,
}: {
  readonly length: number;
  readonly lead: number;
  readonly upper: Held;
  readonly lower: Held;
}): number {
  // Of the values of a sample, the last ones have at least its mean, the first ones at most.
  const rise = lead + upper.mass;
  const aboveStart =
    lead >= 0
      ? lead * length + upper.mass * length - upper.excess
      : rise <= 0
        ? 0
        : rise * (length - upper.excess / upper.mass);
  const end = rise - lower.mass;
  const belowEnd =
    end >= 0 ? end * length + lower.excess : rise <= 0 ? 0 : (rise * lower.excess) / lower.mass;
  return Math.min(aboveStart, belowEnd);
}
