import { findRoot } from './find-root.ts';
import { logQuadraticTail, type QuadraticLaw } from './quadratic-tail.ts';

/** The z with P(Z ≥ z) = alpha for a quadratic law, 0 < alpha < 1. Some fifteen tails. */
export function quadraticQuantile(law: QuadraticLaw, alpha: number): number {
  if (!(alpha > 0 && alpha < 1)) {
    throw new RangeError(`Cannot compute a quantile: alpha must be in (0, 1), got ${alpha}`);
  }
  const target = Math.log(alpha);
  const excess = (z: number): number => logQuadraticTail(z, law) - target;
  let upper = 1;
  while (excess(upper) > 0) upper *= 2;
  return findRoot(excess, { lower: upper === 1 ? law.least : upper / 2, upper });
}
