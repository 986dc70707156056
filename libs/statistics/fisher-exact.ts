import { logHypergeometric, type Urn } from './distributions/hypergeometric.ts';
import type { Significance } from './result.ts';
import { significanceFromLog } from './significance.ts';

/** Events counted in two samples: `count` of `n` against `windowCount` of `m`. */
export interface FisherTable {
  readonly baselineCount: number;
  readonly n: number;
  readonly windowCount: number;
  readonly m: number;
}

/** Tables whose probabilities differ by less are equally likely; the rest is rounding. */
const TIE = 1e-9;

/**
 * Fisher's exact test, two-sided: the total probability of the tables with the same margins that are
 * no likelier than the observed one. Sums ratios outward from the edge of each tail, so that p may
 * be arbitrarily small.
 */
export function fisherExact({ baselineCount, n, windowCount, m }: FisherTable): Significance {
  const urn: Urn = { total: n + m, marked: baselineCount + windowCount, draws: m };
  const least = Math.max(0, urn.marked - n);
  const most = Math.min(urn.marked, m);
  const observed = logHypergeometric(windowCount, urn);
  const limit = observed + TIE;
  const mode = Math.floor(((urn.marked + 1) * (m + 1)) / (urn.total + 2));
  const isTail = (k: number): boolean => logHypergeometric(k, urn) <= limit;
  // The probabilities fall on both sides of the mode, so each tail begins where a search finds it.
  const lowerEnd = lastTail({ isTail, from: least, to: mode });
  const upperEnd = -lastTail({ isTail: (k) => isTail(-k), from: -most, to: -mode - 1 });
  let sum = 0;
  if (lowerEnd >= least) sum += relativeTail(lowerEnd, { urn, end: least, observed });
  if (upperEnd <= most) sum += relativeTail(upperEnd, { urn, end: most, observed });
  return significanceFromLog(observed + Math.log(sum));
}

/** The largest k in [from, to] that is in the tail, where the tail is at the lower end; else from − 1. */
function lastTail({
  isTail,
  from,
  to,
}: {
  isTail: (k: number) => boolean;
  from: number;
  to: number;
}): number {
  let inside = from - 1;
  let outside = to + 1;
  while (outside - inside > 1) {
    const middle = Math.floor((inside + outside) / 2);
    if (isTail(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}

/** Σ of the probabilities from `start` to `end`, divided by the observed one. */
function relativeTail(
  start: number,
  { urn, end, observed }: { urn: Urn; end: number; observed: number },
): number {
  const { total, marked, draws } = urn;
  const up = end >= start;
  let term = Math.exp(logHypergeometric(start, urn) - observed);
  let sum = term;
  for (let k = start; k !== end; k += up ? 1 : -1) {
    term *= up
      ? ((marked - k) * (draws - k)) / ((k + 1) * (total - marked - draws + k + 1))
      : (k * (total - marked - draws + k)) / ((marked - k + 1) * (draws - k + 1));
    sum += term;
    if (term < 1e-18 * sum) break;
  }
  return sum;
}
