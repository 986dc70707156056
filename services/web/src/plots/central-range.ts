/** Shares at either end that may be left out of a plot, so that tails do not flatten the rest. */
const TAIL = 0.02;
/** Beyond this share no value is left out, however far it lies. */
const LARGEST_TAIL = 0.06;

interface Cumulative {
  readonly x: readonly number[];
  readonly baseline: readonly number[];
  readonly window: readonly number[];
}

/**
 * The range that holds all but the thin tails of both distributions, and the point to keep in
 * sight. Curves are thinned to some 60 points, so the last step of a tail can be a huge one: a step
 * that alone would take more than half of the range is left out too. `clipped` says whether
 * anything is missing.
 */
export function centralRange(
  cumulative: Cumulative,
  keep: number | undefined,
): { readonly min: number; readonly max: number; readonly clipped: boolean } {
  const { x, baseline, window } = cumulative;
  const first = x[0];
  const last = x.at(-1);
  if (first === undefined || last === undefined) return { min: 0, max: 1, clipped: false };
  const below = x.map((_, i) => Math.max(baseline[i] ?? 0, window[i] ?? 0));
  const above = x.map((_, i) => 1 - Math.min(baseline[i] ?? 1, window[i] ?? 1));
  let low = Math.max(0, below.findIndex((share) => share > TAIL) - 1);
  let high = above.findIndex((share) => share <= TAIL);
  if (high === -1) high = x.length - 1;
  const at = (index: number): number => x[index] ?? last;
  const inner = at(high - 1) - at(low + 1);
  if (above[high - 1]! <= LARGEST_TAIL && at(high) - at(high - 1) > inner) high--;
  if (below[low + 1]! <= LARGEST_TAIL && at(low + 1) - at(low) > inner) low++;
  const min = Math.min(at(low), keep ?? at(low));
  const max = Math.max(at(high), keep ?? at(high));
  if (min === max) return { min: min - 1, max: max + 1, clipped: false };
  return { min, max, clipped: min > first || max < last };
}
