import { expect, test } from 'vitest';
import { leadingStatistic, orderedStatistics } from './leading-statistic.ts';

const warning = { statistic: 0.1, verdict: 'warning', threshold: { warning: 0.1 } } as const;
const ok = { statistic: 0, verdict: 'ok', threshold: { warning: 0.1 } } as const;
const shown = { statistic: 9 } as const;

test('the statistic that is worst explains the verdict', () => {
  const statistics = { ks: ok, missing_rate: warning, wasserstein: shown };
  expect(orderedStatistics({ statistics })).toEqual(['missing_rate', 'ks', 'wasserstein']);
});

test('among equals the distribution comes before rates and what is only shown', () => {
  const statistics = { anderson_darling: shown, missing_rate: ok, ks: ok };
  expect(leadingStatistic({ statistics })).toBe('ks');
});

test('too few data do not hand the lead to a rate that happened to be judged', () => {
  const statistics = { ks: { statistic: 0.5, threshold: { warning: 0.1 } }, missing_rate: ok };
  expect(leadingStatistic({ statistics })).toBe('ks');
});

test('no statistics, no leader', () => {
  expect(leadingStatistic({ statistics: {} })).toBeUndefined();
});
