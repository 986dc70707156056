import { poissonDeviance } from './poisson-deviance.ts';
import { stirlingError } from './stirling-error.ts';

/** Arguments of {@link logIncompleteBeta}. */
export interface BetaArguments {
  readonly a: number;
  readonly b: number;
  /** Where the distribution function is taken, in [0, 1]. */
  readonly x: number;
  /** 1 − x, given apart because it cannot be computed from an x near 1. */
  readonly y: number;
}

/**
 * ln I_x(a, b), the logarithm of the regularised incomplete beta function, for a, b > 0: Lentz'
 * continued fraction on the side where it converges fast, behind a factor free of cancellation.
 * Cost grows with √max(a, b).
 */
export function logIncompleteBeta({ a, b, x, y }: BetaArguments): number {
  if (x <= 0) return -Infinity;
  if (y <= 0) return 0;
  if (x <= (a + 1) / (a + b + 2)) return Math.min(0, logDirect({ a, b, x, y }));
  return Math.log1p(-Math.exp(Math.min(0, logDirect({ a: b, b: a, x: y, y: x }))));
}

function logDirect({ a, b, x, y }: BetaArguments): number {
  const total = a + b;
  // ln of x^a y^b / (a B(a, b)), as a binomial probability of Loader's form times b/(a+b).
  const logFactor =
    stirlingError(total) -
    stirlingError(a) -
    stirlingError(b) -
    poissonDeviance(a, total * x) -
    poissonDeviance(b, total * y) +
    0.5 * Math.log(b / (2 * Math.PI * a * total));
  return logFactor + Math.log(continuedFraction({ a, b, x }));
}

function continuedFraction({ a, b, x }: { a: number; b: number; x: number }): number {
  const tiny = 1e-300;
  const keep = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / keep(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let k = 1; k < 10_000_000; k++) {
    const even = (k * (b - k) * x) / ((a + 2 * k - 1) * (a + 2 * k));
    d = 1 / keep(1 + even * d);
    c = keep(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + k) * (a + b + k) * x) / ((a + 2 * k) * (a + 2 * k + 1));
    d = 1 / keep(1 + odd * d);
    c = keep(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 2e-16) break;
  }
  return fraction;
}
