import { expect, test } from 'vitest';
import { evaluation } from '../state/evaluation.fixture.ts';
import { limitColumns } from './limit-columns.ts';

function volume(start: number, statistic: number) {
  const threshold = { critical: statistic < 1 ? 0.5 : 2 };
  return evaluation({ start, statistics: { volume: { statistic, threshold } } });
}

test('a ratio has a limit on each side, though a window names only its own', () => {
  const columns = limitColumns([volume(0, 1.1), volume(1, 0.9), volume(2, 1.2)], 'volume');
  expect(columns.critical).toEqual([2, 2, 2]);
  expect(columns.criticalLow).toEqual([0.5, 0.5, 0.5]);
  expect(columns.warning).toEqual([null, null, null]);
});

test('other statistics show the limits of each window as they were', () => {
  const history = [0.1, undefined, 0.3].map((warning, start) =>
    evaluation({
      start,
      statistics: warning === undefined ? {} : { ks: { statistic: 0.2, threshold: { warning } } },
    }),
  );
  const columns = limitColumns(history, 'ks');
  expect(columns.warning).toEqual([0.1, null, 0.3]);
  expect(columns.criticalLow).toEqual([null, null, null]);
});
