import { findRoot } from './find-root.ts';
import { incompleteGamma } from './incomplete-gamma.ts';
import { normalQuantile } from './normal-quantile.ts';

/** The x with P(χ²_df ≥ x) = alpha, for 0 < alpha < 1, df > 0; starts at Wilson and Hilferty's. */
export function chiSquaredQuantile({ df, alpha }: { df: number; alpha: number }): number {
  if (!(df > 0) || !(alpha > 0 && alpha < 1)) {
    throw new RangeError(
      `Cannot compute a chi-squared quantile: df must be > 0 and alpha in (0, 1), got ${df} and ${alpha}`,
    );
  }
  const target = Math.log(alpha);
  const excess = (logX: number): number =>
    incompleteGamma(df / 2, Math.exp(logX) / 2).logUpper - target;
  const spread = 2 / (9 * df);
  const root = 1 - spread - normalQuantile(alpha) * Math.sqrt(spread);
  const start = Math.log(root > 0.1 ? df * root ** 3 : df * 0.001);
  let lower = start;
  let upper = start;
  let step = 0.01;
  while (excess(lower) < 0) {
    upper = lower;
    lower -= step;
    step *= 2;
  }
  step = 0.01;
  while (excess(upper) > 0) {
    lower = upper;
    upper += step;
    step *= 2;
  }
  return Math.exp(findRoot(excess, { lower, upper }));
}
