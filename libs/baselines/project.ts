import { closest } from 'fastest-levenshtein';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Profile } from '#libs/profiles/counts.ts';
import type { CellLayout, ProfileLayout } from '#libs/profiles/layout.ts';
import { createProfile } from '#libs/profiles/profile.ts';
import type { Baseline, BaselineField, Segmentation, SegmentRequest } from './baseline.ts';
import { createFieldCounter } from './count-field.ts';
import { type FieldBounds, invalid, layoutField } from './field-layout.ts';
import { firstAtLeast } from './first-at-least.ts';
import { gridHash } from './grid-hash.ts';
import { type ProjectedSegment, projectSegments } from './project-segments.ts';
import { layoutSegments } from './segment-layout.ts';

export interface ProjectOptions {
  /** Names of the monitored fields; all by default. */
  readonly fields?: readonly string[];
  /** Most knots of a numeric field, 2,048 by default; `Infinity` keeps every value. */
  readonly resolution?: number;
  /** Most categories of a field, 1,000 by default; the rarest beyond it are folded. */
  readonly categoryCap?: number;
  /** Quantile bins whose edges must be knots, 10 by default. */
  readonly bins?: number;
  /** The segmentation to take, one of the baseline's; none by default. */
  readonly segments?: SegmentRequest;
  /** The user's own bin edges by field name. */
  readonly edges?: Readonly<Record<string, readonly number[]>>;
}

/** Rows of a baseline as counts over cells, in slices of time. */
export interface ProjectedRows {
  /** All of the rows. */
  readonly total: Profile;
  /** Start of each pane that holds rows, ascending, and its rows. Empty without event times. */
  readonly paneStarts: Float64Array;
  readonly paneRows: Float64Array;
  /**
   * The rows of the panes that start in [from, to). Made anew at every call: a dense profile per
   * pane would take a hundred times the memory of the sparse counts it comes from.
   */
  between(from: number, to: number): Profile;
}

/** A baseline as counts over cells, ready to be compared with live profiles. */
export interface ProjectedBaseline extends ProjectedRows {
  readonly layout: ProfileLayout;
  /** One per field of the layout. */
  readonly bounds: readonly FieldBounds[];
  /** One per segment, the rest last, on the cells of segments; empty without segments. */
  readonly segments: readonly ProjectedSegment[];
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
  const segmentation =
    options.segments === undefined ? undefined : findSegmentation(baseline, options.segments);
  const cells: CellLayout = {
    fields: placed.map(({ layout }) => layout),
    ...(segmentation === undefined
      ? {}
      : { segments: layoutSegments(placed, { baseline, segmentation }) }),
  };
  const layout: ProfileLayout = Object.freeze({
    baselineHash: baseline.hash,
    gridHash: gridHash(cells),
    ...cells,
  });
  const counters = fields.map((field, i) => createFieldCounter(field, layout.fields[i]!));
  // Segments of the baseline are profiles of their own.
  const whole: CellLayout = { fields: layout.fields };
  const total = createProfile(whole);
  total.events = baseline.rows;
  for (const [i, counter] of counters.entries()) counter.addTotal(total.fields[i]!);
  const { paneStarts, paneRows } = baseline;
  return {
    layout,
    total,
    paneStarts,
    paneRows,
    bounds: placed.map(({ bounds }) => bounds),
    segments:
      layout.segments === undefined || segmentation === undefined
        ? []
        : projectSegments(layout.segments, { baseline, segmentation }),
    between(from, to) {
      const profile = createProfile(whole);
      for (let pane = firstAtLeast(paneStarts, from); pane < paneStarts.length; pane++) {
        if (paneStarts[pane]! >= to) break;
        profile.events += paneRows[pane]!;
        for (const [i, counter] of counters.entries()) counter.addPane(profile.fields[i]!, pane);
      }
      return profile;
    },
  };
}

function findSegmentation(baseline: Baseline, request: SegmentRequest): Segmentation {
  const { by, most, minRows } = request;
  const found = baseline.segmentations.find(
    (each) =>
      each.most === most && each.minRows === minRows && each.by.join('\0') === by.join('\0'),
  );
  if (found !== undefined) return found;
  throw new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot use segments by ${by.join(' and ')}: the baseline was built without them`,
    { path: 'segments', fix: 'build the baseline again from its file' },
  );
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
