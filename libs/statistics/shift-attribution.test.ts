import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ksDistance } from './ks.ts';
import { attributeShift, type SegmentShift } from './shift-attribution.ts';

const CELLS = 5;
const counts = fc.array(fc.nat(1000), { minLength: CELLS, maxLength: CELLS });
const segment: fc.Arbitrary<SegmentShift> = fc.record({ baseline: counts, window: counts });
const segments = fc
  .array(segment, { minLength: 1, maxLength: 6 })
  .filter((all) => total(all, 'baseline') > 0 && total(all, 'window') > 0);
const weights = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
  minLength: CELLS,
  maxLength: CELLS,
});

function total(all: readonly SegmentShift[], side: keyof SegmentShift): number {
  return together(all, side).reduce((sum, count) => sum + count, 0);
}

function together(all: readonly SegmentShift[], side: keyof SegmentShift): number[] {
  return Array.from({ length: CELLS }, (_, cell) =>
    all.reduce((sum, each) => sum + each[side][cell]!, 0),
  );
}

describe('attributeShift', () => {
  test('parts sum to the shift of the whole, straight from its definition', () => {
    fc.assert(
      fc.property(weights, segments, (lambda, all) => {
        const result = attributeShift(lambda, all);
        const n = total(all, 'baseline');
        const m = total(all, 'window');
        const [p, q] = [together(all, 'baseline'), together(all, 'window')];
        const shift = lambda.reduce((sum, l, cell) => sum + l * (q[cell]! / m - p[cell]! / n), 0);
        const sum = result.parts.reduce((parts, { within, mix }) => parts + within + mix, 0);
        expect(result.total).toBeCloseTo(shift, 10);
        expect(sum).toBeCloseTo(shift, 10);
        expect(result.parts.reduce((sum, { baseline }) => sum + baseline, 0)).toBeCloseTo(1, 12);
        expect(result.parts.reduce((sum, { window }) => sum + window, 0)).toBeCloseTo(1, 12);
      }),
      { seed: 501, numRuns: 300 },
    );
  });

  test('a constant added to all weights changes no part', () => {
    fc.assert(
      fc.property(
        weights,
        segments,
        fc.double({ min: -5, max: 5, noNaN: true }),
        (lambda, all, c) => {
          const plain = attributeShift(lambda, all).parts;
          const moved = attributeShift(
            lambda.map((weight) => weight + c),
            all,
          ).parts;
          for (const [i, { within, mix }] of plain.entries()) {
            expect(moved[i]!.within).toBeCloseTo(within, 9);
            expect(moved[i]!.mix).toBeCloseTo(mix, 9);
          }
        },
      ),
      { seed: 502, numRuns: 200 },
    );
  });

  test('ks at its gap: the parts sum to the statistic', () => {
    fc.assert(
      fc.property(segments, (all) => {
        const cells = { baseline: together(all, 'baseline'), window: together(all, 'window') };
        const { statistic, location, d_plus } = ksDistance({
          baseline: Float64Array.from(cells.baseline),
          window: Float64Array.from(cells.window),
        });
        const sign = statistic === d_plus ? -1 : 1;
        const lambda = cells.baseline.map((_, cell) => (cell <= location ? sign : 0));
        expect(attributeShift(lambda, all).total).toBeCloseTo(statistic, 12);
      }),
      { seed: 503, numRuns: 200 },
    );
  });

  test('merging segments that changed alike adds their parts', () => {
    const a = { baseline: [10, 30], window: [25, 15] };
    const b = { baseline: [20, 60], window: [50, 30] };
    const rest = { baseline: [40, 40], window: [40, 40] };
    const apart = attributeShift([1, 0], [a, b, rest]).parts;
    const merged = attributeShift([1, 0], [{ baseline: [30, 90], window: [75, 45] }, rest]).parts;
    expect(apart[0]!.within + apart[1]!.within).toBeCloseTo(merged[0]!.within, 12);
    expect(apart[0]!.mix + apart[1]!.mix).toBeCloseTo(merged[0]!.mix, 12);
  });

  test('one segment that changed carries all of it; one that only grew carries none', () => {
    const still = { baseline: [50, 50], window: [50, 50] };
    const changed = { baseline: [50, 50], window: [90, 10] };
    const [of, other] = attributeShift([1, 0], [changed, still]).parts;
    expect(of).toMatchObject({ mix: 0, baseline: 0.5, window: 0.5 });
    expect(of!.within).toBeCloseTo(0.2, 12);
    expect(other).toMatchObject({ within: 0, mix: 0 });
    const grown = attributeShift([1, 0], [{ baseline: [5, 5], window: [50, 50] }, still]);
    expect(grown.total).toBe(0);
    expect(grown.parts.every(({ within, mix }) => within === 0 && mix === 0)).toBe(true);
  });

  test('only the mix: 20% of high values become 60%', () => {
    const { total: shift, parts } = attributeShift(
      [0, 1],
      [
        { baseline: [80, 0], window: [40, 0] },
        { baseline: [0, 20], window: [0, 60] },
      ],
    );
    expect(shift).toBeCloseTo(0.4, 12);
    for (const { within, mix } of parts) {
      expect(within).toBe(0);
      expect(mix).toBeGreaterThan(0);
    }
  });

  test('a segment that is new, or gone, adds nothing but mix', () => {
    const parts = (all: SegmentShift[]) => attributeShift([1, 0], all).parts;
    const usual = { baseline: [50, 50], window: [50, 50] };
    const fresh = parts([usual, { baseline: [0, 0], window: [30, 0] }])[1]!;
    expect(fresh.within).toBe(0);
    expect(fresh.mix).toBeGreaterThan(0);
    const gone = parts([usual, { baseline: [30, 0], window: [0, 0] }])[1]!;
    expect(gone.within).toBe(0);
    expect(gone.mix).toBeLessThan(0);
    expect(parts([usual, { baseline: [0, 0], window: [0, 0] }])[1]).toEqual({
      ...{ within: 0, mix: 0, baseline: 0, window: 0 },
    });
  });

  test('refuses what cannot be divided', () => {
    expect(() => attributeShift([1], [{ baseline: [0], window: [3] }])).toThrow(RangeError);
    expect(() => attributeShift([1, 0], [{ baseline: [1], window: [3] }])).toThrow(
      /2 weights need as many cells, got 1/,
    );
  });
});
