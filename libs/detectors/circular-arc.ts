import { edfDistance } from '#libs/statistics/edf-distance.ts';
import type { CellCounts } from '#libs/statistics/result.ts';

/** A stretch of a circle and its share of both samples; `from` may lie after `to`. */
export interface Arc {
  /** First value of the stretch; a value between two knots stands for its lower knot. */
  readonly from: number;
  /** Last value of the stretch; a value between two knots stands for its upper knot. */
  readonly to: number;
  readonly baseline: number;
  readonly window: number;
}

/**
 * The stretch of the circle whose share changed most: Kuiper's V is the largest difference that
 * any stretch has. Of the stretch that gained and the rest that lost the same, the one with the
 * smaller baseline share.
 *
 * @throws RangeError when a sample is empty
 */
export function circularArc(knots: Float64Array, cells: CellCounts): Arc {
  const { plusAt, minusAt, d_plus, d_minus } = edfDistance(cells, 'kuiper');
  const count = cells.baseline.length;
  // Where the difference never leaves 0 upward, the origin itself is the place of that extreme.
  const plus = d_plus === 0 ? count - 1 : plusAt;
  const minus = d_minus === 0 ? count - 1 : minusAt;
  const gaining = describe(knots, cells, { after: plus, last: minus });
  const losing = describe(knots, cells, { after: minus, last: plus });
  return gaining.baseline <= losing.baseline ? gaining : losing;
}

function describe(
  knots: Float64Array,
  { baseline, window }: CellCounts,
  { after, last }: { readonly after: number; readonly last: number },
): Arc {
  const count = baseline.length;
  let n = 0;
  let m = 0;
  for (let cell = 0; cell < count; cell++) {
    n += baseline[cell]!;
    m += window[cell]!;
  }
  let i = 0;
  let j = 0;
  // Ends without values are left out, so that the stretch names values that occurred.
  let firstUsed = -1;
  let lastUsed = -1;
  for (let cell = (after + 1) % count, steps = 0; steps < count; steps++) {
    if (baseline[cell]! > 0 || window[cell]! > 0) {
      i += baseline[cell]!;
      j += window[cell]!;
      if (firstUsed < 0) firstUsed = cell;
      lastUsed = cell;
    }
    if (cell === last) break;
    cell = (cell + 1) % count;
  }
  const end = knots.length - 1;
  const first = Math.max(firstUsed, 0);
  const final = Math.max(lastUsed, 0);
  return {
    from: knots[Math.max(0, first % 2 === 1 ? first >> 1 : (first >> 1) - 1)]!,
    to: knots[Math.min(end, final >> 1)]!,
    baseline: i / n,
    window: j / m,
  };
}
