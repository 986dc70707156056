import { stirlingError } from './stirling-error.ts';

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/** ln Γ(x) for x > 0, by Stirling's formula with its error; about 1e-14 absolute or relative. */
export function logGamma(x: number): number {
  return HALF_LOG_2PI + (x - 0.5) * Math.log(x) - x + stirlingError(x);
}
