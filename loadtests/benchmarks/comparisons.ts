import { cellSums } from '#libs/detectors/cell-sums.ts';
import { createJudge } from '#libs/detectors/create-judge.ts';
import { resolveRules } from '#libs/detectors/rules.ts';
import type { NumericCounts } from '#libs/profiles/counts.ts';
import type { FieldLayout, NumericLayout, ProfileLayout } from '#libs/profiles/layout.ts';
import { emptyNumericCounts, GAP_ROUNDING, NumericGrid } from '#libs/profiles/numeric-grid.ts';
import { andersonDarling } from '#libs/statistics/anderson-darling.ts';
import { chiSquared } from '#libs/statistics/chi-squared.ts';
import { cramerVonMises } from '#libs/statistics/cramer-von-mises.ts';
import { gTest } from '#libs/statistics/g-test.ts';
import { hellingerDistance } from '#libs/statistics/hellinger.ts';
import { jensenShannonDistance } from '#libs/statistics/jensen-shannon.ts';
import { klDivergence } from '#libs/statistics/kl.ts';
import { ks } from '#libs/statistics/ks.ts';
import { kuiper } from '#libs/statistics/kuiper.ts';
import { mannWhitney } from '#libs/statistics/mann-whitney.ts';
import { meanShift } from '#libs/statistics/mean-shift.ts';
import { psi } from '#libs/statistics/psi.ts';
import { totalVariationDistance } from '#libs/statistics/total-variation.ts';
import { wassersteinDistance } from '#libs/statistics/wasserstein.ts';
import { drawLayout } from './kernel.ts';
import { measure, type Summary, summarise } from './measure.ts';
import { createRandom, drawShape } from './random.ts';

/** What comparing one window with its baseline costs, by one statistic or by all. */
export interface ComparisonResult {
  readonly comparison: string;
  /** Cells or bins that are compared. */
  readonly places: number;
  /** Values of the window. */
  readonly values: number;
  readonly cpuMicroseconds: Summary;
}

export interface ComparisonSize {
  readonly knots: number;
  readonly bins: number;
  readonly values: readonly number[];
  /** Comparisons that are timed together, and how often. */
  readonly batch: number;
  readonly repetitions: number;
}

/** Fields of the evaluation that is timed as a whole. */
const FIELDS = 10;

/** How long each statistic takes with its p-value, and an evaluation of ten fields with everything. */
export function benchmarkComparisons(size: ComparisonSize): ComparisonResult[] {
  const ordered = size.values.flatMap((values) => compareOrdered(size, values));
  return [...ordered, ...compareBinned(size), ...size.values.map((m) => compareAll(size, m))];
}

function compareOrdered(size: ComparisonSize, values: number): ComparisonResult[] {
  const layout = drawLayout({ shape: 'normal', rows: size.knots });
  const grid = new NumericGrid(layout);
  const [before, after] = [
    countsOf(layout, 'baseline', size.knots),
    countsOf(layout, 'window', values),
  ];
  const cells = { baseline: before.cells, window: after.cells };
  const baseline = cellSums(grid, before);
  const summed = () => ({
    ...{ knots: layout.knots, center: layout.center, baseline, rounding: GAP_ROUNDING },
    window: cellSums(grid, after),
  });
  const works: Readonly<Record<string, () => unknown>> = {
    ks: () => ks(cells),
    kuiper: () => kuiper(cells),
    cramer_von_mises: () => cramerVonMises(cells),
    anderson_darling: () => andersonDarling(cells),
    mann_whitney: () => mannWhitney(cells),
    'wasserstein, without the p-value of ks': () => wassersteinDistance(summed()),
    mean_shift: () => meanShift(summed()),
  };
  const places = cells.baseline.length;
  return Object.entries(works).map(([comparison, work]) => ({
    ...{ comparison, places, values },
    cpuMicroseconds: time(work, size),
  }));
}

function compareBinned(size: ComparisonSize): ComparisonResult[] {
  const random = createRandom(7);
  const draw = () => Float64Array.from({ length: size.bins }, () => 1 + Math.floor(99 * random()));
  const table = { baseline: draw(), window: draw() };
  const values = table.window.reduce((sum, count) => sum + count, 0);
  const works: Readonly<Record<string, () => unknown>> = {
    psi: () => psi(table),
    chi_squared: () => chiSquared(table),
    g_test: () => gTest(table),
    kl: () => klDivergence(table),
    jensen_shannon: () => jensenShannonDistance(table),
    hellinger: () => hellingerDistance(table),
    total_variation: () => totalVariationDistance(table),
  };
  return Object.entries(works).map(([comparison, work]) => ({
    ...{ comparison, places: size.bins, values },
    cpuMicroseconds: time(work, size),
  }));
}

/** A whole evaluation: every statistic, evidence, plots and words of ten numeric fields. */
function compareAll(size: ComparisonSize, values: number): ComparisonResult {
  const fields = Array.from(
    { length: FIELDS },
    (_, i): FieldLayout => drawLayout({ shape: 'normal', rows: size.knots, name: `f${i}` }),
  );
  const layout: ProfileLayout = { baselineHash: 'b', gridHash: 'g', fields };
  const profileOf = (side: 'baseline' | 'window', count: number) => ({
    events: count,
    fields: fields.map((field) => countsOf(field as NumericLayout, side, count)),
  });
  const judge = createJudge({
    layout,
    reference: {
      total: profileOf('baseline', size.knots),
      panes: [],
      paneMs: null,
      timeRange: null,
    },
    rules: resolveRules(layout),
    windowMs: 1,
    hopMs: 1,
  });
  const window = {
    profile: profileOf('window', values),
    range: { start: 0, end: 1 },
    complete: true,
  };
  return {
    comparison: `all of ${FIELDS} numeric fields`,
    places: fields.reduce((sum, field) => sum + 2 * (field as NumericLayout).knots.length + 1, 0),
    values,
    cpuMicroseconds: time(() => judge.judge(window), {
      ...size,
      batch: Math.ceil(size.batch / 20),
    }),
  };
}

/** Counts of values drawn from the layout's own shape: the baseline's own, or others. */
function countsOf(
  layout: NumericLayout,
  side: 'baseline' | 'window',
  count: number,
): NumericCounts {
  const grid = new NumericGrid(layout);
  const counts = emptyNumericCounts(layout);
  if (side === 'baseline') for (const knot of layout.knots) grid.add(counts, knot);
  else {
    const random = createRandom(11);
    for (let i = 0; i < count; i++) grid.add(counts, drawShape('normal', random));
  }
  return counts;
}

function time(work: () => unknown, { batch, repetitions }: ComparisonSize): Summary {
  const warmUps = 2;
  const found: number[] = [];
  for (let repetition = -warmUps; repetition < repetitions; repetition++) {
    const { cpuNs } = measure(() => {
      for (let i = 0; i < batch; i++) work();
    });
    if (repetition >= 0) found.push(cpuNs / batch / 1000);
  }
  return summarise(found);
}
