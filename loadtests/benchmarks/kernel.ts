import type { FieldSpec } from '#libs/profiles/field.ts';
import type { NumericLayout } from '#libs/profiles/layout.ts';
import { emptyNumericCounts, NumericGrid } from '#libs/profiles/numeric-grid.ts';
import { measure, type Summary, summarise, type Timing } from './measure.ts';
import { createRandom, drawShape, SHAPES, type Shape } from './random.ts';

/** Values a second that a field of 10,000 baseline rows should reach, located and counted. */
export const KERNEL_TARGET = { rows: 10_000, valuesPerSecond: 30e6 } as const;

/** Rates in values a second. */
interface Rate {
  readonly perCpuSecond: Summary;
  readonly perWallSecond: Summary;
}

/** One shape of data against one size of baseline. */
export interface KernelResult {
  readonly shape: Shape;
  readonly rows: number;
  /** Distinct baseline values, each of which is a knot. */
  readonly knots: number;
  /** Live values a repetition, drawn anew for each. */
  readonly values: number;
  /** Share of the live values that equal no knot, for which sums are kept. */
  readonly openShare: number;
  /** Cell found and counted. */
  readonly counted: Rate;
  /** The exact sums kept as well (`addMany`), as profiles do. */
  readonly withSums: Rate;
  /** Every value arrived in a cell, and both ways put it into the same one. */
  readonly countsAgree: boolean;
}

export interface KernelSize {
  readonly rows: readonly number[];
  readonly values: number;
  readonly repetitions: number;
}

/** How fast values find their rank cells, for every shape and size. */
export function benchmarkKernel(size: KernelSize): KernelResult[] {
  return SHAPES.flatMap((shape) => size.rows.map((rows) => benchmarkOne({ shape, rows }, size)));
}

function benchmarkOne(
  { shape, rows }: { readonly shape: Shape; readonly rows: number },
  { values: length, repetitions }: KernelSize,
): KernelResult {
  const layout = drawLayout({ shape, rows });
  const grid = new NumericGrid(layout);
  const values = new Float64Array(length);
  const counted: Timing[] = [];
  const withSums: Timing[] = [];
  let open = 0;
  let countsAgree = true;
  const warmUps = 2;
  for (let repetition = -warmUps; repetition < repetitions; repetition++) {
    const random = createRandom(1_000 + repetition);
    for (let i = 0; i < length; i++) values[i] = drawShape(shape, random);
    const cells = new Float64Array(2 * layout.knots.length + 1);
    const counts = emptyNumericCounts(layout);
    const first = measure(() => countCells({ grid, cells, values }));
    const second = measure(() => grid.addMany(counts, values));
    if (repetition < 0) continue;
    counted.push(first);
    withSums.push(second);
    let total = 0;
    for (const [cell, count] of cells.entries()) {
      total += count;
      if (cell % 2 === 0) open += count;
      if (count !== counts.cells[cell]) countsAgree = false;
    }
    if (total !== length) countsAgree = false;
  }
  return {
    ...{ shape, rows, knots: layout.knots.length, values: length },
    openShare: open / (length * repetitions),
    counted: toRate(counted, length),
    withSums: toRate(withSums, length),
    countsAgree,
  };
}

/** A loop of its own, so that nothing but finding and counting is timed. */
function countCells({
  grid,
  cells,
  values,
}: {
  readonly grid: NumericGrid;
  readonly cells: Float64Array;
  readonly values: Float64Array;
}): void {
  for (let i = 0; i < values.length; i++) cells[grid.locate(values[i]!)]!++;
}

/** The grid of a baseline drawn from the shape, every distinct value a knot. */
export function drawLayout({
  shape,
  rows,
  name = shape,
}: {
  readonly shape: Shape;
  readonly rows: number;
  readonly name?: string;
}): NumericLayout {
  const random = createRandom(rows);
  const sorted = Float64Array.from({ length: rows }, () => drawShape(shape, random) + 0).sort();
  const knots = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const spec: FieldSpec = { name, path: `$.${name}`, type: 'numeric', role: 'feature' };
  return { kind: 'numeric', spec, knots, center: sorted[rows >> 1]! };
}

function toRate(timings: readonly Timing[], values: number): Rate {
  return {
    perCpuSecond: summarise(timings.map(({ cpuNs }) => (values * 1e9) / cpuNs)),
    perWallSecond: summarise(timings.map(({ wallNs }) => (values * 1e9) / wallNs)),
  };
}
