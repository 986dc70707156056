export interface RankKnotsOptions {
  /** Sorted distinct values and how often each occurs. */
  readonly values: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
  /** Most knots to choose; the required ones count and are always taken. */
  readonly resolution: number;
  /** Places in `values` that have to be knots. */
  readonly required: Iterable<number>;
}

/** Chosen places in `values`, ascending. */
export interface RankKnots {
  readonly places: Uint32Array;
  /** The largest number of baseline values between two neighbouring knots. */
  readonly largestGap: number;
}

/**
 * Chooses which distinct values become knots, so that the largest number of values between two
 * neighbouring knots is as small as `resolution` knots allow. First and last place are always knots.
 * Optimal: walking up and setting a knot only where the gap would exceed a limit needs the
 * fewest knots for that limit, and the least limit that needs few enough is found by bisection.
 */
export function chooseRankKnots(options: RankKnotsOptions): RankKnots {
  const { values, counts, resolution } = options;
  const required = new Uint8Array(values.length);
  for (const place of options.required) required[place] = 1;
  if (values.length > 0) {
    required[0] = 1;
    required[values.length - 1] = 1;
  }
  if (values.length <= resolution) {
    return { places: Uint32Array.from(required, (_, place) => place), largestGap: 0 };
  }
  let low = 0;
  let high = 0;
  for (let place = 0; place < values.length; place++) high += counts[place]!;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (walk(counts, required, middle).length <= resolution) high = middle;
    else low = middle + 1;
  }
  // Where the required places alone are too many, the limit ends at the total: no further knots.
  const places = walk(counts, required, low);
  return { places: Uint32Array.from(places), largestGap: largestGap(counts, places) };
}

/** The fewest places such that no gap holds more than `limit`. */
function walk(counts: ArrayLike<number>, required: Uint8Array, limit: number): number[] {
  const places: number[] = [];
  let open = 0;
  for (let place = 0; place < required.length; place++) {
    const count = counts[place]!;
    if (required[place] === 1 || open + count > limit) {
      places.push(place);
      open = 0;
    } else open += count;
  }
  return places;
}

function largestGap(counts: ArrayLike<number>, places: readonly number[]): number {
  let largest = 0;
  for (let i = 1; i < places.length; i++) {
    let open = 0;
    for (let place = places[i - 1]! + 1; place < places[i]!; place++) open += counts[place]!;
    largest = Math.max(largest, open);
  }
  return largest;
}
