import type { FieldSpec } from './field.ts';

/**
 * Rank cells of one numeric field: k sorted knots make 2k+1 cells. Cell 0 lies below the first
 * knot, cell 2i+1 equals knot i, cell 2i+2 lies strictly between knot i and knot i+1, cell 2k lies
 * above the last knot.
 */
export interface NumericLayout {
  readonly kind: 'numeric';
  readonly spec: FieldSpec;
  /** Strictly increasing, finite, without −0; at least one. */
  readonly knots: Float64Array;
  /** Origin of the deviation sums: the baseline's median. */
  readonly center: number;
}

/** Categories of one field; what the cap folded counts as `other`, the rest as `unseen`. */
export interface CategoricalLayout {
  readonly kind: 'categorical';
  readonly spec: FieldSpec;
  /** Sorted by code unit; a category's place is its cell. */
  readonly categories: readonly string[];
  /** Baseline categories beyond the cap, sorted. */
  readonly folded: readonly string[];
}

/** Fields of which only presence and type are counted (`id`, `timestamp`). */
export interface RatesLayout {
  readonly kind: 'rates';
  readonly spec: FieldSpec;
}

export type FieldLayout = NumericLayout | CategoricalLayout | RatesLayout;

/** Into which segments events are divided, and the cells in each of them. */
export interface SegmentLayout {
  /** The one or two fields whose values make the segments. */
  readonly by: readonly FieldSpec[];
  /**
   * The values of each segment, one of each field of `by`. An event whose values are none of these
   * belongs to the rest, the segment behind the last one.
   */
  readonly values: readonly (readonly string[])[];
  /** Cells of the fields within a segment: the same for all segments, no finer than the whole's. */
  readonly fields: readonly FieldLayout[];
}

/** The cells of a profile. */
export interface CellLayout {
  readonly fields: readonly FieldLayout[];
  /** Absent where events are not divided. */
  readonly segments?: SegmentLayout;
}

/** All that fixes the meaning of counts: the same layout hash, the same cells. */
export interface ProfileLayout extends CellLayout {
  /** Content hash of the baseline that the cells come from, lowercase hex. */
  readonly baselineHash: string;
  /** Hash over all field layouts and the segments, lowercase hex. */
  readonly gridHash: string;
}
