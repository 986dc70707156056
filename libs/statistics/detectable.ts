import { chiSquaredCriticalValue } from './chi-squared.ts';
import { noncentralityForPower } from './distributions/noncentrality-for-power.ts';
import { normalQuantile } from './distributions/normal-quantile.ts';
import { ksCriticalValue } from './ks-critical-value.ts';
import { leastFavourableShift } from './least-favourable-shift.ts';
import { psiCriticalValue } from './psi.ts';
import { requireSamples } from './require-samples.ts';
import type { Detectable } from './result.ts';

/** The power that "could have detected" stands for. */
export const DETECTABLE_POWER = 0.8;

/** Sample sizes, the raw level, and what else a value must exceed. */
export interface DetectableOptions {
  readonly n: number;
  readonly m: number;
  readonly alpha: number;
  /** The warning threshold; 0 where the statistic has none. */
  readonly threshold?: number;
  /** Critical value under reference evidence, in the statistic's unit; the larger one counts. */
  readonly referenceCritical?: number;
}

/**
 * The Kolmogorov–Smirnov distance that is detected with a chance of at least 0.8, whatever the
 * shape of the shift: c′ + 0.8416·½√(1/n + 1/m), c′ the largest of the critical values and the
 * threshold.
 *
 * @throws RangeError when a sample is empty or alpha is not in (0, 1)
 */
export function detectableKs(options: DetectableOptions): Detectable {
  const { n, m } = options;
  const critical = Math.max(
    ksCriticalValue(options).value,
    options.threshold ?? 0,
    options.referenceCritical ?? 0,
  );
  const value = critical + normalQuantile(DETECTABLE_POWER) * 0.5 * Math.sqrt(1 / n + 1 / m);
  if (value <= 1) return { kind: 'value', value };
  return { kind: 'nothing', needs: 'more values: not even complete separation is certain to show' };
}

/**
 * The mean shift, in standard deviations of both samples, that Welch's test detects with a chance of
 * 0.8: c′ + 0.8416·√(1/n + 1/m), c′ the larger of z_{1−α/2}·√(1/n + 1/m) and the threshold.
 *
 * @throws RangeError when a sample is empty or alpha is not in (0, 1)
 */
export function detectableMeanShift({
  n,
  m,
  alpha,
  threshold = 0,
}: Pick<DetectableOptions, 'n' | 'm' | 'alpha' | 'threshold'>): number {
  requireSamples('a detectable mean shift', { n, m });
  const error = Math.sqrt(1 / n + 1 / m);
  const critical = Math.max(-normalQuantile(alpha / 2) * error, threshold);
  return critical + normalQuantile(DETECTABLE_POWER) * error;
}

/**
 * The population stability index that is detected with a chance of 0.8 by both of its rules, for
 * the least favourable shift of one bin. Each rule must reach P(χ′²_{B−1}(λ) ≥ c′) = 0.8 on its own
 * scale, PSI·nm/(n+m) and the chi-squared statistic. `baseline` holds the baseline's bin counts.
 *
 * @throws RangeError when a sample is empty or alpha is not in (0, 1)
 */
export function detectablePsi(baseline: ArrayLike<number>, options: DetectableOptions): Detectable {
  const { n, m, alpha, threshold = 0, referenceCritical = 0 } = options;
  requireSamples('a detectable psi', { n, m });
  const counts = Array.from(baseline).filter((count) => count > 0);
  const bins = counts.length;
  if (bins < 2) return { kind: 'nothing', needs: 'at least two bins with baseline values' };
  const en = (n * m) / (n + m);
  const df = bins - 1;
  const critical = Math.max(psiCriticalValue({ n, m, alpha, bins }), threshold, referenceCritical);
  const power = DETECTABLE_POWER;
  const needPsi = noncentralityForPower({ df, critical: critical * en, power }) / en;
  const needChiSquared = noncentralityForPower({
    df,
    critical: chiSquaredCriticalValue({ bins, alpha }),
    power,
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => count / total);
  return leastFavourableShift(shares, { n, m, needPsi, needChiSquared });
}
