import { incompleteGamma, logGammaTerm } from './incomplete-gamma.ts';

/** A noncentral chi-squared tail and how fast it grows with the noncentrality. */
export interface NoncentralTail {
  readonly probability: number;
  /** Derivative of the probability by λ. */
  readonly slope: number;
}

/** P(χ′²_df(λ) ≥ x) for df > 0, λ ≥ 0, x ≥ 0: see {@link noncentralChiSquaredTail}. */
export function noncentralChiSquaredUpperTail(
  x: number,
  options: { df: number; noncentrality: number },
): number {
  return noncentralChiSquaredTail(x, options).probability;
}

/**
 * The same with its slope: the Poisson mixture of central tails, summed upwards by
 * Q(a+1, x) = Q(a, x) + x^a e^−x/Γ(a+1), so that every term is positive. Cost grows with √λ;
 * probabilities below about 1e-290 round to 0.
 */
export function noncentralChiSquaredTail(
  x: number,
  { df, noncentrality }: { df: number; noncentrality: number },
): NoncentralTail {
  const mean = noncentrality / 2;
  const half = x / 2;
  if (half === 0) return { probability: 1, slope: 0 };
  const first = Math.max(0, Math.floor(mean - 9 * Math.sqrt(mean) - 10));
  let a = df / 2 + first;
  let tail = Math.exp(incompleteGamma(a, half).logUpper);
  let density = Math.exp(logGammaTerm(a, half));
  let weight = first === 0 ? Math.exp(-mean) : Math.exp(logGammaTerm(first, mean));
  let probability = 0;
  let slope = 0;
  let previous = 0;
  for (let j = first; ; j++) {
    const term = weight * Math.min(1, tail);
    probability += term;
    slope += 0.5 * weight * density;
    // Terms rise to one peak and then fall, beyond the mean of the weights.
    if (j > mean && term <= previous && term <= 1e-18 * probability) break;
    if (j > mean && weight === 0) break;
    previous = term;
    tail += density;
    a += 1;
    density *= half / a;
    weight *= mean / (j + 1);
  }
  return { probability: Math.min(1, probability), slope };
}
