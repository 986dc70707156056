import { expect, test } from 'vitest';
import { evaluation } from '../state/evaluation.fixture.ts';
import { historyData } from './history-data.ts';

test('a point is judged by its own statistic, not by the field', () => {
  const ks = { statistic: 0.05, verdict: 'ok' } as const;
  const history = [
    evaluation({ start: 0, verdict: 'critical', statistics: { ks } }),
    evaluation({
      start: 1,
      verdict: 'insufficient_data',
      statistics: { ks: { statistic: 9, critical_value: 7 } },
    }),
    evaluation({ start: 2, statistics: { ks: { statistic: 0.1 } } }),
    evaluation({ start: 3 }),
  ];
  const { states, columns } = historyData(history, 'ks');
  expect(states).toEqual(['ok', 'insufficient_data', 'none', 'none']);
  expect(columns[0]).toEqual([0, 1, 2, 3]);
  expect(columns[1]).toEqual([0.05, null, 0.1, null]);
  expect(columns.flat()).not.toContain(7);
});
