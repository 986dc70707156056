import { DETECTABLE_POWER } from '#libs/statistics/detectable.ts';
import { normalQuantile } from '#libs/statistics/distributions/normal-quantile.ts';
import type { Detectable } from '#libs/statistics/result.ts';

/**
 * The ks or kuiper distance that is found with a chance of at least 0.8, whatever the shape of the
 * shift: c′ + 0.8416·½√(1/n + 1/m), where c′ (`critical`) is the largest of the critical values and
 * the warning threshold. Kuiper's V is the largest change of any stretch as D is that of any ray,
 * so the same guarantee holds for it. Takes the critical value as given, because it is the costly
 * part and known by then.
 */
export function detectableDistance({
  n,
  m,
  critical,
}: {
  readonly n: number;
  readonly m: number;
  readonly critical: number;
}): Detectable {
  const value = critical + normalQuantile(DETECTABLE_POWER) * 0.5 * Math.sqrt(1 / n + 1 / m);
  if (value <= 1) return { kind: 'value', value };
  return { kind: 'nothing', needs: 'more values: not even complete separation is certain to show' };
}
