/** Counts of one segment on the cells of the whole's grid: 2k+1 of them for k knots. */
type SegmentCells = ArrayLike<number>;

export interface SegmentKnotsOptions {
  readonly cells: readonly SegmentCells[];
  /** Most knots to keep; the required ones count and are always kept. */
  readonly resolution: number;
  /** By knot: 1 where it has to stay. */
  readonly required: Uint8Array;
}

/** Halvings of the largest share: far below what a segment could hold of one row. */
const STEPS = 40;

/**
 * Chooses which knots of a grid stay for segments, so that the largest share of any segment between
 * two neighbouring knots is as small as `resolution` knots allow: one grid that is fair to all of
 * them. As in `chooseRankKnots`, walking up and keeping a knot only where some share would exceed a
 * limit needs the fewest knots for that limit, and the limit is found by bisection.
 *
 * @returns places of the knots that stay, ascending
 */
export function chooseSegmentKnots({ cells, resolution, required }: SegmentKnotsOptions): number[] {
  if (required.length <= resolution) return [...required.keys()];
  const segments = cells.flatMap((counts) => {
    let total = 0;
    for (let cell = 0; cell < counts.length; cell++) total += counts[cell]!;
    return total === 0 ? [] : [{ counts, total }];
  });
  let low = 0;
  let high = 1;
  // With 1 nothing but the required knots stays: the fewest there can be.
  let best = walk(segments, required, high);
  for (let step = 0; step < STEPS; step++) {
    const limit = (low + high) / 2;
    const places = walk(segments, required, limit);
    if (places.length > resolution) low = limit;
    else {
      high = limit;
      best = places;
    }
  }
  return best;
}

/** The fewest knots such that nothing but what lies between two knots of the grid exceeds `limit`. */
function walk(
  segments: readonly { readonly counts: SegmentCells; readonly total: number }[],
  required: Uint8Array,
  limit: number,
): number[] {
  const places: number[] = [];
  const open = new Float64Array(segments.length);
  for (let place = 0; place < required.length; place++) {
    const stays =
      required[place] === 1 ||
      segments.some(
        ({ counts, total }, i) =>
          open[i]! + counts[2 * place + 1]! + counts[2 * place + 2]! > limit * total,
      );
    if (stays) places.push(place);
    for (const [i, { counts }] of segments.entries()) {
      const behind = counts[2 * place + 2]!;
      open[i] = stays ? behind : open[i]! + counts[2 * place + 1]! + behind;
    }
  }
  return places;
}
