/** Names of the statistics, as used in code, JSON, metrics and pages. */
export type StatisticName =
  | 'ks'
  | 'kuiper'
  | 'cramer_von_mises'
  | 'anderson_darling'
  | 'mann_whitney'
  | 'wasserstein'
  | 'mean_shift'
  | 'psi'
  | 'jensen_shannon'
  | 'kl'
  | 'hellinger'
  | 'total_variation'
  | 'chi_squared'
  | 'g_test'
  | 'missing_rate'
  | 'unseen_rate'
  | 'out_of_range_rate'
  | 'invalid_rate'
  | 'volume';

/**
 * Two samples as counts over the same ordered cells.
 *
 * Cells alternate: even indices are open (below the first knot, strictly between two knots, above
 * the last one), odd indices hold the values equal to a knot. With k knots there are 2k+1 cells.
 */
export interface CellCounts {
  /** Baseline values per cell. */
  readonly baseline: Float64Array;
  /** Window values per cell. */
  readonly window: Float64Array;
}

/**
 * One sample as counts over rank cells, with sums that say where in their cells the values lie. All
 * of them are in the field's unit.
 */
export interface CellSums {
  /** Values per cell, as in {@link CellCounts}. */
  readonly cells: Float64Array;
  /** Σ(v − knot i) over the open cell after knot i, k−1 entries. */
  readonly excess: Float64Array;
  /** Σ(v − first knot) over the values below it. */
  readonly below: number;
  /** Σ(v − last knot) over the values above it. */
  readonly above: number;
  /** Σ(v − center)² over the values that equal no knot. */
  readonly squares: number;
}

/** Two samples as counts over the same bins. */
export interface BinCounts {
  readonly baseline: ArrayLike<number>;
  readonly window: ArrayLike<number>;
}

/** A p-value that survives underflow: `p_value` may round to 0, `log10_p` does not. */
export interface Significance {
  readonly p_value: number;
  /** log₁₀ of the p-value; finite unless the p-value is exactly 0 by definition. */
  readonly log10_p: number;
}

/** What would be found in four windows of five, or why nothing would. */
export type Detectable =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'nothing'; readonly needs: string };
