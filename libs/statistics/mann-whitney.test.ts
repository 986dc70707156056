import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mannWhitney, mannWhitneyCriticalValue } from './mann-whitney.ts';
import { cellsOfSamples } from './reference/cells-of-samples.ts';
import { expectClose } from './reference/expect-close.ts';
import table from './reference/ordered.json' with { type: 'json' };
import { sumsOfSamples } from './reference/sums-of-samples.ts';

describe('mannWhitney', () => {
  it('agrees with SciPy, with and without ties', () => {
    for (const { baseline, window, u, u_p } of table.samples) {
      const result = mannWhitney(cellsOfSamples(baseline, window));
      expect(result.u).toBe(u);
      expectClose(result.p_value, u_p, { relative: 1e-9 });
    }
  });

  it('is how likely a live value exceeds a baseline value, half of the ties counted', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(sample, sample, (baseline, window) => {
        let wins = 0;
        for (const x of baseline) {
          for (const y of window) wins += y > x ? 1 : y === x ? 0.5 : 0;
        }
        const { auc, statistic, error_bound } = mannWhitney(cellsOfSamples(baseline, window));
        const pairs = baseline.length * window.length;
        expect(auc).toBeCloseTo(wins / pairs, 14);
        expect(statistic).toBeCloseTo(Math.abs(wins / pairs - 0.5), 14);
        expect(error_bound).toBe(0);
      }),
      { seed: 71, numRuns: 200 },
    );
  });

  it('does not see a change of spread alone', () => {
    const narrow = [-2, -1, 1, 2];
    const wide = narrow.map((value) => 9 * value);
    expect(mannWhitney(cellsOfSamples(narrow, wide))).toMatchObject({ statistic: 0, p_value: 1 });
  });

  it('is 0 with p = 1 where all values are equal', () => {
    const cells = { baseline: Float64Array.of(0, 7, 0), window: Float64Array.of(0, 3, 0) };
    expect(mannWhitney(cells)).toMatchObject({ statistic: 0, p_value: 1, spread: 0 });
  });

  it('says by how much a reduced grid may be off', () => {
    const value = fc.integer({ min: 0, max: 40 });
    const sample = fc.array(value, { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(sample, sample, fc.array(value, { maxLength: 3 }), (baseline, window, some) => {
        const wanted = [Math.min(...baseline), Math.max(...baseline), ...some];
        const { baseline: before, window: after } = sumsOfSamples(baseline, window, wanted);
        const reduced = mannWhitney({ baseline: before.cells, window: after.cells });
        const { statistic } = mannWhitney(cellsOfSamples(baseline, window));
        expect(Math.abs(reduced.statistic - statistic)).toBeLessThanOrEqual(
          reduced.error_bound + 1e-12,
        );
      }),
      { seed: 72, numRuns: 300 },
    );
  });
});

describe('mannWhitneyCriticalValue', () => {
  it('is where the p-value passes alpha', () => {
    const baseline = new Float64Array(401).map((_, cell) => cell % 2);
    const moved = Array.from({ length: 60 }, (_, shift) => {
      const window = new Float64Array(401);
      for (let i = 0; i < 50; i++) window[2 * (70 + i + shift)]!++;
      return mannWhitney({ baseline, window });
    });
    const critical = mannWhitneyCriticalValue({ ...moved[0]!, alpha: 0.01 });
    const beyond = moved.map(({ statistic }) => statistic >= critical);
    expect(moved.map(({ p_value }) => p_value <= 0.01)).toEqual(beyond);
    expect(new Set(beyond).size).toBe(2);
  });

  it('is no more than an AUC of 0 or 1', () => {
    expect(mannWhitneyCriticalValue({ n: 2, m: 2, spread: 1.3, alpha: 0.01 })).toBe(0.5);
  });
});
