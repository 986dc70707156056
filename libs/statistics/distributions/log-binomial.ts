import { poissonDeviance } from './poisson-deviance.ts';
import { stirlingError } from './stirling-error.ts';

/**
 * ln of the binomial probability of k successes in n trials with chance p, where q = 1 − p is
 * given apart. Saddle-point form of Loader 2000; n, k and n − k need not be integers.
 */
export function logBinomial(
  k: number,
  { n, p, q }: { readonly n: number; readonly p: number; readonly q: number },
): number {
  const rest = n - k;
  if (k < 0 || rest < 0) return -Infinity;
  if (k === 0) return n === 0 ? 0 : p < 0.1 ? n * Math.log1p(-p) : n * Math.log(q);
  if (rest === 0) return q < 0.1 ? n * Math.log1p(-q) : n * Math.log(p);
  if (p <= 0 || q <= 0) return -Infinity;
  return (
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(rest) -
    poissonDeviance(k, n * p) -
    poissonDeviance(rest, n * q) +
    0.5 * Math.log(n / (2 * Math.PI * k * rest))
  );
}
