import { addUnseen, trimUnseen, UNSEEN_LIMIT } from '#libs/profiles/category-table.ts';
import type { CategoricalCounts, FieldCounts } from '#libs/profiles/counts.ts';
import type { FieldLayout, NumericLayout } from '#libs/profiles/layout.ts';
import { emptyNumericCounts, NumericGrid } from '#libs/profiles/numeric-grid.ts';
import { combineCounts, createCounts } from '#libs/profiles/profile.ts';
import { drawLayout } from './kernel.ts';
import { heldBytes } from './measure.ts';
import { createRandom, drawShape } from './random.ts';
import { CATEGORIES, categoricalLayout, KNOTS } from './synthetic-workload.ts';

/** Panes of the window that is measured: a day in hours. */
const WINDOW_PANES = 24;
const VALUES_PER_PANE = 10_000;

/** Bytes that the counts of one field hold. */
export interface FieldMemoryResult {
  readonly field: string;
  readonly cells: number;
  /** Counts of one pane, filled with more values than it has cells. */
  readonly paneBytes: number;
  readonly windowPanes: number;
  /** The panes of a window and their total. */
  readonly windowBytes: number;
}

/** What a field's counts take, measured over many of them with the garbage collected. */
export function measureFieldMemory(copies: number): FieldMemoryResult[] {
  const numeric = drawLayout({ shape: 'normal', rows: KNOTS });
  const categorical = categoricalLayout('category');
  return [
    measureField(`numeric, ${KNOTS} knots`, {
      ...{ layout: numeric, copies },
      fill: () => filledNumeric(numeric),
    }),
    measureField(`categorical, ${CATEGORIES} categories`, {
      ...{ layout: categorical, copies },
      fill: () => filledCategorical(categorical, 0),
    }),
    measureField(`categorical, ${CATEGORIES} categories and ${UNSEEN_LIMIT} unseen ones named`, {
      ...{ layout: categorical, copies },
      fill: () => filledCategorical(categorical, 2 * UNSEEN_LIMIT),
    }),
  ];
}

function measureField(
  field: string,
  options: {
    readonly layout: FieldLayout;
    readonly copies: number;
    readonly fill: () => FieldCounts;
  },
): FieldMemoryResult {
  const { layout, copies, fill } = options;
  const sample = fill();
  const paneBytes = bytesOf(() => Array.from({ length: copies }, fill)) / copies;
  const windows = Math.max(1, Math.round(copies / WINDOW_PANES));
  const windowBytes =
    bytesOf(() =>
      Array.from({ length: windows }, () => {
        const panes = Array.from({ length: WINDOW_PANES }, fill);
        const total = createCounts(layout);
        for (const pane of panes) combineCounts(total, pane, 1);
        return [...panes, total];
      }),
    ) / windows;
  return {
    ...{ field, windowPanes: WINDOW_PANES },
    cells: sample.kind === 'rates' ? 0 : sample.cells.length,
    paneBytes: Math.round(paneBytes),
    windowBytes: Math.round(windowBytes),
  };
}

/** How much more is held while what `make` made is. */
function bytesOf(make: () => readonly unknown[]): number {
  const before = heldBytes();
  const made = make();
  const after = heldBytes();
  // Used after the measurement, so that it cannot have been collected before.
  return made.length > 0 ? after - before : 0;
}

function filledNumeric(layout: NumericLayout): FieldCounts {
  const random = createRandom(3);
  const values = Float64Array.from({ length: VALUES_PER_PANE }, () => drawShape('normal', random));
  const counts = emptyNumericCounts(layout);
  new NumericGrid(layout).addMany(counts, values);
  return counts;
}

function filledCategorical(layout: FieldLayout, unseen: number): FieldCounts {
  const counts = createCounts(layout) as CategoricalCounts;
  counts.cells.fill(VALUES_PER_PANE / CATEGORIES);
  for (let i = 0; i < unseen; i++) {
    addUnseen(counts, `unseen category ${i}`, 1);
    counts.unseen++;
  }
  trimUnseen(counts);
  return counts;
}
