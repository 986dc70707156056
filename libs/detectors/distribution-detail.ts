import { sortUnseen } from '#libs/profiles/category-table.ts';
import type { CategoricalCounts, NumericCounts } from '#libs/profiles/counts.ts';
import type { CategoricalLayout } from '#libs/profiles/layout.ts';
import type { NumericGrid } from '#libs/profiles/numeric-grid.ts';
import { unpooledCategoricalBins } from '#libs/statistics/categorical-bins.ts';
import type { KsDistance } from '#libs/statistics/ks.ts';

import type { NumericBins } from '#libs/statistics/numeric-bins.ts';
import type { BinCounts } from '#libs/statistics/result.ts';
import { cellQuantiles } from './cell-quantile.ts';
import { cumulativeCurve } from './cumulative-curve.ts';
import type { BinShare, DistributionDetail } from './evaluation.ts';

/** Levels of the quantiles that every evaluation of an ordered field carries. */
export const QUANTILE_LEVELS: readonly number[] = [0.05, 0.25, 0.5, 0.75, 0.95];

/** Most categories that are listed one by one. */
const MOST_CATEGORIES = 40;
const MOST_UNSEEN = 10;

/** Counts of one numeric or circular field, both with at least one usable value. */
export interface NumericDetailInput {
  readonly grid: NumericGrid;
  readonly bins: NumericBins;
  readonly baseline: NumericCounts;
  readonly window: NumericCounts;
  /** Quantiles of the baseline at `QUANTILE_LEVELS`, which never change. */
  readonly baselineQuantiles: readonly number[];
  /** Counts per bin; entries beyond the bins are not looked at. */
  readonly counts: BinCounts;
  readonly distance: KsDistance;
}

/** What the plots of a numeric field need; a circle has no order, so it has only bins. */
export function numericDetail(input: NumericDetailInput): DistributionDetail {
  const { grid, bins, baseline, window, counts, distance } = input;
  const shares = numericBinShares(bins, counts);
  if (grid.layout.spec.type === 'circular') return { bins: shares };
  const cells = { baseline: baseline.cells, window: window.cells };
  return {
    bins: shares,
    ...cumulativeCurve(grid.layout.knots, cells, distance),
    quantiles: {
      levels: QUANTILE_LEVELS,
      baseline: input.baselineQuantiles,
      window: cellQuantiles(grid, window, { levels: QUANTILE_LEVELS, total: distance.m }),
    },
  };
}

/** Bins of a numeric field that hold anything, with readable labels. */
function numericBinShares(bins: NumericBins, counts: BinCounts): BinShare[] {
  let n = 0;
  let m = 0;
  for (let bin = 0; bin < bins.count; bin++) {
    n += counts.baseline[bin]!;
    m += counts.window[bin]!;
  }
  return bins.labels.flatMap((label, bin) => {
    const b = counts.baseline[bin]!;
    const w = counts.window[bin]!;
    if (b + w === 0) return [];
    const lower = bins.lower[bin]!;
    const upper = bins.upper[bin]!;
    return [
      {
        label: readableLabel(label),
        ...(Number.isFinite(lower) ? { lower } : {}),
        ...(Number.isFinite(upper) ? { upper } : {}),
        baseline: n === 0 ? 0 : b / n,
        window: m === 0 ? 0 : w / m,
      },
    ];
  });
}

/** A bin's label with its numbers cut to six significant digits. */
export function readableLabel(label: string): string {
  return label.replace(/\d+(?:\.\d+)?(?:e[+-]?\d+)?/g, (number) =>
    String(Number(Number(number).toPrecision(6))),
  );
}

/** What the plots of a categorical field need: the largest categories, and those that are new. */
export function categoricalDetail(
  layout: CategoricalLayout,
  { baseline, window }: { baseline: CategoricalCounts; window: CategoricalCounts },
): DistributionDetail {
  const bins = unpooledCategoricalBins({
    categories: layout.categories,
    baseline: baseline.cells,
    window: window.cells,
    unseen: window.unseen,
    unnamed: baseline.unseen,
    other: { baseline: baseline.other, window: window.other },
  });
  const n = sum(bins.baseline);
  const m = sum(bins.window);
  const shares = bins.labels.map(
    (label, bin): BinShare => ({
      label,
      baseline: n === 0 ? 0 : bins.baseline[bin]! / n,
      window: m === 0 ? 0 : bins.window[bin]! / m,
    }),
  );
  const unseen = sortUnseen(window)
    .slice(0, MOST_UNSEEN)
    .map(([value, count]) => ({ value, count }));
  return { bins: largest(shares), ...(unseen.length === 0 ? {} : { unseen }) };
}

/** The categories with the largest share on either side, in their order; the rest as one bin. */
function largest(shares: readonly BinShare[]): BinShare[] {
  if (shares.length <= MOST_CATEGORIES) return [...shares];
  const size = ({ baseline, window }: BinShare): number => Math.max(baseline, window);
  const order = shares.map((_, bin) => bin);
  order.sort((a, b) => size(shares[b]!) - size(shares[a]!) || a - b);
  const kept = new Set(order.slice(0, MOST_CATEGORIES - 1));
  const rest = shares.filter((_, bin) => !kept.has(bin));
  return [
    ...shares.filter((_, bin) => kept.has(bin)),
    {
      label: `${rest.length} more`,
      baseline: sum(rest.map((share) => share.baseline)),
      window: sum(rest.map((share) => share.window)),
    },
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
