import type { BinCounts, CellCounts } from './result.ts';

/** Adds up the cells of each bin. `cellToBin` and `count` are those of `numericBins`. */
export function binCounts(
  cells: CellCounts,
  { cellToBin, count }: { readonly cellToBin: Int32Array; readonly count: number },
): BinCounts {
  const baseline = new Float64Array(count);
  const window = new Float64Array(count);
  for (let cell = 0; cell < cellToBin.length; cell++) {
    const bin = cellToBin[cell]!;
    baseline[bin] = baseline[bin]! + cells.baseline[cell]!;
    window[bin] = window[bin]! + cells.window[cell]!;
  }
  return { baseline, window };
}
