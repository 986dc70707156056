import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Evaluation } from '#libs/detectors/evaluation.ts';
import { evaluation } from './evaluation.fixture.ts';
import { mergeHistories, seriesKey } from './history.ts';

const EMPTY: ReadonlyMap<string, readonly Evaluation[]> = new Map();
const KEY = seriesKey({ monitor: 'm', field: 'f', segment: null });

test('the order in which evaluations arrive does not matter', () => {
  const list = fc.uniqueArray(
    fc.record({ start: fc.integer({ min: 0, max: 9 }), revision: fc.integer({ min: 1, max: 3 }) }),
    { selector: ({ start, revision }) => `${start}/${revision}` },
  );
  fc.assert(
    fc.property(list, fc.integer({ min: 0, max: 20 }), (arrivals, cut) => {
      const evaluations = arrivals.map((arrival) => evaluation(arrival));
      const once = mergeHistories(EMPTY, evaluations, { limit: 100 });
      const twice = mergeHistories(
        mergeHistories(EMPTY, evaluations.slice(cut).reverse(), { limit: 100 }),
        evaluations.slice(0, cut),
        { limit: 100 },
      );
      expect(twice.get(KEY)).toEqual(once.get(KEY));
      const starts = once.get(KEY)?.map(({ window }) => window.start) ?? [];
      expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
    }),
    { seed: 11 },
  );
});

test('an older revision never replaces a newer one', () => {
  const newer = mergeHistories(EMPTY, [evaluation({ start: 1, revision: 3 })], { limit: 10 });
  const merged = mergeHistories(newer, [evaluation({ start: 1, revision: 2 })], { limit: 10 });
  expect(merged.get(KEY)?.[0]?.revision).toBe(3);
});

test('the newest windows are kept within the limit', () => {
  const evaluations = Array.from({ length: 30 }, (_, start) => evaluation({ start, revision: 1 }));
  const merged = mergeHistories(EMPTY, evaluations, { limit: 4 });
  expect(merged.get(KEY)?.map(({ window }) => window.start)).toEqual([26, 27, 28, 29]);
});

test('a field without news keeps its very array', () => {
  const first = mergeHistories(EMPTY, [evaluation({ start: 1, revision: 1 })], { limit: 10 });
  const other = { ...evaluation({ start: 1, revision: 1 }), field: 'g' };
  expect(mergeHistories(first, [other], { limit: 10 }).get(KEY)).toBe(first.get(KEY));
});
