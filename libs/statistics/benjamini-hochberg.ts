import type { Significance } from './result.ts';

/**
 * Benjamini and Hochberg's adjusted p-values, in the order of the input: the least false discovery
 * rate at which each would be rejected. Ranks by log₁₀ p, so that p-values that underflow keep their
 * order.
 *
 * @throws RangeError when a p-value is not in [0, 1] or its logarithm is above 0
 */
export function benjaminiHochberg(raw: readonly Significance[]): Significance[] {
  for (const { p_value, log10_p } of raw) {
    if (!(p_value >= 0 && p_value <= 1) || !(log10_p <= 0)) {
      throw new RangeError(
        `Cannot adjust p-values: each must be in [0, 1], got ${p_value} (log10 ${log10_p})`,
      );
    }
  }
  const count = raw.length;
  const order = raw.map((_, index) => index);
  // Near 1e-300 the p-value has lost its digits, elsewhere the logarithm has fewer of them.
  order.sort(
    (a, b) =>
      compare(raw[a]!.log10_p, raw[b]!.log10_p) || compare(raw[a]!.p_value, raw[b]!.p_value),
  );
  const adjusted: Significance[] = new Array(count);
  let least: Significance = { p_value: 1, log10_p: 0 };
  for (let rank = count; rank >= 1; rank--) {
    const index = order[rank - 1]!;
    const { p_value, log10_p } = raw[index]!;
    const factor = count / rank;
    least = {
      p_value: Math.min(least.p_value, p_value * factor),
      log10_p: Math.min(least.log10_p, log10_p + Math.log10(factor)),
    };
    adjusted[index] = least;
  }
  return adjusted;
}

/** A subtraction would make NaN of two −Infinity. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
