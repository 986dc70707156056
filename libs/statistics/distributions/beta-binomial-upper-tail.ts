import type { Significance } from '../result.ts';
import { significanceFromLog } from '../significance.ts';
import { logGamma } from './log-gamma.ts';
import { stirlingError } from './stirling-error.ts';

/** A beta-binomial distribution: `trials` draws whose chance follows Beta(a, b). */
export interface BetaBinomial {
  readonly trials: number;
  readonly a: number;
  readonly b: number;
}

/**
 * P(X ≥ successes) for a beta-binomial X. Sums upwards from `successes`, or downwards below it
 * where that is the shorter way and the tail is large; cost grows with the tail's width.
 */
export function betaBinomialUpperTail(successes: number, options: BetaBinomial): Significance {
  const { trials, a, b } = options;
  if (!(a > 0) || !(b > 0) || !(trials >= 0)) {
    throw new RangeError(
      `Cannot compute a beta-binomial tail: a and b must be > 0 and trials ≥ 0, got ${a}, ${b} and ${trials}`,
    );
  }
  if (successes <= 0) return significanceFromLog(0);
  if (successes > trials) return significanceFromLog(-Infinity);
  if (successes <= (trials * a) / (a + b)) {
    const logFirst = logMass(successes - 1, options);
    let sum = 1;
    let term = 1;
    for (let k = successes - 1; k > 0; k--) {
      term *= (k * (b + trials - k)) / ((trials - k + 1) * (a + k - 1));
      sum += term;
      if (term < 1e-18 * sum) break;
    }
    const below = logFirst + Math.log(sum);
    // 1 − P is harmless only while the difference keeps its digits.
    if (below < Math.log(0.99)) return significanceFromLog(Math.log1p(-Math.exp(below)));
  }
  let sum = 1;
  let term = 1;
  for (let k = successes; k < trials; k++) {
    const ratio = ((trials - k) * (a + k)) / ((k + 1) * (b + trials - k - 1));
    term *= ratio;
    sum += term;
    if (ratio < 1 && term < 1e-18 * sum * (1 - ratio)) break;
  }
  return significanceFromLog(logMass(successes, options) + Math.log(sum));
}

function logMass(k: number, { trials, a, b }: BetaBinomial): number {
  const rest = trials - k;
  return (
    logGammaStep(k + 1, a - 1) +
    logGammaStep(rest + 1, b - 1) -
    logGammaStep(trials + 1, a + b - 1) -
    (logGamma(a) + logGammaStep(b, a) * -1)
  );
}

/** ln Γ(x + d) − ln Γ(x) without subtracting two large numbers. */
function logGammaStep(x: number, d: number): number {
  const y = x + d;
  return (
    (x - 0.5) * Math.log1p(d / x) + d * (Math.log(y) - 1) + stirlingError(y) - stirlingError(x)
  );
}
