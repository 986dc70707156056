import { poissonDeviance } from './poisson-deviance.ts';
import { stirlingError } from './stirling-error.ts';

/** The two regularised incomplete gamma functions, as logarithms. */
export interface IncompleteGamma {
  /** ln P(a, x), the lower one. */
  readonly logLower: number;
  /** ln Q(a, x), the upper one; finite far beyond where Q underflows. */
  readonly logUpper: number;
}

/** ln of x^a e^−x / Γ(a+1), the term that both incomplete gamma functions share. */
export function logGammaTerm(a: number, x: number): number {
  return -stirlingError(a) - poissonDeviance(a, x) - 0.5 * Math.log(2 * Math.PI * a);
}

/**
 * Regularised incomplete gamma functions for a > 0, x ≥ 0: the series of P below a+1, Lentz'
 * continued fraction of Q above. Cost grows with √a.
 */
export function incompleteGamma(a: number, x: number): IncompleteGamma {
  if (x === 0) return { logLower: -Infinity, logUpper: 0 };
  if (x === Infinity) return { logLower: 0, logUpper: -Infinity };
  if (x < a + 1) {
    const logLower = Math.min(0, logGammaTerm(a, x) + Math.log(lowerSeries(a, x)));
    return { logLower, logUpper: Math.log1p(-Math.exp(logLower)) };
  }
  const logUpper = Math.min(0, logGammaTerm(a, x) + Math.log(a * upperFraction(a, x)));
  return { logLower: Math.log1p(-Math.exp(logUpper)), logUpper };
}

function lowerSeries(a: number, x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; ; k++) {
    term *= x / (a + k);
    sum += term;
    if (term < sum * 1e-17) return sum;
  }
}

function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 10_000_000; k++) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const step = c * d;
    fraction *= step;
    if (Math.abs(step - 1) < 2e-16) break;
  }
  return fraction;
}
