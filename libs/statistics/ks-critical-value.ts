import { findRoot } from './distributions/find-root.ts';
import { ksAsymptoticPValue } from './ks-asymptotic.ts';
import { requireSamples } from './require-samples.ts';

/** A distance that chance exceeds with probability alpha. */
export interface KsCriticalValue {
  readonly value: number;
  /** Always the inverse of the large-sample distribution, also where the p-value is exact. */
  readonly approximation: 'large_sample';
}

/** Sample sizes and the raw significance level. */
export interface CriticalValueOptions {
  readonly n: number;
  readonly m: number;
  readonly alpha: number;
}

/**
 * The Kolmogorov–Smirnov distance at which the large-sample p-value equals alpha; 1 where even
 * complete separation is not that unlikely.
 *
 * @throws RangeError when a sample is empty or alpha is not in (0, 1)
 */
export function ksCriticalValue({ n, m, alpha }: CriticalValueOptions): KsCriticalValue {
  requireSamples('a ks critical value', { n, m });
  if (!(alpha > 0 && alpha < 1)) {
    throw new RangeError(
      `Cannot compute a ks critical value: alpha must be in (0, 1), got ${alpha}`,
    );
  }
  const target = Math.log10(alpha);
  const excess = (d: number): number => ksAsymptoticPValue(d, { n, m }).log10_p - target;
  // The limit law gives a start from which the true root is near.
  const start = Math.min(0.999, Math.sqrt((-Math.log(alpha / 2) * (n + m)) / (2 * n * m)));
  let lower = start * 0.9;
  let upper = Math.min(1, start * 1.05);
  while (lower > 1e-12 && excess(lower) < 0) lower *= 0.7;
  while (upper < 1 && excess(upper) > 0) upper = Math.min(1, upper * 1.2);
  const value = excess(upper) > 0 ? 1 : findRoot(excess, { lower, upper });
  return { value, approximation: 'large_sample' };
}
