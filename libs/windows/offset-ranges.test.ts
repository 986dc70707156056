import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OffsetRange, OffsetRanges } from './offset-ranges.ts';

const range = fc
  .tuple(fc.nat(60), fc.integer({ min: 1, max: 9 }))
  .map(([from, length]): OffsetRange => [from, from + length]);

describe('OffsetRanges', () => {
  it('agree with a set of single offsets', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 20 }), range, (added, asked) => {
        const ranges = new OffsetRanges(added);
        const members = new Set<number>();
        for (const [from, to] of added) for (let i = from; i < to; i++) members.add(i);
        const offsets = Array.from({ length: asked[1] - asked[0] }, (_, i) => asked[0] + i);
        expect(ranges.overlaps(asked)).toBe(offsets.some((offset) => members.has(offset)));
        expect(ranges.covers(asked)).toBe(offsets.every((offset) => members.has(offset)));
        const missing = ranges.missing(asked);
        expect(missing.every(([a, b]) => a < b)).toBe(true);
        expect(missing.flatMap(([a, b]) => Array.from({ length: b - a }, (_, i) => a + i))).toEqual(
          offsets.filter((offset) => !members.has(offset)),
        );
        const sorted = [...members].sort((a, b) => a - b);
        expect(ranges.end).toBe(sorted.length === 0 ? 0 : sorted.at(-1)! + 1);
        const listed = ranges.list();
        expect(listed.flatMap(([a, b]) => Array.from({ length: b - a }, (_, i) => a + i))).toEqual(
          sorted,
        );
        for (const [i, [from]] of listed.slice(1).entries())
          expect(from).toBeGreaterThan(listed[i]![1]);
        const holes = ranges
          .gaps()
          .flatMap(([a, b]) => Array.from({ length: b - a }, (_, i) => a + i));
        const expected =
          sorted.length === 0
            ? []
            : Array.from({ length: ranges.end - sorted[0]! }, (_, i) => sorted[0]! + i);
        expect(holes).toEqual(expected.filter((offset) => !members.has(offset)));
        expect(new OffsetRanges(added.toReversed()).list()).toEqual(listed);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it.each([[[3, 3]], [[4, 3]], [[Number.NaN, 3]]] as [OffsetRange][])('refuse %j', (empty) => {
    expect(() => new OffsetRanges().add(empty)).toThrow(RangeError);
  });
});
