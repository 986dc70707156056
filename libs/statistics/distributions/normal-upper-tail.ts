import type { Significance } from '../result.ts';
import { significanceFromLog } from '../significance.ts';
import { incompleteGamma } from './incomplete-gamma.ts';

/** P(Z ≥ z) for the standard normal distribution. */
export function normalUpperTail(z: number): Significance {
  const { logLower, logUpper } = incompleteGamma(0.5, (z * z) / 2);
  // The mass beyond |z| on both sides is Q; below −|z| lies half of it.
  if (z >= 0) return significanceFromLog(logUpper - Math.LN2);
  return significanceFromLog(Math.log1p(Math.exp(logLower)) - Math.LN2);
}
