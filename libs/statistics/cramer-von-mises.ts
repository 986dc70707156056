import { quadraticQuantile } from './distributions/quadratic-quantile.ts';
import { CRAMER_VON_MISES, logQuadraticTail } from './distributions/quadratic-tail.ts';
import { edfTotals } from './edf-totals.ts';
import type { CriticalValueOptions } from './ks-critical-value.ts';
import type { CellCounts, Significance } from './result.ts';
import { significanceFromLog } from './significance.ts';

/** Outcome of the two-sample Cramér–von Mises test. */
export interface CramerVonMisesResult extends Significance {
  /** T, which grows with the samples: about en·∫(F − G)² dH, H the pooled distribution. */
  readonly statistic: number;
  readonly n: number;
  readonly m: number;
}

interface Sizes {
  readonly n: number;
  readonly m: number;
}

/**
 * Two-sample Cramér–von Mises test on rank cells: the expectation of Anderson's T = nm/N² Σ (F − G)²
 * over the pooled values when ties are broken at random. Without ties it is T itself; a tied sample
 * against itself has what random order alone would give, which is above 0. Live values between two
 * baseline values count as distinct. One pass over the cells, and one tail of the limit law.
 *
 * P-value of the limit law at z = (T − E)/√(45V) + 1/6 with T's own mean E and variance V; 1 where
 * no order of the values would give less. (Anderson 1962.)
 *
 * @example cramerVonMises({ baseline: Float64Array.of(0, 1, 0), window: Float64Array.of(0, 0, 1) })
 *   .statistic // 0.25: one value each, F − G = 1 at the first and 0 at the second
 * @throws RangeError when a sample is empty
 */
export function cramerVonMises(cells: CellCounts): CramerVonMisesResult {
  const { n, m } = edfTotals(cells, 'cramer_von_mises');
  const statistic = expectedSum(cells, { n, m }) / n / m / (n + m) / (n + m);
  return { statistic, ...cramerVonMisesPValue(statistic, { n, m }), n, m };
}

/** Σ (i·m − j·n)² over all pooled values, expected over the orders of tied ones. */
function expectedSum({ baseline, window }: CellCounts, { n, m }: Sizes): number {
  const total = n + m;
  let sum = 0;
  let difference = 0;
  for (let cell = 0; cell < baseline.length; cell++) {
    const b = baseline[cell]!;
    const w = window[cell]!;
    const t = b + w;
    if (t === 0) continue;
    // The mean path through the cell is straight; around it the order of the values scatters like a
    // bridge of draws without replacement.
    const step = b * m - w * n;
    sum +=
      t * difference * difference +
      difference * step * (t + 1) +
      (step * step * (t + 1) * (2 * t + 1)) / (6 * t) +
      ((t + 1) * b * w * total * total) / (6 * t);
    difference += step;
  }
  return sum;
}

/** P-value of T for samples of n and m values. */
export function cramerVonMisesPValue(t: number, { n, m }: Sizes): Significance {
  if (t <= leastSum({ n, m })) return significanceFromLog(0);
  const { mean, scale } = momentsOf({ n, m });
  return significanceFromLog(logQuadraticTail((t - mean) / scale + 1 / 6, CRAMER_VON_MISES));
}

/**
 * The T at which the p-value equals alpha. `quantile`, the same for all sample sizes, is
 * {@link cramerVonMisesQuantile} of alpha; it is the costly part.
 *
 * @throws RangeError when alpha is not in (0, 1)
 */
export function cramerVonMisesCriticalValue({
  n,
  m,
  alpha,
  quantile = cramerVonMisesQuantile(alpha),
}: CriticalValueOptions & { readonly quantile?: number }): number {
  const { mean, scale } = momentsOf({ n, m });
  return mean + (quantile - 1 / 6) * scale;
}

/** The z of the limit law that is exceeded with probability alpha: 0.743 for 0.01. */
export function cramerVonMisesQuantile(alpha: number): number {
  return quadraticQuantile(CRAMER_VON_MISES, alpha);
}

/** E and √(45V) of T without ties; the latter is 0 for two single values, which T cannot tell. */
function momentsOf({ n, m }: Sizes): { readonly mean: number; readonly scale: number } {
  const total = n + m;
  const product = n * m;
  const spread = 4 * product * total - 3 * (n * n + m * m) - 2 * product;
  return {
    mean: (1 + 1 / total) / 6,
    scale: Math.sqrt(((1 + 1 / total) * Math.max(0, spread)) / (4 * product * total)),
  };
}

/**
 * The least T: a path from (0, 0) to (n, m) that stays next to the diagonal is off by the distance of
 * s·n/N from the nearest integer at step s, and these distances run through the multiples of g/N.
 */
function leastSum({ n, m }: Sizes): number {
  const total = n + m;
  const g = greatestCommonDivisor(n, m);
  const places = total / g;
  const squares = (places * places + (places % 2 === 0 ? 2 : -1)) / (12 * places);
  // Rounding must not lift a T that is the least one above it.
  return ((g * squares) / n / m) * (1 + 1e-12);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
