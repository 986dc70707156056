import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyNumericCounts, NumericGrid } from '#libs/profiles/numeric-grid.ts';
import { cellQuantiles } from './cell-quantile.ts';
import { spec } from './judge-fixture.ts';

const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95];

function quantilesOf(knots: readonly number[], values: readonly number[]): number[] {
  const layout = {
    kind: 'numeric' as const,
    spec: spec('x', 'numeric'),
    knots: Float64Array.from(knots),
    center: 0,
  };
  const grid = new NumericGrid(layout);
  const counts = emptyNumericCounts(layout);
  for (const value of values) grid.addTimes(counts, value, 1);
  return cellQuantiles(grid, counts, { levels: LEVELS, total: values.length });
}

/** The smallest value at which the share of values up to it reaches the level. */
function bruteForce(values: readonly number[], level: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted.find(
    (value) => sorted.filter((other) => other <= value).length >= level * sorted.length - 1e-9,
  );
  return found ?? Number.NaN;
}

describe('cellQuantiles', () => {
  test('exact where every value is a knot', () => {
    const value = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
        const knots = [...new Set(values)].sort((a, b) => a - b);
        expect(quantilesOf(knots, values)).toEqual(
          LEVELS.map((level) => bruteForce(values, level)),
        );
      }),
      { seed: 2 },
    );
  });

  test('between the same knots as the exact quantile, and in order, for other values', () => {
    const knots = [-10, -3, 0, 0.5, 8, 12];
    const value = fc.double({ min: -10, max: 12, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
        const found = quantilesOf(knots, values);
        for (const [i, level] of LEVELS.entries()) {
          const exact = bruteForce(values, level);
          const lower = Math.max(...knots.filter((knot) => knot <= exact));
          const upper = Math.min(...knots.filter((knot) => knot >= exact));
          expect(found[i]).toBeGreaterThanOrEqual(lower);
          expect(found[i]).toBeLessThanOrEqual(upper);
          if (i > 0) expect(found[i]).toBeGreaterThanOrEqual(found[i - 1]!);
        }
      }),
      { seed: 3 },
    );
  });

  test('a single value of an open cell is itself; a tail stands at its mean', () => {
    expect(quantilesOf([0, 10], [3.25])[2]).toBeCloseTo(3.25, 8);
    expect(quantilesOf([0, 10], [20, 40, 60])[2]).toBe(40);
    expect(quantilesOf([0, 10], [-20, -40])[2]).toBe(-30);
    expect(quantilesOf([0, 10], [])).toEqual([]);
  });

  test('several values of an open cell are spread evenly', () => {
    // Ranks 1 … 4 of four values in (0, 8) stand at 1, 3, 5, 7; the median is rank 2.
    expect(quantilesOf([0, 8], [1, 1, 1, 1])[2]).toBe(3);
  });
});
