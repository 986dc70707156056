import type { Significance } from '../result.ts';
import { significanceFromLog } from '../significance.ts';
import { logIncompleteBeta } from './incomplete-beta.ts';

/** Degrees of freedom of an F distribution: above and below the fraction. */
export interface FDegrees {
  readonly d1: number;
  readonly d2: number;
}

/** ln P(F(d1, d2) ≥ f) for f ≥ 0. */
export function logFUpperTail(f: number, { d1, d2 }: FDegrees): number {
  if (f === Infinity) return -Infinity;
  const total = d2 + d1 * f;
  return logIncompleteBeta({ a: d2 / 2, b: d1 / 2, x: d2 / total, y: (d1 * f) / total });
}

/** P(F(d1, d2) ≥ f) for f ≥ 0 and degrees of freedom > 0, which need not be integers. */
export function fUpperTail(f: number, { d1, d2 }: FDegrees): Significance {
  if (!(d1 > 0) || !(d2 > 0) || !(f >= 0)) {
    throw new RangeError(
      `Cannot compute an F tail: d1 and d2 must be > 0 and f ≥ 0, got ${d1}, ${d2} and ${f}`,
    );
  }
  return significanceFromLog(logFUpperTail(f, { d1, d2 }));
}
