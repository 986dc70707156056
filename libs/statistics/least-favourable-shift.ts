import { findRoot } from './distributions/find-root.ts';
import type { Detectable } from './result.ts';

/** What both rules of psi need, each on its own scale. */
export interface ShiftNeeds {
  readonly n: number;
  readonly m: number;
  /** Population stability index that the psi rule needs. */
  readonly needPsi: number;
  /** Chi-squared noncentrality that the chi-squared rule needs. */
  readonly needChiSquared: number;
}

/**
 * The largest population stability index at which the shift of a single bin meets both needs, over
 * all bins and both directions. The shifted bin takes from (or gives to) the others in proportion,
 * so that the others act as one. A direction in which even moving everything is not enough is left
 * out; where that is so for all, nothing is detectable.
 */
export function leastFavourableShift(shares: readonly number[], needs: ShiftNeeds): Detectable {
  let worst = -Infinity;
  for (const share of new Set(shares)) {
    for (const end of [1, 0]) worst = Math.max(worst, requiredPsi({ share, end }, needs));
  }
  if (worst > -Infinity) return { kind: 'value', value: worst };
  return { kind: 'nothing', needs: 'more values: not even emptying or filling a bin would show' };
}

/** A bin's share of the baseline and the share towards which it moves. */
interface Shift {
  readonly share: number;
  readonly end: number;
}

/** The index once both needs are met on the way from `share` to `end`; −Infinity if never. */
function requiredPsi(shift: Shift, { n, m, needPsi, needChiSquared }: ShiftNeeds): number {
  const target = chiSquaredOf(shift, { n, m, at: shift.end });
  if (target <= needChiSquared) return -Infinity;
  if (needChiSquared === 0) return needPsi;
  const moved = findRoot((at) => chiSquaredOf(shift, { n, m, at }) - needChiSquared, {
    lower: shift.share,
    upper: shift.end,
  });
  // The index grows without bound towards either end, so the psi rule alone can always be met; but
  // what is emptier than half an observation is counted as half of one.
  const half = 0.5 / m;
  return Math.max(needPsi, psiOf(shift, Math.min(1 - half, Math.max(half, moved))));
}

function psiOf({ share }: Shift, at: number): number {
  return (at - share) * (Math.log(at / share) - Math.log((1 - at) / (1 - share)));
}

/** Noncentrality of the 2×B chi-squared statistic: nm Σ (p−q)²/(np + mq). */
function chiSquaredOf(
  { share }: Shift,
  { n, m, at }: { readonly n: number; readonly m: number; readonly at: number },
): number {
  const change = (at - share) ** 2;
  return n * m * change * (1 / (n * share + m * at) + 1 / (n * (1 - share) + m * (1 - at)));
}
