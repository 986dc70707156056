/** Counts of one segment over the same cells for all segments. */
export interface SegmentShift {
  readonly baseline: ArrayLike<number>;
  readonly window: ArrayLike<number>;
}

/** What one segment adds to a shift; `within + mix` is all of it. */
export interface ShiftPart {
  /** Because the segment's own distribution changed. */
  readonly within: number;
  /** Because the segment's share of all values changed. */
  readonly mix: number;
  /** Its share of the baseline's and of the window's values. */
  readonly baseline: number;
  readonly window: number;
}

export interface ShiftAttribution {
  /** Σ λ (q − p) over the cells of all segments together: the sum of all parts. */
  readonly total: number;
  /** In the order of the segments. */
  readonly parts: readonly ShiftPart[];
}

/**
 * Divides a shift T = Σ_c λ_c (q_c − p_c) among segments, so that the parts add up to it; p and q
 * are the shares that baseline and window have in cell c. Many statistics are such sums once their
 * weights λ are fixed by the whole: ks with ±1 up to the place of the gap, psi with ln(q/p), a rate
 * with 1 in one cell.
 *
 * With v and w for a segment's share of baseline and window, P = Σ λ p and Q = Σ λ q within it, and
 * C for the mean of the whole's two sums, a segment adds
 *
 *     within = (v + w)/2 · (Q − P)        mix = (w − v) · ((P + Q)/2 − C)
 *
 * This is the decomposition of Kitagawa, E. M. (1955), "Components of a difference between two
 * rates", JASA 50(272), 1168–1194. The mix is centred at C, since all w − v sum to 0: so a constant
 * added to all weights, which leaves T as it is, changes no part either, and growing is no shift
 * where a segment is like the whole. A segment that is empty on one side is taken to be on that side
 * as it is on the other: all it adds is mix.
 *
 * Time O(segments × cells).
 *
 * @example
 * attributeShift([1, 0], [{ baseline: [5, 5], window: [9, 1] }]).total // 0.4
 * @throws RangeError when all segments together are empty on a side, or have other cells than λ
 */
export function attributeShift(
  weights: ArrayLike<number>,
  segments: readonly SegmentShift[],
): ShiftAttribution {
  const sums = segments.map(({ baseline, window }) => ({
    before: weigh(weights, baseline),
    after: weigh(weights, window),
  }));
  const n = sums.reduce((sum, { before }) => sum + before.count, 0);
  const m = sums.reduce((sum, { after }) => sum + after.count, 0);
  if (n === 0 || m === 0) {
    throw new RangeError(
      `Cannot attribute a shift: both samples must have values, got ${n} and ${m}`,
    );
  }
  const before = sums.reduce((sum, each) => sum + each.before.weighted, 0) / n;
  const after = sums.reduce((sum, each) => sum + each.after.weighted, 0) / m;
  const centre = (before + after) / 2;
  const parts = sums.map((each): ShiftPart => {
    const v = each.before.count / n;
    const w = each.after.count / m;
    // Empty on both sides: nothing of the segment counts, whatever stands here.
    const p = each.before.mean ?? each.after.mean ?? centre;
    const q = each.after.mean ?? p;
    return {
      // Adding 0 turns −0 into 0.
      within: ((v + w) / 2) * (q - p) + 0,
      mix: (w - v) * ((p + q) / 2 - centre) + 0,
      baseline: v,
      window: w,
    };
  });
  return { total: after - before, parts };
}

interface Weighted {
  readonly count: number;
  readonly weighted: number;
  /** `undefined` without values. */
  readonly mean: number | undefined;
}

function weigh(weights: ArrayLike<number>, counts: ArrayLike<number>): Weighted {
  if (counts.length !== weights.length) {
    throw new RangeError(
      `Cannot attribute a shift: ${weights.length} weights need as many cells, got ${counts.length}`,
    );
  }
  let count = 0;
  let weighted = 0;
  for (let cell = 0; cell < weights.length; cell++) {
    count += counts[cell]!;
    weighted += weights[cell]! * counts[cell]!;
  }
  return { count, weighted, mean: count === 0 ? undefined : weighted / count };
}
