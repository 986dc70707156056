import { expect, test } from 'vitest';
import { splitStatistics } from './prominent-statistics.ts';

test('what decides and the usual ones come first, the rest waits', () => {
  const statistics = {
    hellinger: { statistic: 0.1 },
    wasserstein: { statistic: 3, threshold: { critical: 5 }, verdict: 'ok' },
    psi: { statistic: 0.2 },
    missing_rate: { statistic: 0 },
    ks: { statistic: 0.1, threshold: { critical: 0.2 }, verdict: 'ok' },
    kl: { statistic: 0.1 },
  } as const;
  expect(splitStatistics({ statistics })).toEqual({
    prominent: ['ks', 'wasserstein', 'psi', 'missing_rate'],
    further: ['hellinger', 'kl'],
  });
});

test('a limit makes a statistic prominent even where too few data keep it from deciding', () => {
  const statistics = { mean_shift: { statistic: 1, threshold: { warning: 0.5 } } };
  expect(splitStatistics({ statistics })).toEqual({ prominent: ['mean_shift'], further: [] });
});
