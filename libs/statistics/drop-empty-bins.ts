import type { BinCounts } from './result.ts';

/** Bins with the index that each had before. */
export interface KeptBins extends BinCounts {
  readonly baseline: readonly number[];
  readonly window: readonly number[];
  readonly kept: readonly number[];
}

/** Leaves out the bins that are empty in both samples. */
export function dropEmptyBins({ baseline, window }: BinCounts): KeptBins {
  const kept: number[] = [];
  for (let bin = 0; bin < baseline.length; bin++) {
    if (baseline[bin]! + window[bin]! > 0) kept.push(bin);
  }
  return {
    kept,
    baseline: kept.map((bin) => baseline[bin]!),
    window: kept.map((bin) => window[bin]!),
  };
}
