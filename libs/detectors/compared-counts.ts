import type { CategoricalCounts, FieldCounts, NumericCounts } from '#libs/profiles/counts.ts';
import type { NumericLayout } from '#libs/profiles/layout.ts';
import { binCounts } from '#libs/statistics/bin-counts.ts';
import {
  type CategoryCounts,
  categoricalBins,
  unpooledCategoricalBins,
} from '#libs/statistics/categorical-bins.ts';
import type { RateCounts } from '#libs/statistics/rates.ts';
import type { BinCounts } from '#libs/statistics/result.ts';
import { readableLabel } from './distribution-detail.ts';
import type {
  CategoricalFieldBaseline,
  FieldBaseline,
  NumericFieldBaseline,
} from './field-baseline.ts';
import type { FieldStatistic } from './rules.ts';

/** Counts of one field in two sets of events. */
export interface Compared<C extends FieldCounts = FieldCounts> {
  readonly baseline: C;
  readonly baselineEvents: number;
  readonly window: C;
  readonly windowEvents: number;
}

export interface LabelledBins extends BinCounts {
  readonly labels: readonly string[];
}

/** What a field's counts are binned with. */
interface BinningOptions {
  /** Missing values are one more bin. */
  readonly missingAsBin: boolean;
}

/** The bins of psi, kl, chi_squared and g_test: rare categories share one. */
export function divergenceBins(
  field: NumericFieldBaseline | CategoricalFieldBaseline,
  counts: Pick<Compared, 'baseline' | 'window'>,
  options: BinningOptions,
): LabelledBins {
  return field.kind === 'numeric'
    ? binsOfNumbers(field, counts, options)
    : categoricalBins(categoriesOf(field, counts, options));
}

/** The bins of distances, which many rare categories do not inflate: each category has its own. */
export function distanceBins(
  field: CategoricalFieldBaseline,
  counts: Pick<Compared, 'baseline' | 'window'>,
  options: BinningOptions,
): BinCounts {
  return unpooledCategoricalBins(categoriesOf(field, counts, options));
}

function binsOfNumbers(
  field: NumericFieldBaseline,
  { baseline, window }: Pick<Compared, 'baseline' | 'window'>,
  { missingAsBin }: BinningOptions,
): LabelledBins {
  const cells = {
    baseline: (baseline as NumericCounts).cells,
    window: (window as NumericCounts).cells,
  };
  const bins = binCounts(cells, field.bins);
  if (!missingAsBin) return { ...bins, labels: field.bins.labels };
  return {
    baseline: [...Array.from(bins.baseline), baseline.missing],
    window: [...Array.from(bins.window), window.missing],
    labels: [...field.bins.labels, 'missing'],
  };
}

function categoriesOf(
  field: CategoricalFieldBaseline,
  { baseline, window }: Pick<Compared, 'baseline' | 'window'>,
  { missingAsBin }: BinningOptions,
): CategoryCounts {
  const before = baseline as CategoricalCounts;
  const after = window as CategoricalCounts;
  const { categories } = field.layout;
  return {
    categories: missingAsBin ? [...categories, 'missing'] : categories,
    baseline: missingAsBin ? [...before.cells, before.missing] : before.cells,
    window: missingAsBin ? [...after.cells, after.missing] : after.cells,
    unseen: after.unseen,
    unnamed: before.unseen,
    other: { baseline: before.other, window: after.other },
  };
}

/** Shares of the bins for words and plots. */
export function binShares({ baseline, window, labels }: LabelledBins, numeric: boolean) {
  const n = total(baseline);
  const m = total(window);
  return labels.map((label, bin) => ({
    label: numeric ? readableLabel(label) : label,
    baseline: n === 0 ? 0 : baseline[bin]! / n,
    window: m === 0 ? 0 : window[bin]! / m,
  }));
}

/** The counts of a rate other than `unseen_rate`; undefined where it is not defined. */
export function rateCounts(
  name: FieldStatistic,
  { field, compared }: { readonly field: FieldBaseline; readonly compared: Compared },
): RateCounts | undefined {
  const { baseline, baselineEvents, window, windowEvents } = compared;
  const sizes = { n: baselineEvents, m: windowEvents };
  if (name === 'missing_rate') {
    return { baselineCount: baseline.missing, windowCount: window.missing, ...sizes };
  }
  if (name === 'invalid_rate') {
    return { baselineCount: invalid(baseline), windowCount: invalid(window), ...sizes };
  }
  if (name === 'out_of_range_rate' && field.kind === 'numeric') {
    const before = baseline as NumericCounts;
    const inside = insideCells(field.layout, before.cells);
    if (inside === undefined) return undefined;
    return {
      baselineCount: outside(before.cells, inside),
      windowCount: outside((window as NumericCounts).cells, inside),
      ...sizes,
    };
  }
  return undefined;
}

function invalid(counts: FieldCounts): number {
  return counts.wrongType + (counts.kind === 'numeric' ? counts.infinite : 0);
}

/** First and last cell within the range. */
interface CellRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The cells within the declared range, else within the baseline's own smallest and largest value;
 * a side that the declaration leaves open is unbounded. A declared bound that is no knot lies in an
 * open cell, which then counts as inside.
 */
function insideCells(layout: NumericLayout, baseline: Float64Array): CellRange | undefined {
  const { range } = layout.spec;
  if (range !== undefined && (range.min !== undefined || range.max !== undefined)) {
    return {
      first: range.min === undefined ? 0 : cellOf(layout.knots, range.min),
      last: range.max === undefined ? baseline.length - 1 : cellOf(layout.knots, range.max),
    };
  }
  let first = 0;
  let last = baseline.length - 1;
  while (first < last && baseline[first] === 0) first++;
  while (last > first && baseline[last] === 0) last--;
  return baseline[first] === 0 ? undefined : { first, last };
}

function cellOf(knots: Float64Array, value: number): number {
  let low = 0;
  let high = knots.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (knots[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return knots[low] === value ? 2 * low + 1 : 2 * low;
}

function outside(cells: Float64Array, { first, last }: CellRange): number {
  let count = 0;
  for (let cell = 0; cell < first; cell++) count += cells[cell]!;
  for (let cell = last + 1; cell < cells.length; cell++) count += cells[cell]!;
  return count;
}

/** Whether a declared bound falls between two knots, so that values near it cannot be told apart. */
export function rangeBoundsAreKnots(layout: NumericLayout): boolean {
  const { min, max } = layout.spec.range ?? {};
  return [min, max].every((bound) => bound === undefined || cellOf(layout.knots, bound) % 2 === 1);
}

/** Sum of counts. */
export function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i]!;
  return sum;
}
