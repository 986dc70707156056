import { chiSquaredUpperTail } from './distributions/chi-squared-upper-tail.ts';
import { normalQuantile } from './distributions/normal-quantile.ts';
import { edfTotals } from './edf-totals.ts';
import type { CellCounts, Significance } from './result.ts';
import { significanceFromLog } from './significance.ts';

/** Outcome of the Mann–Whitney test. */
export interface MannWhitneyResult extends Significance {
  /** abs(AUC − ½), in [0, ½]: 0 where neither sample tends to be larger. */
  readonly statistic: number;
  /** U/(nm): how likely a live value exceeds a baseline value, half of the ties counted. */
  readonly auc: number;
  /** Pairs in which the live value is the larger one, half of the ties counted. */
  readonly u: number;
  /** Largest amount by which a reduced grid may have changed the statistic; else 0. */
  readonly error_bound: number;
  /** Standard deviation of U under the null hypothesis, for the ties that there are. */
  readonly spread: number;
  readonly n: number;
  readonly m: number;
}

/**
 * Mann–Whitney U of the window over the baseline (Wilcoxon's rank-sum test) on rank cells. Sees
 * whether values became larger or smaller, and not a change of spread alone. Two-sided p-value of
 * the normal law with the corrections for ties and continuity. Live values between two baseline
 * values count as distinct, which is conservative; values of both samples in one open cell (a reduced
 * grid) count as ties in U, and `error_bound` says how much that can be. One pass over the cells.
 * (Mann and Whitney 1947.)
 *
 * @example mannWhitney({ baseline: Float64Array.of(0, 1, 0), window: Float64Array.of(0, 1, 1) }).auc
 *   // 0.75: one live value equals the baseline's, the other one lies above it
 * @throws RangeError when a sample is empty
 */
export function mannWhitney(cells: CellCounts): MannWhitneyResult {
  const { n, m } = edfTotals(cells, 'mann_whitney');
  const { baseline, window } = cells;
  const total = n + m;
  // Twice U and twice what is uncertain of it: integers, exact up to 2⁵³.
  let twice = 0;
  let uncertain = 0;
  let tied = 0;
  let i = 0;
  for (let cell = 0; cell < baseline.length; cell++) {
    const b = baseline[cell]!;
    const w = window[cell]!;
    twice += w * (2 * i + b);
    i += b;
    if (cell % 2 === 0) uncertain += w * b;
    else {
      const t = b + w;
      tied += t * (t * t - 1);
    }
  }
  const pairs = n * m;
  const spread = Math.sqrt((pairs / 12) * Math.max(0, total + 1 - tied / total / (total - 1)));
  const away = Math.abs(twice - pairs) / 2;
  const z = spread > 0 ? Math.max(0, away - 0.5) / spread : 0;
  return {
    statistic: away / pairs,
    auc: twice / 2 / pairs,
    u: twice / 2,
    error_bound: uncertain / 2 / pairs,
    spread,
    // P(abs(Z) ≥ z); where every value is equal there is no order to test.
    ...(z > 0 ? chiSquaredUpperTail(z * z, 1) : significanceFromLog(0)),
    n,
    m,
  };
}

/**
 * The abs(AUC − ½) at which the p-value equals alpha, at most ½; `spread` is that of the result.
 *
 * @throws RangeError when alpha is not in (0, 1)
 */
export function mannWhitneyCriticalValue({
  n,
  m,
  spread,
  alpha,
}: Pick<MannWhitneyResult, 'n' | 'm' | 'spread'> & { readonly alpha: number }): number {
  return Math.min(0.5, (0.5 - normalQuantile(alpha / 2) * spread) / n / m);
}
