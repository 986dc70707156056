import { requireSamples } from './require-samples.ts';
import type { CellCounts } from './result.ts';

/**
 * Sizes of two samples over the same cells.
 *
 * @throws RangeError when a sample is empty or the two arrays differ in length
 */
export function edfTotals(
  { baseline, window }: CellCounts,
  name: string,
): { readonly n: number; readonly m: number } {
  const cells = baseline.length;
  if (window.length !== cells) {
    throw new RangeError(
      `Cannot compute ${name}: both samples must have the same cells, got ${cells} and ${window.length}`,
    );
  }
  let n = 0;
  let m = 0;
  for (let cell = 0; cell < cells; cell++) {
    n += baseline[cell]!;
    m += window[cell]!;
  }
  requireSamples(name, { n, m });
  return { n, m };
}
