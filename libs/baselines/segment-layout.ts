import type {
  CategoricalLayout,
  FieldLayout,
  NumericLayout,
  SegmentLayout,
} from '#libs/profiles/layout.ts';
import { NumericGrid } from '#libs/profiles/numeric-grid.ts';
import type {
  Baseline,
  CategoricalBaselineField,
  NumericBaselineField,
  Segmentation,
} from './baseline.ts';
import { chooseSegmentKnots } from './segment-knots.ts';

/** Most knots, or categories, of a field within a segment. */
const SEGMENT_RESOLUTION = 256;

/** A field's cells in the whole, and the knots that a coarser grid must keep. */
export interface PlacedField {
  readonly layout: FieldLayout;
  readonly required: ReadonlySet<number>;
}

/**
 * Cells within segments: unions of the whole's cells, so that the segments' counts add up to the
 * whole's. The fields that make the segments have none, since a segment holds one value of each.
 */
export function layoutSegments(
  placed: readonly PlacedField[],
  { baseline, segmentation }: { readonly baseline: Baseline; readonly segmentation: Segmentation },
): SegmentLayout {
  const fieldOf = (name: string) => {
    const place = baseline.fields.findIndex(({ spec }) => spec.name === name);
    return { place, field: baseline.fields[place]! };
  };
  return {
    by: segmentation.by.map((name) => fieldOf(name).field.spec),
    values: segmentation.values,
    fields: placed
      .filter(({ layout }) => !segmentation.by.includes(layout.spec.name))
      .map(({ layout, required }) => {
        const { place, field } = fieldOf(layout.spec.name);
        if (layout.kind === 'numeric' && field.kind === 'numeric') {
          const cells = cellsBySegment(field, { place, layout, segmentation });
          return coarserGrid(layout, { cells, required });
        }
        if (layout.kind === 'categorical' && field.kind === 'categorical') {
          return fewerCategories(layout, field);
        }
        return layout;
      }),
  };
}

/** Counts of each segment on the whole's cells. */
function cellsBySegment(
  field: NumericBaselineField,
  at: {
    readonly place: number;
    readonly layout: NumericLayout;
    readonly segmentation: Segmentation;
  },
): Float64Array[] {
  const grid = new NumericGrid(at.layout);
  const cellOf = Int32Array.from(field.values, (value) => grid.locate(value));
  return at.segmentation.segments.map(({ fields }) => {
    const cells = new Float64Array(2 * at.layout.knots.length + 1);
    for (const { index, count } of fields[at.place]!) {
      for (let i = 0; i < index.length; i++) cells[cellOf[index[i]!]!]! += count[i]!;
    }
    return cells;
  });
}

function coarserGrid(
  layout: NumericLayout,
  options: { readonly cells: readonly Float64Array[]; readonly required: ReadonlySet<number> },
): NumericLayout {
  const { knots } = layout;
  if (knots.length <= SEGMENT_RESOLUTION) return layout;
  const required = Uint8Array.from(knots, (knot) => Number(options.required.has(knot)));
  const places = chooseSegmentKnots({
    ...{ cells: options.cells, resolution: SEGMENT_RESOLUTION, required },
  });
  return { ...layout, knots: Float64Array.from(places, (place) => knots[place]!) };
}

/** The most frequent categories; the others are folded, as by the cap of the whole. */
function fewerCategories(
  layout: CategoricalLayout,
  { values, counts }: CategoricalBaselineField,
): CategoricalLayout {
  const { categories, folded } = layout;
  if (categories.length <= SEGMENT_RESOLUTION) return layout;
  const frequency = new Map(values.map((value, place) => [value, counts[place]!]));
  const ranked = [...categories].sort((a, b) => frequency.get(b)! - frequency.get(a)!);
  const kept = new Set(ranked.slice(0, SEGMENT_RESOLUTION));
  return {
    ...layout,
    categories: categories.filter((category) => kept.has(category)),
    folded: [...folded, ...ranked.slice(SEGMENT_RESOLUTION)].sort((a, b) => (a < b ? -1 : 1)),
  };
}
