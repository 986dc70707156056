/**
 * Guards a two-sample statistic against an empty sample. "Not enough data" is an outcome that
 * callers report before they compute anything, so an empty sample here is a mistake of theirs.
 *
 * @throws RangeError unless n and m are finite and above 0
 */
export function requireSamples(name: string, { n, m }: { n: number; m: number }): void {
  if (!(n > 0 && n < Infinity)) {
    throw new RangeError(`Cannot compute ${name}: n must be above 0, got ${n}`);
  }
  if (!(m > 0 && m < Infinity)) {
    throw new RangeError(`Cannot compute ${name}: m must be above 0, got ${m}`);
  }
}
