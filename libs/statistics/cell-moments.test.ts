import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellMoments } from './cell-moments.ts';
import { expectClose } from './reference/expect-close.ts';
import { sumsOfSamples } from './reference/sums-of-samples.ts';

function direct(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / values.length };
}

describe('cellMoments', () => {
  it('is the mean and the variance of the values, wherever they lie', () => {
    const sample = fc.array(fc.integer({ min: -60, max: 60 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sample, sample, fc.array(fc.integer({ min: -60, max: 60 })), (x, y, more) => {
        const { baseline, window, ...grid } = sumsOfSamples(x, y, [x[0]!, ...more]);
        for (const [sums, values] of [
          [baseline, x],
          [window, y],
        ] as const) {
          const found = cellMoments(sums, grid);
          const expected = direct(values);
          expect(found.count).toBe(values.length);
          expect(found.mean).toBeCloseTo(expected.mean, 10);
          expect(found.variance).toBeCloseTo(expected.variance, 8);
        }
      }),
      { seed: 81, numRuns: 300 },
    );
  });

  it('keeps the digits of a variance far from 0', () => {
    const values = [1e9 + 1, 1e9 + 2, 1e9 + 4];
    const { window, ...grid } = sumsOfSamples(values, values);
    expectClose(cellMoments(window, grid).variance, 14 / 9, { relative: 1e-12 });
  });
});
