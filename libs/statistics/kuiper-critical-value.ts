import { findRoot } from './distributions/find-root.ts';
import type { CriticalValueOptions } from './ks-critical-value.ts';
import { kuiperScale, logKuiperTail } from './kuiper-p-value.ts';
import { requireSamples } from './require-samples.ts';

/**
 * The V at which Kuiper's p-value equals alpha (it may exceed 2 for the smallest samples, which
 * no V reaches).
 *
 * @throws RangeError when a sample is empty or alpha is not in (0, 1)
 */
export function kuiperCriticalValue({ n, m, alpha }: CriticalValueOptions): number {
  requireSamples('a kuiper critical value', { n, m });
  if (!(alpha > 0 && alpha < 1)) {
    throw new RangeError(
      `Cannot compute a kuiper critical value: alpha must be in (0, 1), got ${alpha}`,
    );
  }
  const target = Math.log(alpha);
  const excess = (lambda: number): number => logKuiperTail(lambda) - target;
  let upper = 1;
  while (excess(upper) > 0) upper *= 2;
  return findRoot(excess, { lower: 0.39, upper }) / kuiperScale({ n, m });
}
