import type { KsDistance } from '#libs/statistics/ks.ts';
import type { CellCounts } from '#libs/statistics/result.ts';
import type { DistributionDetail } from './evaluation.ts';

type Curve = NonNullable<DistributionDetail['cumulative']>;
type Gap = NonNullable<DistributionDetail['gap']>;

/** Most points of a thinned curve, the gap included. */
export const CURVE_POINTS = 65;

/**
 * Both distribution functions at a bounded number of knots, evenly spread over the pooled values,
 * with the first and the last knot and the place of the KS gap among them. Shares are exact.
 *
 * A gap within an open cell is reached just below that cell's upper knot: there the knot's x comes
 * twice, first with the shares just below it, then with its own.
 */
export function cumulativeCurve(
  knots: Float64Array,
  cells: CellCounts,
  { n, m, location: gapCell }: Pick<KsDistance, 'n' | 'm' | 'location'>,
): { readonly cumulative: Curve; readonly gap: Gap } {
  const { baseline, window } = cells;
  const inOpenCell = gapCell % 2 === 0;
  const gapKnot = Math.min(gapCell >> 1, knots.length - 1);
  // Besides these: the first knot, the last one, the end of the curve and two points of the gap.
  const targets = CURVE_POINTS - 6;
  const curve = { x: [] as number[], baseline: [] as number[], window: [] as number[] };
  let gap: Gap = { x: knots[gapKnot]!, baseline: 0, window: 0 };
  let i = 0;
  let j = 0;
  let target = 1;
  for (let knot = 0; knot < knots.length; knot++) {
    i += baseline[2 * knot]!;
    j += window[2 * knot]!;
    const x = knots[knot]!;
    if (knot === gapKnot && inOpenCell) {
      gap = { x, baseline: i / n, window: j / m };
      push(curve, gap);
    }
    i += baseline[2 * knot + 1]!;
    j += window[2 * knot + 1]!;
    const reached = (i / n + j / m) / 2;
    const wanted = reached * (targets + 1) >= target;
    if (wanted || knot === 0 || knot === knots.length - 1 || knot === gapKnot) {
      const point = { x, baseline: i / n, window: j / m };
      if (knot === gapKnot && !inOpenCell) gap = point;
      push(curve, point);
      while (target <= reached * (targets + 1)) target++;
    }
  }
  return { cumulative: curve, gap };
}

function push(curve: { x: number[]; baseline: number[]; window: number[] }, point: Gap): void {
  curve.x.push(point.x);
  curve.baseline.push(point.baseline);
  curve.window.push(point.window);
}
