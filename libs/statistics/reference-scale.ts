import type { StatisticName } from './result.ts';

/** The statistics that reference windows can judge; the others have no such scale. */
export type ReferenceStatistic = Extract<
  StatisticName,
  'ks' | 'kuiper' | 'psi' | 'chi_squared' | `${string}_rate`
>;

/** Whether reference windows can judge a statistic. */
export function hasReferenceScale(name: StatisticName): name is ReferenceStatistic {
  return name.endsWith('_rate') || ['ks', 'kuiper', 'psi', 'chi_squared'].includes(name);
}

/** Sample sizes of a comparison. */
interface Sizes {
  readonly n: number;
  readonly m: number;
}

/**
 * The scale x of a statistic, on which its null distribution does not depend on the sample sizes:
 * en·D², en·V², PSI/(1/n + 1/m); a chi-squared statistic (also the 2×2 one of a rate) is its own.
 */
export function toReferenceScale(
  name: ReferenceStatistic,
  { value, n, m }: Sizes & { readonly value: number },
): number {
  const en = (n * m) / (n + m);
  if (name === 'ks' || name === 'kuiper') return en * value * value;
  if (name === 'psi') return en * value;
  return value;
}

/** The inverse of {@link toReferenceScale}: what x means as a value of the statistic. */
export function fromReferenceScale(
  name: ReferenceStatistic,
  { x, n, m }: Sizes & { readonly x: number },
): number {
  const en = (n * m) / (n + m);
  if (name === 'ks' || name === 'kuiper') return Math.sqrt(x / en);
  if (name === 'psi') return x / en;
  return x;
}

/** Mean of x under independent events; `bins` counts the bins that are not empty. */
export function iidMean(name: ReferenceStatistic, bins = 2): number {
  if (name === 'ks') return Math.PI ** 2 / 12;
  if (name === 'kuiper') return Math.PI ** 2 / 6;
  if (name === 'psi' || name === 'chi_squared') return bins - 1;
  return 1;
}
