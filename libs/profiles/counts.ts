import type { ExactSum } from './exact-sum.ts';
import type { SegmentLayout } from './layout.ts';

/** Counts of one numeric field; index of a cell as in `NumericLayout`. */
export interface NumericCounts {
  readonly kind: 'numeric';
  /** Absent, null or NaN. */
  missing: number;
  /** Present but not a number. */
  wrongType: number;
  /** ±Infinity. */
  infinite: number;
  /** Values per cell, 2k+1 of them. */
  readonly cells: Float64Array;
  /**
   * Σ round((v − knot)·2^s) over the values of the open cell after knot i, as
   * `high[i]·2³² + low[i]` with 0 ≤ low < 2³²; entry i belongs to cell 2i+2, k−1 of them.
   */
  readonly high: Float64Array;
  readonly low: Float64Array;
  /** Σ(v − first knot) over the values below the first knot. */
  readonly below: ExactSum;
  /** Σ(v − last knot) over the values above the last knot. */
  readonly above: ExactSum;
  /** Σ(v − center)² over the values that equal no knot; the others follow from the cells. */
  readonly squares: ExactSum;
  /** Values of which a sum's term was beyond the largest double; the sums lack those terms. */
  overflow: number;
}

/** Counts of one categorical or boolean field. */
export interface CategoricalCounts {
  readonly kind: 'categorical';
  missing: number;
  wrongType: number;
  /** Events per category of the layout. */
  readonly cells: Float64Array;
  /** Events of baseline categories that the cap folded. */
  other: number;
  /** Events whose category the baseline does not have. */
  unseen: number;
  /** The most frequent unseen values, at most `UNSEEN_LIMIT`; exact until more were seen. */
  readonly unseenValues: Map<string, number>;
  /** Unseen events whose value is not in `unseenValues`. */
  unseenBeyond: number;
}

/** Counts of a field of which only presence and type matter. */
export interface RatesCounts {
  readonly kind: 'rates';
  missing: number;
  wrongType: number;
  present: number;
}

export type FieldCounts = NumericCounts | CategoricalCounts | RatesCounts;

/** Mergeable counts of a set of events: the fields stand in the layout's order. */
export interface Profile {
  /** Events counted, whatever their fields held. */
  events: number;
  readonly fields: FieldCounts[];
  /** Absent where events are not divided. */
  readonly segments?: SegmentCounts;
}

/** The same events again, by segment. */
export interface SegmentCounts {
  readonly layout: SegmentLayout;
  /** In the layout's order, the rest last; `null` where a segment was never seen. */
  readonly profiles: (Profile | null)[];
}
