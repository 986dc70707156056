import type { Significance } from './result.ts';

/** How far two samples over bins are apart, without a p-value. */
export interface BinDistance {
  readonly statistic: number;
  /** Bins that are not empty in both samples. */
  readonly bins: number;
  readonly n: number;
  readonly m: number;
}

/**
 * A distance that has no null distribution of its own in use here: its p-value is that of the
 * chi-squared test of homogeneity.
 */
export type TestedBinDistance = BinDistance & Significance;
