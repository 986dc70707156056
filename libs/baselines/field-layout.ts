import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { FieldLayout } from '#libs/profiles/layout.ts';
import { quantileEdges } from '#libs/statistics/quantile-edges.ts';
import type { BaselineField, CategoricalBaselineField, NumericBaselineField } from './baseline.ts';
import { firstAtLeast } from './first-at-least.ts';
import { chooseRankKnots } from './rank-knots.ts';

/** How finely a field's baseline is kept in its cells. */
export interface FieldResolution {
  readonly resolution: number;
  readonly categoryCap: number;
  readonly bins: number;
  /** The user's own bin edges; they become knots. */
  readonly edges: readonly number[];
}

/** What the reduction of a field's baseline to its cells cost. */
export interface FieldBounds {
  readonly field: string;
  /** Distinct values of the baseline, and how many of them have a cell of their own. */
  readonly distinct: number;
  readonly kept: number;
  /**
   * Numeric fields: the largest open cell's share of the baseline, by which a KS distance on these
   * cells may differ from the exact one. Categorical fields: the share of the folded categories.
   */
  readonly errorBound: number;
}

/** Cells of one field, and what they cost. */
export interface LaidOutField {
  readonly layout: FieldLayout;
  readonly bounds: FieldBounds;
  /** Knots that no coarser grid may lack: ends, edges of bins, bounds of the declared range. */
  readonly required: ReadonlySet<number>;
}

const NONE: ReadonlySet<number> = new Set();

/** Cells of one field of a baseline. @throws PLB_CONFIG_INVALID for edges that do not fit. */
export function layoutField(field: BaselineField, options: FieldResolution): LaidOutField {
  const { name } = field.spec;
  if (options.edges.length > 0 && field.kind !== 'numeric') {
    throw invalid(`fields.${name}.edges`, `only numeric fields have them, got ${field.spec.type}`);
  }
  switch (field.kind) {
    case 'numeric':
      return layoutNumbers(field, options);
    case 'categorical':
      return layoutCategories(field, options.categoryCap);
    case 'rates':
      return {
        layout: { kind: 'rates', spec: field.spec },
        bounds: { field: name, distinct: 0, kept: 0, errorBound: 0 },
        required: NONE,
      };
  }
}

function layoutNumbers(
  field: NumericBaselineField,
  { resolution, bins, edges }: FieldResolution,
): LaidOutField {
  const { spec, values, counts } = field;
  const invalidEdge = edges.find((edge) => !Number.isFinite(edge));
  if (invalidEdge !== undefined) {
    throw invalid(`fields.${spec.name}.edges`, `each must be a finite number, got ${invalidEdge}`);
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const { min, max } = spec.range ?? {};
  const named = [...edges, min, max].filter(
    (value): value is number => value !== undefined && Number.isFinite(value),
  );
  // A grid needs a knot even where the baseline has no number to offer.
  if (values.length === 0 && named.length === 0) named.push(0);
  const closed = withoutOpenEnds(field);
  const merged = mergeNamed(closed, named);
  const required = new Set(merged.named);
  const ends = [closed.values[0], closed.values[closed.values.length - 1]];
  const wanted = [...ends, ...(total > 0 ? quantileEdges({ values, counts, bins }) : [])];
  for (const value of wanted)
    if (value !== undefined) required.add(firstAtLeast(merged.values, value));
  const { places, largestGap } = chooseRankKnots({ ...merged, resolution, required });
  const knots = Float64Array.from(places, (place) => merged.values[place]!);
  const kept = places.reduce((sum, place) => sum + (merged.counts[place]! > 0 ? 1 : 0), 0);
  return {
    layout: { kind: 'numeric', spec, knots, center: medianOf(field, total) },
    required: new Set([
      ...[...required].map((place) => merged.values[place]!),
      ...[knots[0]!, knots[knots.length - 1]!],
    ]),
    bounds: {
      field: spec.name,
      distinct: values.length,
      kept,
      errorBound: Math.min(1, (total === 0 ? 0 : largestGap / total) + (field.errorBound ?? 0)),
    },
  };
}

/** What stands for all that lies beyond it is no knot: its rows are counted as beyond the last one. */
function withoutOpenEnds({
  values,
  counts,
  openEnds = { low: false, high: false },
}: NumericBaselineField): Pick<NumericBaselineField, 'values' | 'counts'> {
  if (values.length < 3) return { values, counts };
  const inner = [openEnds.low ? 1 : 0, values.length - (openEnds.high ? 1 : 0)] as const;
  return { values: values.subarray(...inner), counts: counts.subarray(...inner) };
}

/** The baseline's values and the named ones, which count 0 where the baseline lacks them. */
function mergeNamed(
  { values, counts }: Pick<NumericBaselineField, 'values' | 'counts'>,
  named: readonly number[],
): { values: Float64Array; counts: Float64Array; named: number[] } {
  // Adding 0 turns −0 into 0.
  const wanted = [...new Set(named.map((value) => value + 0))];
  const extra = wanted.filter((value) => values[firstAtLeast(values, value)] !== value);
  const merged = new Float64Array(values.length + extra.length);
  merged.set(values);
  merged.set(extra, values.length);
  if (extra.length > 0) merged.sort();
  const mergedCounts = new Float64Array(merged.length);
  let next = 0;
  for (let place = 0; place < merged.length; place++) {
    if (merged[place] === values[next]) mergedCounts[place] = counts[next++]!;
  }
  return {
    values: merged,
    counts: mergedCounts,
    named: wanted.map((value) => firstAtLeast(merged, value)),
  };
}

/** The least value up to which half of the baseline lies; 0 where there is none. */
function medianOf({ values, counts }: NumericBaselineField, total: number): number {
  let below = 0;
  for (const [place, count] of counts.entries()) {
    below += count;
    if (2 * below >= total) return values[place]!;
  }
  return 0;
}

function layoutCategories(
  { spec, values, counts }: CategoricalBaselineField,
  cap: number,
): LaidOutField {
  // The most frequent stay; among equals the first by name, which sorting keeps in place.
  const ranked = values.map((_, place) => place).sort((a, b) => counts[b]! - counts[a]!);
  const kept = new Set(ranked.slice(0, cap));
  const categories = values.filter((_, place) => kept.has(place));
  const folded = values.filter((_, place) => !kept.has(place));
  let total = 0;
  let foldedEvents = 0;
  for (const [place, count] of counts.entries()) {
    total += count;
    if (!kept.has(place)) foldedEvents += count;
  }
  return {
    layout: { kind: 'categorical', spec, categories, folded },
    required: NONE,
    bounds: {
      field: spec.name,
      distinct: values.length,
      kept: categories.length,
      errorBound: total === 0 ? 0 : foldedEvents / total,
    },
  };
}

/** An option that cannot be used. */
export function invalid(path: string, why: string): PlumblineError {
  return new PlumblineError('PLB_CONFIG_INVALID', `Cannot project the baseline: ${path}: ${why}`, {
    path,
  });
}
