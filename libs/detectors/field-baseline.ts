import type {
  CategoricalCounts,
  FieldCounts,
  NumericCounts,
  RatesCounts,
} from '#libs/profiles/counts.ts';
import type { CategoricalLayout, FieldLayout, NumericLayout } from '#libs/profiles/layout.ts';
import { NumericGrid } from '#libs/profiles/numeric-grid.ts';
import { usableValues } from '#libs/profiles/profile.ts';
import { cellMoments, type Moments } from '#libs/statistics/cell-moments.ts';
import { type NumericBins, numericBins } from '#libs/statistics/numeric-bins.ts';
import type { CellSums } from '#libs/statistics/result.ts';
import { cellQuantiles } from './cell-quantile.ts';
import { cellSums } from './cell-sums.ts';
import { QUANTILE_LEVELS } from './distribution-detail.ts';
import type { FieldRules } from './rules.ts';

interface CommonBaseline {
  readonly rules: FieldRules;
  /** Usable values. */
  readonly n: number;
  readonly events: number;
}

/** A numeric or circular field with all that does not depend on a window. */
export interface NumericFieldBaseline extends CommonBaseline {
  readonly kind: 'numeric';
  readonly layout: NumericLayout;
  readonly counts: NumericCounts;
  readonly grid: NumericGrid;
  readonly bins: NumericBins;
  readonly quantiles: readonly number[];
  readonly sums: CellSums;
  readonly moments: Moments;
  /** Largest baseline share of an open cell: what a reduced grid may hide of a gap. */
  readonly errorBound: number;
}

/** A categorical or boolean field with all that does not depend on a window. */
export interface CategoricalFieldBaseline extends CommonBaseline {
  readonly kind: 'categorical';
  readonly layout: CategoricalLayout;
  readonly counts: CategoricalCounts;
  /** How many categories the baseline has once and twice, folded ones included. */
  readonly seen: SeenCounts;
}

/** A field of which only presence and type are counted. */
export interface RatesFieldBaseline extends CommonBaseline {
  readonly kind: 'rates';
  readonly layout: FieldLayout;
  readonly counts: RatesCounts;
}

export type FieldBaseline = NumericFieldBaseline | CategoricalFieldBaseline | RatesFieldBaseline;

/** Numbers of categories that a sample holds exactly once and exactly twice. */
export interface SeenCounts {
  readonly once: number;
  readonly twice: number;
}

/** What the baseline says about one field. */
export interface FieldBaselineInput {
  readonly counts: FieldCounts;
  readonly events: number;
  readonly rules: FieldRules;
  /** `null`: taken from the open cells. */
  readonly errorBound: number | null;
  /** Needed where the cap folded categories, which have no counts of their own. */
  readonly seen: SeenCounts | null;
}

/** @throws RangeError when the counts do not belong to the layout. */
export function fieldBaseline(layout: FieldLayout, input: FieldBaselineInput): FieldBaseline {
  const { counts, events, rules } = input;
  const common = { rules, events, n: usableValues(counts) };
  if (layout.kind === 'numeric' && counts.kind === 'numeric') {
    const grid = new NumericGrid(layout);
    const { knots } = layout;
    const baselineCells = counts.cells;
    const sums = cellSums(grid, counts);
    const bins =
      rules.bins.kind === 'edges'
        ? numericBins({ knots, baselineCells, edges: rules.bins.edges })
        : numericBins({ knots, baselineCells, bins: rules.bins.count });
    return {
      kind: 'numeric',
      ...common,
      layout,
      counts,
      grid,
      bins,
      sums,
      moments: cellMoments(sums, layout),
      quantiles: cellQuantiles(grid, counts, { levels: QUANTILE_LEVELS, total: common.n }),
      errorBound: input.errorBound ?? largestOpenShare(counts.cells, common.n),
    };
  }
  if (layout.kind === 'categorical' && counts.kind === 'categorical') {
    const seen = input.seen ?? countSeen(counts.cells);
    return { kind: 'categorical', ...common, layout, counts, seen };
  }
  if (layout.kind === 'rates' && counts.kind === 'rates') {
    return { kind: 'rates', ...common, layout, counts };
  }
  throw new RangeError(
    `Cannot judge ${layout.spec.name}: its layout is ${layout.kind}, its counts are ${counts.kind}`,
  );
}

/** How many cells hold exactly one value and how many exactly two. */
export function countSeen(cells: Float64Array): SeenCounts {
  let once = 0;
  let twice = 0;
  for (const count of cells) {
    if (count === 1) once++;
    else if (count === 2) twice++;
  }
  return { once, twice };
}

function largestOpenShare(cells: Float64Array, n: number): number {
  let largest = 0;
  for (let cell = 0; cell < cells.length; cell += 2) largest = Math.max(largest, cells[cell]!);
  return n === 0 ? 0 : largest / n;
}
