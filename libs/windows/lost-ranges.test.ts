import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LostRanges, mayTouch } from './lost-ranges.ts';
import { OffsetRanges } from './offset-ranges.ts';

const UNKNOWN = { cause: 'log', after: null, before: null } as const;
const ranges = fc
  .array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 20 })), { maxLength: 12 })
  .map((pairs) => pairs.map(([from, length]) => [from, from + length] as const));

function offsetsOf(list: readonly { readonly from: number; readonly to: number }[]): number[] {
  return list.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
}

test('each lost offset is news once, and none that was counted is lost', () => {
  fc.assert(
    fc.property(ranges, ranges, (lost, counted) => {
      const known = new LostRanges();
      const told = lost.flatMap(([from, to]) =>
        known.add({ ...UNKNOWN, from, to }).map(([a, b]) => ({ from: a, to: b })),
      );
      const all = new Set(offsetsOf(lost.map(([from, to]) => ({ from, to }))));
      expect(offsetsOf(told).sort()).toEqual([...all].sort());
      const inCounts = new Set(offsetsOf(counted.map(([from, to]) => ({ from, to }))));
      expect(offsetsOf(known.except(new OffsetRanges(counted)))).toEqual(
        [...all].filter((offset) => !inCounts.has(offset)).sort((a, b) => a - b),
      );
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('however often offsets are lost, no more than a hundred ranges are kept, and none is forgotten', () => {
  const lost = new LostRanges();
  const counted = new OffsetRanges();
  for (let i = 0; i < 500; i++) {
    lost.add({ ...UNKNOWN, from: 10 * i, to: 10 * i + 4, after: i, before: i + 1 });
    counted.add([10 * i + 4, 10 * i + 10]);
  }
  expect(lost.list().length).toBe(100);
  expect(offsetsOf(lost.except(counted))).toHaveLength(500 * 4);
  expect(lost.list()[0]).toMatchObject({ from: 0, after: 0, before: 401 });
});

test('a lost range belongs to the time between the blocks before and behind it', () => {
  const lost = new LostRanges();
  lost.add({ ...UNKNOWN, from: 4, to: 8, after: 100 });
  const touched = (start: number, latenessMs = 0) =>
    lost.list().some((range) => mayTouch(range, { start, end: start + 10, latenessMs }));
  expect([80, 90, 91, 500].map((start) => touched(start))).toEqual([false, false, true, true]);
  expect(touched(80, 15)).toBe(true);
  // A block in front of it says nothing of what comes behind it.
  lost.noteBehind(7, 120);
  expect(touched(500)).toBe(true);
  lost.noteBehind(8, 130);
  lost.noteBehind(9, 900);
  expect([91, 130, 131].map((start) => touched(start))).toEqual([true, true, false]);
  expect(lost.forgetBefore(130)).toEqual([]);
  expect(lost.forgetBefore(131)).toHaveLength(1);
  expect(lost.list()).toEqual([]);
});
