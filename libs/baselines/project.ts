import { closest } from 'fastest-levenshtein';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Profile } from '#libs/profiles/counts.ts';
import type { ProfileLayout } from '#libs/profiles/layout.ts';
import { createProfile } from '#libs/profiles/profile.ts';
import type { Baseline, BaselineField } from './baseline.ts';
import { createFieldCounter } from './count-field.ts';
import { type FieldBounds, invalid, layoutField } from './field-layout.ts';
import { gridHash } from './grid-hash.ts';

export interface ProjectOptions {
  /** Names of the monitored fields; all by default. */
  readonly fields?: readonly string[];
  /** Most knots of a numeric field, 2,048 by default; `Infinity` keeps every value. */
  readonly resolution?: number;
  /** Most categories of a field, 1,000 by default; the rarest beyond it are folded. */
  readonly categoryCap?: number;
  /** Quantile bins whose edges must be knots, 10 by default. */
  readonly bins?: number;
  /** The user's own bin edges by field name. */
  readonly edges?: Readonly<Record<string, readonly number[]>>;
}

/** A baseline as counts over cells, ready to be compared with live profiles. */
export interface ProjectedBaseline {
  readonly layout: ProfileLayout;
  /** All rows of the baseline. */
  readonly total: Profile;
  /** Start of each pane that holds rows, ascending, and its rows. Empty without event times. */
  readonly paneStarts: Float64Array;
  readonly paneRows: Float64Array;
  /** One per field of the layout. */
  readonly bounds: readonly FieldBounds[];
  /**
   * The rows of the panes that start in [from, to). Made anew at every call: a dense profile per
   * pane would take a hundred times the memory of the sparse counts it comes from.
   */
  between(from: number, to: number): Profile;
}

/**
 * Reduces a baseline to cells: knots and categories for the layout of live profiles, and its own
 * counts in them, through the routines that count live values. Up to `resolution` distinct values
 * every one is a knot and nothing is lost; beyond it `bounds` states what was.
 *
 * @throws PLB_BASELINE_FIELD for a field that the baseline lacks, PLB_CONFIG_INVALID for options
 * out of range.
 */
export function projectBaseline(
  baseline: Baseline,
  options: ProjectOptions = {},
): ProjectedBaseline {
  const { resolution = 2048, categoryCap = 1000, bins = 10, edges = {} } = options;
  requireCount('resolution', resolution, 2);
  requireCount('category_cap', categoryCap, 1);
  requireCount('bins', bins, 2);
  const fields = selectFields(baseline, [...(options.fields ?? []), ...Object.keys(edges)]).filter(
    ({ spec }) => options.fields?.includes(spec.name) ?? true,
  );
  const placed = fields.map((field) => {
    const own = Object.hasOwn(edges, field.spec.name) ? edges[field.spec.name]! : [];
    return layoutField(field, { resolution, categoryCap, bins, edges: own });
  });
  const layouts = placed.map(({ layout }) => layout);
  const layout: ProfileLayout = Object.freeze({
    baselineHash: baseline.hash,
    gridHash: gridHash(layouts),
    fields: layouts,
  });
  const counters = fields.map((field, i) => createFieldCounter(field, layouts[i]!));
  const total = createProfile(layout);
  total.events = baseline.rows;
  for (const [i, counter] of counters.entries()) counter.addTotal(total.fields[i]!);
  const { paneStarts, paneRows } = baseline;
  return {
    layout,
    total,
    paneStarts,
    paneRows,
    bounds: placed.map(({ bounds }) => bounds),
    between(from, to) {
      const profile = createProfile(layout);
      for (let pane = firstAtLeast(paneStarts, from); pane < paneStarts.length; pane++) {
        if (paneStarts[pane]! >= to) break;
        profile.events += paneRows[pane]!;
        for (const [i, counter] of counters.entries()) counter.addPane(profile.fields[i]!, pane);
      }
      return profile;
    },
  };
}

/** All fields, after checking that the wanted names are among them. */
function selectFields(baseline: Baseline, wanted: readonly string[]): readonly BaselineField[] {
  const names = baseline.fields.map(({ spec }) => spec.name);
  const missing = wanted.find((name) => !names.includes(name));
  if (missing === undefined) return baseline.fields;
  const near = closest(missing, names);
  throw new PlumblineError(
    'PLB_BASELINE_FIELD',
    `Cannot monitor the field ${JSON.stringify(missing)}: the baseline has no such field`,
    {
      path: `fields.${missing}`,
      fix: `the nearest name is ${JSON.stringify(near)}; it has ${names.slice(0, 20).join(', ')}`,
    },
  );
}

function requireCount(path: string, value: number, least: number): void {
  const whole = Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
  if (whole && value >= least) return;
  throw invalid(path, `it must be a whole number of at least ${least}, got ${value}`);
}

function firstAtLeast(starts: Float64Array, from: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
