import { EDGE, POINT, quantileSteps, requireBins } from './quantile-edges.ts';

/** The grid of a numeric field and the bins wanted on it: quantile bins, or the user's own edges. */
export type NumericBinsOptions = {
  /** Sorted knots of the grid. */
  readonly knots: ArrayLike<number>;
  /** Baseline counts of the 2k+1 cells. */
  readonly baselineCells: ArrayLike<number>;
} & (
  | { readonly bins: number; readonly edges?: never }
  | { readonly edges: ArrayLike<number>; readonly bins?: never }
);

/** Bins as unions of neighbouring cells. */
export interface NumericBins {
  /** Bin of each cell. */
  readonly cellToBin: Int32Array;
  readonly count: number;
  /** What each bin holds, in words: `≤ 3`, `(3, 5]`, `(5, 7)`, `7`, `> 7`. */
  readonly labels: readonly string[];
  /** Lower bound of each bin; −Infinity for the first, the value itself for a single value. */
  readonly lower: Float64Array;
  /** Upper bound of each bin; Infinity for the last. */
  readonly upper: Float64Array;
}

/**
 * Cuts the cells of a grid into bins. A bin is (lower, upper], the outer bins are open.
 *
 * With `bins`: quantile bins of the baseline, where a value holding at least 1/B of it is a bin of
 * its own, and fewer distinct values than bins are bins each, with the gaps and the tails. The
 * values of `quantileEdges` must be knots. With `edges`: the given edges, ascending, all of them
 * knots; equal ones count once.
 *
 * @throws RangeError when an edge is not a knot, or the counts do not fit the knots
 */
export function numericBins(options: NumericBinsOptions): NumericBins {
  const { knots, baselineCells } = options;
  if (baselineCells.length !== 2 * knots.length + 1) {
    throw new RangeError(
      `Cannot make bins: ${knots.length} knots need ${2 * knots.length + 1} cells, got ${baselineCells.length}`,
    );
  }
  const steps =
    options.bins === undefined
      ? stepsOfEdges(knots, options.edges)
      : stepsOfQuantiles(baselineCells, options.bins);
  const cellToBin = new Int32Array(baselineCells.length);
  const starts: Cut[] = [{ value: -Infinity, before: false }];
  for (let cell = 0; cell < cellToBin.length; cell++) {
    cellToBin[cell] = starts.length - 1;
    const value = knots[cell >> 1]!;
    // The next cell starts a new bin after an edge or a point, and before a point.
    if (cell % 2 === 1 && steps[cell >> 1] !== 0) starts.push({ value, before: false });
    if (cell % 2 === 0 && steps[cell >> 1] === POINT) starts.push({ value, before: true });
  }
  return { cellToBin, ...describe(starts) };
}

/** A place between two cells, next to a knot. */
interface Cut {
  readonly value: number;
  /** Below the knot's own cell rather than above it. */
  readonly before: boolean;
}

function stepsOfQuantiles(baselineCells: ArrayLike<number>, bins: number): Uint8Array {
  requireBins(bins);
  const steps = quantileSteps({ counts: baselineCells, bins });
  const knots = new Uint8Array((baselineCells.length - 1) / 2);
  for (let knot = 0; knot < knots.length; knot++) {
    // On a reduced grid an open cell holds baseline values. Where a quantile lies among them, which
    // a grid with the values of quantileEdges rules out, the knot above is the edge.
    const between = steps[2 * knot] === 0 ? 0 : EDGE;
    knots[knot] = steps[2 * knot + 1]! || between;
  }
  return knots;
}

function stepsOfEdges(knots: ArrayLike<number>, edges: ArrayLike<number>): Uint8Array {
  const steps = new Uint8Array(knots.length);
  let knot = 0;
  for (let index = 0; index < edges.length; index++) {
    const edge = edges[index]!;
    while (knot < knots.length && knots[knot]! < edge) knot++;
    if (knots[knot] !== edge) {
      throw new RangeError(`Cannot make bins: edges must be ascending knots, got ${edge}`);
    }
    steps[knot] = EDGE;
  }
  return steps;
}

function describe(starts: readonly Cut[]): Omit<NumericBins, 'cellToBin'> {
  const count = starts.length;
  const lower = Float64Array.from(starts, (start) => start.value);
  const upper = Float64Array.from(starts, (_, bin) => starts[bin + 1]?.value ?? Infinity);
  const labels = starts.map((start, bin) => label(start, starts[bin + 1]));
  return { count, labels, lower, upper };
}

function label(start: Cut, end: Cut | undefined): string {
  if (end === undefined) return start.value === -Infinity ? 'all' : `> ${start.value}`;
  if (start.value === end.value) return `${end.value}`;
  if (start.value === -Infinity) return `${end.before ? '<' : '≤'} ${end.value}`;
  return `(${start.value}, ${end.value}${end.before ? ')' : ']'}`;
}
