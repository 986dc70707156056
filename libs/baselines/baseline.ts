import type { FieldSpec } from '#libs/profiles/field.ts';

/** Sparse counts of one pane over the field's distinct values. */
export interface SparsePane {
  /** Ascending indices into the field's `values`. */
  readonly index: Uint32Array;
  readonly count: Float64Array;
  readonly missing: number;
  readonly wrongType: number;
  readonly infinite: number;
}

/** A field of reference data: every distinct value with its count. */
export interface NumericBaselineField {
  readonly kind: 'numeric';
  readonly spec: FieldSpec;
  /** Sorted, distinct, finite; −0 is 0; circular values reduced to [0, period). */
  readonly values: Float64Array;
  readonly counts: Float64Array;
  readonly missing: number;
  readonly wrongType: number;
  readonly infinite: number;
  /** One per pane of the baseline, in its order; empty without event times. */
  readonly panes: readonly SparsePane[];
  /** Of a reduced baseline: how far its distribution function may be off. */
  readonly errorBound?: number;
  /** Of a reduced baseline: whether its first and last value stand for what lies beyond too. */
  readonly openEnds?: { readonly low: boolean; readonly high: boolean };
}

export interface CategoricalBaselineField {
  readonly kind: 'categorical';
  readonly spec: FieldSpec;
  /** Sorted by code unit, distinct. */
  readonly values: readonly string[];
  readonly counts: Float64Array;
  readonly missing: number;
  readonly wrongType: number;
  readonly panes: readonly SparsePane[];
  /** Of a reduced baseline: rows of categories that it does not name. */
  readonly unnamed?: number;
}

/** `id` and `timestamp`: presence and type only. */
export interface RatesBaselineField {
  readonly kind: 'rates';
  readonly spec: FieldSpec;
  readonly present: number;
  readonly missing: number;
  readonly wrongType: number;
  /** Per pane; `index` and `count` hold at most one entry: index 0, the number present. */
  readonly panes: readonly SparsePane[];
}

export type BaselineField = NumericBaselineField | CategoricalBaselineField | RatesBaselineField;

/** Into which segments the rows are divided. */
export interface SegmentRequest {
  /** Names of the one or two fields whose values make the segments. */
  readonly by: readonly string[];
  /** Most segments, the rest not counted. */
  readonly most: number;
  /** Fewest rows of a segment. */
  readonly minRows: number;
}

/** The rows of one segment. */
export interface BaselineSegment {
  /** Places of the panes that hold rows of it, ascending; without event times a single 0. */
  readonly panes: Uint32Array;
  /** Its rows in each of them. */
  readonly rows: Float64Array;
  /** By field, in the baseline's order: the counts in each of them, over the field's `values`. */
  readonly fields: readonly (readonly SparsePane[])[];
}

/** All rows once more, by segment. */
export interface Segmentation extends SegmentRequest {
  /** The values of each segment, one of each field of `by`, the most frequent first. */
  readonly values: readonly (readonly string[])[];
  /** One per entry of `values`, and the rest. */
  readonly segments: readonly BaselineSegment[];
}

/** The content of a baseline: immutable, addressed by its hash. */
export interface Baseline {
  /** SHA-256 over the canonical encoding, lowercase hex. */
  readonly hash: string;
  readonly rows: number;
  readonly fields: readonly BaselineField[];
  /** Length of a pane in milliseconds; `null` without event times. */
  readonly pane: number | null;
  /** Starts of the panes that hold rows, ascending, and their rows. */
  readonly paneStarts: Float64Array;
  readonly paneRows: Float64Array;
  /** First and last event time, milliseconds since 1970; `null` without event times. */
  readonly timeRange: { readonly start: number; readonly end: number } | null;
  /** Of a reduced baseline: the fewest rows that any count in it is about. */
  readonly privacy?: { readonly minCount: number };
  /** One for each way in which rows were asked to be divided. */
  readonly segmentations: readonly Segmentation[];
}
