import { type FDegrees, logFUpperTail } from './f-upper-tail.ts';
import { findRoot } from './find-root.ts';

/** The f with P(F(d1, d2) ≥ f) = alpha, for 0 < alpha < 1. */
export function fQuantile({ d1, d2, alpha }: FDegrees & { readonly alpha: number }): number {
  if (!(d1 > 0) || !(d2 > 0) || !(alpha > 0 && alpha < 1)) {
    throw new RangeError(
      `Cannot compute an F quantile: d1 and d2 must be > 0 and alpha in (0, 1), got ${d1}, ${d2} and ${alpha}`,
    );
  }
  const target = Math.log(alpha);
  const excess = (logF: number): number => logFUpperTail(Math.exp(logF), { d1, d2 }) - target;
  let lower = 0;
  let upper = 0;
  // Doubling in the logarithm reaches the heaviest tail that a double can hold in ten steps.
  for (let step = 0.5; excess(lower) < 0 && lower > -700; step *= 2) {
    upper = lower;
    lower -= step;
  }
  for (let step = 0.5; excess(upper) > 0 && upper < 700; step *= 2) {
    lower = upper;
    upper = Math.min(700, upper + step);
  }
  if (excess(upper) > 0) return Infinity;
  if (excess(lower) < 0) return 0;
  return Math.exp(findRoot(excess, { lower, upper }));
}
