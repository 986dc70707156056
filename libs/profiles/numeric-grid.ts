import type { NumericCounts } from './counts.ts';
import { ExactSum } from './exact-sum.ts';
import type { NumericLayout } from './layout.ts';

/** Look-up buckets per knot: enough that a bucket seldom holds two knots, small enough for a cache. */
const BUCKETS_PER_KNOT = 4;
const MAX_BUCKETS = 2 ** 21;
/** Knots that a search compares with the value at once. */
const STEP = 4;
const TWO_32 = 2 ** 32;

/** Largest rounding of a value's place between two knots in the sums, as a share of their distance. */
export const GAP_ROUNDING = 2 ** -31;

/**
 * Finds the rank cell of a value: one table look-up and a short search.
 *
 * The table divides [first knot, last knot] evenly. A knot and a value go through the same two
 * monotone roundings, so a knot in a lower bucket is certainly below the value, one in a higher
 * bucket certainly above it, and only the value's own bucket has to be searched.
 */
export class NumericGrid {
  readonly layout: NumericLayout;
  /** The knots, and behind them a few numbers above all values: a search may look beyond its end. */
  readonly #knots: Float64Array;
  /** The cell above the last knot. */
  readonly #top: number;
  readonly #first: number;
  readonly #last: number;
  readonly #factor: number;
  /** Entry b is the first knot whose bucket is at least b. */
  readonly #table: Int32Array;
  /** 2^s of the open cell after knot i. */
  readonly #scales: Float64Array;
  /** knot i · 2^s: differences are taken after scaling, since knots may be too far apart before. */
  readonly #origins: Float64Array;

