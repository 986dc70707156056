import { logBinomial } from './distributions/log-binomial.ts';
import { pelzGoodUpperTail } from './pelz-good.ts';
import type { Significance } from './result.ts';
import { significanceFromLog } from './significance.ts';

/** Terms up to which the sum runs over all of them; beyond, over evenly spaced ones. */
const MOST_TERMS = 512;
const SPACED_TERMS = 200;
/** Terms smaller than e^−45 of the largest cannot change the sum. */
const NEGLIGIBLE = 45;

/**
 * Two-sided p-value of a Kolmogorov–Smirnov distance D between large samples, by the distribution
 * of the one-sample statistic at K = round(nm/(n+m)): Smirnov's sum, doubled, up to 0.3; its
 * expansion there above K = 10⁶; Pelz and Good (1976) with four terms above 0.3.
 */
export function ksAsymptoticPValue(d: number, { n, m }: { n: number; m: number }): Significance {
  if (d <= 0) return significanceFromLog(0);
  if (d >= 1) return significanceFromLog(Math.LN2 + logOneSplit(n, m));
  const k = Math.max(1, Math.round((n * m) / (n + m)));
  const logNear = Math.LN2 + logSmirnovExpansion(d, k);
  // Beyond doubt above 0.3: the sum need not be computed to know on which side it is.
  if (k <= 100 || logNear < Math.log(0.33)) {
    const logFar = k <= 1e6 ? Math.LN2 + logSmirnovSum(d, k) : logNear;
    if (logFar <= Math.log(0.3)) return significanceFromLog(logFar);
  }
  return significanceFromLog(Math.log(pelzGoodUpperTail(d, k)));
}

/** ln of the chance that a random split puts all of one sample below the other. */
function logOneSplit(n: number, m: number): number {
  const total = n + m;
  const p = n / total;
  const q = m / total;
  return n * Math.log(p) + m * Math.log(q) - logBinomial(n, { n: total, p, q });
}

/** ln of 2·exp(−y − (2y² − 4y − 1)/(18K)) / 2, y = (6KD + 1)²/(18K). */
function logSmirnovExpansion(d: number, k: number): number {
  const y = (6 * k * d + 1) ** 2 / (18 * k);
  return -y - (2 * y * y - 4 * y - 1) / (18 * k);
}

/** ln of D·Σ_j C(K,j)(D+j/K)^(j−1)(1−D−j/K)^(K−j) over 0 ≤ j ≤ K(1−D). */
function logSmirnovSum(d: number, k: number): number {
  const last = Math.floor(k * (1 - d));
  const at = (j: number): number => logSmirnovTerm(j, d, k);
  if (last < MOST_TERMS) return logSum({ from: 0, to: last, stride: 1, at });
  const peak = findPeak(at, last);
  const floor = at(peak) - NEGLIGIBLE;
  const edge = (j: number): number => at(j) - floor;
  const from = at(0) >= floor ? 0 : Math.floor(crossing(edge, { inside: peak, outside: 0 }));
  const to = at(last) >= floor ? last : Math.ceil(crossing(edge, { inside: peak, outside: last }));
  if (to - from < MOST_TERMS) return logSum({ from, to, stride: 1, at });
  // The terms vanish smoothly on both sides, so the trapezoidal rule over a few hundred of them
  // converges faster than any power and agrees with the whole sum to about 1e-13.
  const stride = (to - from) / SPACED_TERMS;
  return logSum({ from, to, stride, at }) + Math.log(stride);
}

function logSmirnovTerm(j: number, d: number, k: number): number {
  const p = d + j / k;
  const q = 1 - p;
  if (q <= 0) return j >= k ? Math.log(d / p) : -Infinity;
  return Math.log(d / p) + logBinomial(j, { n: k, p, q });
}

function logSum({
  from,
  to,
  stride,
  at,
}: {
  from: number;
  to: number;
  stride: number;
  at: (j: number) => number;
}): number {
  let largest = -Infinity;
  let sum = 0;
  for (let j = from; j <= to + stride * 1e-9; j += stride) {
    const term = at(Math.min(j, to));
    if (term <= largest) sum += Math.exp(term - largest);
    else {
      sum = sum * Math.exp(largest - term) + 1;
      largest = term;
    }
  }
  return largest + Math.log(sum);
}

/** Golden-section search for the largest term; the terms have one peak. */
function findPeak(at: (j: number) => number, last: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = 0;
  let high = last;
  let left = high - golden * (high - low);
  let right = low + golden * (high - low);
  let atLeft = at(left);
  let atRight = at(right);
  while (high - low > 1e-3 * last + 1) {
    if (atLeft < atRight) {
      low = left;
      left = right;
      atLeft = atRight;
      right = low + golden * (high - low);
      atRight = at(right);
    } else {
      high = right;
      right = left;
      atRight = atLeft;
      left = high - golden * (high - low);
      atLeft = at(left);
    }
  }
  return (low + high) / 2;
}

function crossing(
  edge: (j: number) => number,
  { inside, outside }: { inside: number; outside: number },
): number {
  let near = inside;
  let far = outside;
  // A wider range costs nothing but a few terms, so a rough place will do.
  while (Math.abs(far - near) > 0.01 * Math.abs(far - inside) + 1) {
    const middle = (near + far) / 2;
    if (edge(middle) > 0) near = middle;
    else far = middle;
  }
  return far;
}
