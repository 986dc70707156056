import type { ExactSum } from '../exact-sum.ts';

const view = new DataView(new ArrayBuffer(8));

/** A finite double times 2^1088, without any rounding. */
export function exactUnits(value: number): bigint {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  const units = mantissa << BigInt(Math.max(1, biased) - 1075 + 1088);
  return bits >> 63n === 1n ? -units : units;
}

/** What an exact sum holds, times 2^1088. */
export function unitsOf(sum: ExactSum): bigint {
  return sum
    .entries()
    .reduce((total, [index, chunk]) => total + (BigInt(chunk) << BigInt(32 * index)), 0n);
}
