import type { Comparison, FieldComparison } from '#libs/comparison/comparison.ts';
import type { CheckReport } from './report.ts';

/** A field that stays within its limit, with what a test says otherwise. */
export function sampleField(changes: Partial<FieldComparison> = {}): FieldComparison {
  return {
    type: 'categorical',
    n: 50_000,
    m: 41_802,
    missing: { baseline: 0, current: 0 },
    verdict: 'ok',
    reason_code: 'within_limits',
    reason: 'PSI 0.01, limit 0.10.',
    bins: [],
    statistics: {
      psi: {
        statistic: 0.012,
        p_value: 0.4,
        p_adjusted: 0.4,
        threshold: { warning: 0.1, critical: 0.25 },
        verdict: 'ok',
      },
    },
    warnings: [],
    ...changes,
  };
}

/** The sample of the documentation: a field that drifted, one that did not, one without data. */
export function sampleFields(): Record<string, FieldComparison> {
  return {
    tenure: sampleField({
      type: 'numeric',
      m: 12,
      verdict: 'insufficient_data',
      reason_code: 'below_min_samples',
      reason: '12 values, needs 100.',
      needs: 100,
      statistics: {},
    }),
    country: sampleField(),
    amount: sampleField({
      type: 'numeric',
      verdict: 'critical',
      reason_code: 'ks_critical',
      reason: 'KS 0.27 (limit 0.20), n = 41,802; noise would not exceed 0.02. Median 41 → 63.',
      statistics: {
        ks: {
          statistic: 0.27,
          p_value: 0,
          p_adjusted: 0,
          log10_p: -1200,
          threshold: { warning: 0.1, critical: 0.2 },
          verdict: 'critical',
        },
        missing_rate: {
          statistic: 0,
          p_value: 1,
          p_adjusted: 1,
          baseline: 0,
          current: 0,
          threshold: { warning: 0.01, critical: 0.05 },
          verdict: 'ok',
        },
      },
      detail: {
        shares: [
          { label: '≤ 50', baseline: 0.6, current: 0.3 },
          { label: '> 50', baseline: 0.4, current: 0.7 },
        ],
        cumulative: { x: [10, 50, 90], baseline: [0.1, 0.6, 1], current: [0.05, 0.33, 1] },
        gap: { x: 50, baseline: 0.6, current: 0.33 },
        quantiles: { levels: [0.5], baseline: [41], current: [63] },
      },
    }),
  };
}

export function sampleReport(
  changes: Partial<Comparison> = {},
  fields: Record<string, FieldComparison> = sampleFields(),
): CheckReport {
  return {
    comparison: {
      fields,
      verdict: 'critical',
      baseline: { rows: 50_000, hash: 'a1' },
      current: { rows: 41_802 },
      notes: [],
      ...changes,
    },
    baseline: 'train.parquet',
    current: 'today.parquet',
    failOn: 'critical',
  };
}
