import { describe, expect, test } from 'vitest';
import { boundWords, calmWords, headline, headlineWithin, noiseWords } from './statistic-words.ts';

describe('a statistic in words', () => {
  test('with its unit: values of the field, standard deviations, points', () => {
    expect(headline('wasserstein', { figure: { statistic: 1234.5 }, limit: 1000 })).toBe(
      'Values moved on average by 1,235 (limit 1,000)',
    );
    expect(headline('mean_shift', { figure: { statistic: 0.81 }, limit: 0.5 })).toBe(
      'Mean shift 0.81 sd (limit 0.50 sd)',
    );
    const missing = { statistic: 0.2, baseline: 0, window: 0.2 };
    expect(headline('missing_rate', { figure: missing, limit: 0.05 })).toBe(
      'Missing 0% → 20% (limit 5 points)',
    );
    expect(calmWords('ks', { figure: { statistic: 0.052 }, limit: 0.1 })).toBe(
      'KS 0.05, limit 0.10',
    );
  });

  test('an AUC with the limit and the noise on its own side', () => {
    const low = { statistic: 0.13, critical_value: 0.02, details: { auc: 0.37 } };
    const high = { statistic: 0.13, critical_value: 0.02, details: { auc: 0.63 } };
    expect(headline('mann_whitney', { figure: low, limit: 0.1 })).toBe('AUC 0.37 (limit 0.40)');
    expect(headline('mann_whitney', { figure: high, limit: 0.1 })).toBe('AUC 0.63 (limit 0.60)');
    expect(noiseWords('mann_whitney', low)).toBe('noise would not fall below 0.48');
    expect(noiseWords('mann_whitney', high)).toBe('noise would not exceed 0.52');
  });

  test('proper names keep their capital within a sentence', () => {
    const parts = { figure: { statistic: 3 }, limit: 2 };
    expect(headlineWithin('anderson_darling', parts)).toMatch(/^Anderson–Darling 3/);
    expect(headlineWithin('total_variation', parts)).toMatch(/^total variation 3/);
    expect(headlineWithin('wasserstein', parts)).toMatch(/^values moved on average by 3/);
    expect(headlineWithin('ks', parts)).toMatch(/^KS 3/);
  });

  test('no word on noise where none is known', () => {
    expect(noiseWords('wasserstein', { statistic: 3 })).toBe('');
    expect(boundWords('mean_shift', { figure: { statistic: 1 }, bound: 0.05 })).toBe('0.05 sd');
  });
});