  constructor(layout: NumericLayout) {
    const { knots } = layout;
    this.layout = layout;
    this.#knots = new Float64Array(knots.length + STEP).fill(Number.POSITIVE_INFINITY);
    this.#knots.set(knots);
    this.#top = 2 * knots.length;
    this.#first = knots[0] ?? Number.NaN;
    this.#last = knots[knots.length - 1] ?? Number.NaN;
    const buckets = Math.min(MAX_BUCKETS, Math.max(1, knots.length * BUCKETS_PER_KNOT));
    const factor = buckets / (this.#last - this.#first);
    // Without a usable span every value falls into bucket 0 and is searched for.
    this.#factor = Number.isFinite(factor) ? factor : 0;
    // A value may round up to bucket number `buckets` itself, which needs an end of its own.
    this.#table = new Int32Array(buckets + 2);
    let bucket = 0;
    for (let i = 0; i < knots.length; i++) {
      const own = ((knots[i]! - this.#first) * this.#factor) | 0;
      while (bucket <= own) this.#table[bucket++] = i;
    }
    this.#table.fill(knots.length, bucket);
    this.#scales = Float64Array.from(knots.subarray(1), (knot, i) => scaleOfGap(knots[i]!, knot));
    this.#origins = this.#scales.map((scale, i) => knots[i]! * scale);
  }

  /** Cell of a finite value, 0 … 2k. */
  locate(value: number): number {
    if (!(value > this.#first)) return value === this.#first ? 1 : 0;
    if (value >= this.#last) return value === this.#last ? this.#top - 1 : this.#top;
    const knots = this.#knots;
    const table = this.#table;
    const bucket = ((value - this.#first) * this.#factor) | 0;
    let low = table[bucket]!;
    // Integers mostly end here.
    if (knots[low] === value) return 2 * low + 1;
    // Comparisons are added up instead of branched on: for continuous data no processor could
    // foresee them. Knots behind the bucket are above the value and add nothing.
    for (let length = table[bucket + 1]! - low; length > STEP; ) {
      const half = length >>> 1;
      low += half * Number(knots[low + half - 1]! < value);
      length -= half;
    }
    low +=
      Number(knots[low]! < value) +
      Number(knots[low + 1]! < value) +
      Number(knots[low + 2]! < value) +
      Number(knots[low + 3]! < value);
    return 2 * low + Number(knots[low] === value);
  }

  /** Counts a finite value in its cell and, where it equals no knot, in the sums. */
  add(counts: NumericCounts, value: number): void {
    this.addTimes(counts, value, 1);
  }

  /** Counts `length` finite values; the same as `add` on each. */
  addMany(counts: NumericCounts, values: Float64Array, length = values.length): void {
    for (let i = 0; i < length; i++) this.addTimes(counts, values[i]!, 1);
  }

  /** Counts a finite value that occurs `times` times. */
  addTimes(counts: NumericCounts, value: number, times: number): void {
    const cell = this.locate(value);
    counts.cells[cell]! += times;
    if ((cell & 1) === 0) this.addOpen(counts, { cell, value, times });
  }

  /** The sums of a value that equals no knot; its cell must be the one `locate` gives. */
  addOpen(
    counts: NumericCounts,
    { cell, value, times }: { cell: number; value: number; times: number },
  ): void {
    const deviation = value - this.layout.center;
    const square = deviation * deviation;
    let overflow = !Number.isFinite(square);
    if (!overflow) counts.squares.addTimes(square, times);
    if (cell === 0 || cell === this.#top) {
      const excess = value - (cell === 0 ? this.#first : this.#last);
      if (Number.isFinite(excess)) {
        (cell === 0 ? counts.below : counts.above).addTimes(excess, times);
      } else overflow = true;
    } else {
      const gap = (cell >> 1) - 1;
      const term = Math.round(value * this.#scales[gap]! - this.#origins[gap]!);
      addFixed(counts, { gap, term, times });
    }
    if (overflow) counts.overflow += times;
  }

  /**
   * `addOpen` of many values, of which each of the given cells has as many as `counts` says: they
   * stand in the order of the cells, those of a cell before `ends[cell]`. `scratch` has room for as
   * many numbers.
   */
  addSorted(
    counts: NumericCounts,
    {
      cells,
      ends,
      values,
      scratch,
    }: {
      readonly cells: Int32Array;
      readonly ends: Int32Array;
      readonly values: Float64Array;
      readonly scratch: Float64Array;
    },
  ): void {
    const { center } = this.layout;
    let squares = 0;
    for (const cell of cells) {
      if ((cell & 1) === 1) continue;
      const end = ends[cell]!;
      const begin = end - counts.cells[cell]!;
      if (cell === 0 || cell === this.#top) {
        for (let i = begin; i < end; i++) {
          this.addOpen(counts, { cell, value: values[i]!, times: 1 });
        }
        continue;
      }
      const gap = (cell >> 1) - 1;
      const scale = this.#scales[gap]!;
      const origin = this.#origins[gap]!;
      let total = counts.low[gap]!;
      for (let i = begin; i < end; i++) {
        const value = values[i]!;
        const deviation = value - center;
        const square = deviation * deviation;
        if (Number.isFinite(square)) scratch[squares++] = square;
        else counts.overflow++;
        total += Math.round(value * scale - origin);
      }
      const carry = Math.floor(total / TWO_32);
      counts.low[gap] = total - carry * TWO_32;
      counts.high[gap]! += carry;
    }
    counts.squares.addMany(scratch, squares);
  }

  /** Sum of the values of the open cell after knot `gap`, in the field's unit. */
  sumOfGap(counts: NumericCounts, gap: number): number {
    const fixed = counts.high[gap]! * TWO_32 + counts.low[gap]!;
    const origins = counts.cells[2 * gap + 2]! * this.#origins[gap]!;
    return (origins + fixed) / this.#scales[gap]!;
  }

  /** Σ(v − knot) over the values of the open cell after knot `gap`, in the field's unit. */
  excessOfGap(counts: NumericCounts, gap: number): number {
    return (counts.high[gap]! * TWO_32 + counts.low[gap]!) / this.#scales[gap]!;
  }
}

/** 2^s with (b − a)·2^s in [2³⁰, 2³¹), as far as a double holds such a factor. */
function scaleOfGap(a: number, b: number): number {
  const gap = b - a;
  if (!Number.isFinite(gap)) return 2 ** (30 - 1024);
  let exponent = Math.floor(Math.log2(gap));
  // A logarithm may be rounded across a whole number.
  if (2 ** exponent > gap) exponent--;
  else if (2 ** (exponent + 1) <= gap) exponent++;
  return 2 ** Math.min(1023, 30 - exponent);
}

/** Adds term·times to a two-limb sum; abs(term) is an integer below 2³², below 2³¹ if times > 1. */
export function addFixed(
  counts: Pick<NumericCounts, 'high' | 'low'>,
  { gap, term, times }: { gap: number; term: number; times: number },
): void {
  // For a single value no division is needed: a carry is at most 1.
  if (times === 1) {
    const total = counts.low[gap]! + term;
    const carry = Number(total >= TWO_32) - Number(total < 0);
    counts.low[gap] = total - carry * TWO_32;
    counts.high[gap]! += carry;
    return;
  }
  // Up to 2²¹ at a time, so that the product stays an exact integer.
  for (let rest = times; rest > 0; rest -= 2 ** 21) {
    const total = counts.low[gap]! + term * Math.min(rest, 2 ** 21);
    const carry = Math.floor(total / TWO_32);
    counts.low[gap] = total - carry * TWO_32;
    counts.high[gap]! += carry;
  }
}

/** Counts of nothing for a numeric layout. */
export function emptyNumericCounts(layout: NumericLayout): NumericCounts {
  const gaps = Math.max(0, layout.knots.length - 1);
  return {
    kind: 'numeric',
    missing: 0,
    wrongType: 0,
    infinite: 0,
    cells: new Float64Array(2 * layout.knots.length + 1),
    high: new Float64Array(gaps),
    low: new Float64Array(gaps),
    below: new ExactSum(),
    above: new ExactSum(),
    squares: new ExactSum(),
    overflow: 0,
  };
}
