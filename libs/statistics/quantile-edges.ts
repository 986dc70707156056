/** Sorted distinct values with their counts, and how many bins they should make. */
export interface QuantileEdgesOptions {
  /** Distinct values in ascending order. */
  readonly values: ArrayLike<number>;
  /** How often each occurs. */
  readonly counts: ArrayLike<number>;
  readonly bins: number;
}

/**
 * The baseline values that quantile bins need as knots: the values at 1/B, 2/B, … of the baseline
 * (inverse of the empirical distribution function, equal ones merged), every value that holds at
 * least 1/B of it, and all values where there are fewer distinct ones than bins. Ascending.
 *
 * {@link numericBins} with the same number of bins makes the bins from any grid that has them as
 * knots; it needs no edges from here.
 *
 * @throws RangeError when bins is not an integer ≥ 1
 */
export function quantileEdges({ values, counts, bins }: QuantileEdgesOptions): number[] {
  requireBins(bins);
  const steps = quantileSteps({ counts, bins });
  return Array.from(values).filter((_, index) => steps[index] !== 0);
}

/** The value is the upper edge of a bin. */
export const EDGE = 1;
/** The value is a bin of its own. */
export const POINT = 2;

/**
 * For each distinct value: 0, {@link EDGE} or {@link POINT}. Values without a count are neither.
 */
export function quantileSteps({
  counts,
  bins,
}: {
  counts: ArrayLike<number>;
  bins: number;
}): Uint8Array {
  const steps = new Uint8Array(counts.length);
  let total = 0;
  let distinct = 0;
  for (let index = 0; index < counts.length; index++) {
    total += counts[index]!;
    if (counts[index]! > 0) distinct++;
  }
  let below = 0;
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index]!;
    if (count === 0) continue;
    const upTo = below + count;
    // Integers on both sides: no quotient whose rounding could move an edge.
    if (distinct < bins || count * bins >= total) steps[index] = POINT;
    else if (nextQuantile(below, { total, bins }) * total <= upTo * bins) steps[index] = EDGE;
    below = upTo;
  }
  return steps;
}

/** The least k with k/B of the total above `below`, or one that no value reaches for k = B. */
function nextQuantile(below: number, { total, bins }: { total: number; bins: number }): number {
  const k = Math.floor((below * bins) / total) + 1;
  return k < bins ? k : Number.POSITIVE_INFINITY;
}

/** Guards the number of bins. */
export function requireBins(bins: number): void {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(`Cannot make bins: their number must be an integer ≥ 1, got ${bins}`);
  }
}
