import { requireSamples } from './require-samples.ts';
import type { BinCounts } from './result.ts';

/**
 * Sizes of two samples over the same bins.
 *
 * @throws RangeError when a sample is empty
 */
export function binTotals(
  { baseline, window }: BinCounts,
  name: string,
): { readonly n: number; readonly m: number } {
  let n = 0;
  let m = 0;
  for (let bin = 0; bin < baseline.length; bin++) {
    n += baseline[bin]!;
    m += window[bin]!;
  }
  requireSamples(name, { n, m });
  return { n, m };
}
