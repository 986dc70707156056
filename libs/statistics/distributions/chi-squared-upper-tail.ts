import type { Significance } from '../result.ts';
import { significanceFromLog } from '../significance.ts';
import { incompleteGamma } from './incomplete-gamma.ts';

/** P(χ²_df ≥ x) for df > 0, x ≥ 0. */
export function chiSquaredUpperTail(x: number, df: number): Significance {
  if (!(df > 0) || !(x >= 0)) {
    throw new RangeError(
      `Cannot compute a chi-squared tail: df must be > 0 and x ≥ 0, got df ${df} and x ${x}`,
    );
  }
  return significanceFromLog(incompleteGamma(df / 2, x / 2).logUpper);
}
