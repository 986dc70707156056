import { describe, expect, it } from 'vitest';
import { type MeanShift, meanShift, meanShiftCriticalValue, momentShift } from './mean-shift.ts';
import { expectClose } from './reference/expect-close.ts';
import table from './reference/ordered.json' with { type: 'json' };
import { sumsOfSamples } from './reference/sums-of-samples.ts';

function shiftOf(baseline: readonly number[], window: readonly number[]): MeanShift {
  const result = meanShift(sumsOfSamples(baseline, window));
  if (result.kind === 'value') return result;
  throw new Error(`expected a value, but it needs ${result.needs}`);
}

describe('meanShift', () => {
  it('agrees with SciPy’s Welch test', () => {
    for (const row of table.samples) {
      const result = shiftOf(row.baseline, row.window);
      expectClose(result.t, row.t, { relative: 1e-11 });
      expectClose(result.degrees_of_freedom, row.df, { relative: 1e-11 });
      expectClose(result.p_value, row.t_p, { relative: 1e-9 });
      expectClose(result.shift, (row.window_mean - row.baseline_mean) / row.baseline_sd, {
        relative: 1e-11,
      });
      expectClose(result.sd, row.baseline_sd, { relative: 1e-12 });
      expect(result.statistic).toBe(Math.abs(result.shift));
    }
  });

  it('has the sign of the move', () => {
    expect(shiftOf([1, 2, 3], [5, 6, 7]).shift).toBeGreaterThan(0);
    expect(shiftOf([5, 6, 7], [1, 2, 3]).shift).toBeLessThan(0);
  });

  it('is defined for a constant window, and not for a constant baseline or single values', () => {
    expect(shiftOf([1, 2, 3], [5, 5]).shift).toBeCloseTo(3 / Math.sqrt(2 / 3), 12);
    const needs = (baseline: number[], window: number[]) => {
      const result = meanShift(sumsOfSamples(baseline, window));
      return result.kind === 'undefined' ? result.needs : 'nothing';
    };
    expect(needs([4, 4, 4], [5, 6])).toBe('a baseline whose values differ');
    expect(needs([1, 2], [5])).toBe('a window of at least 2 values, got 1');
    expect(needs([1], [5, 6])).toBe('a baseline of at least 2 values, got 1');
    expect(needs([1e200, 3e200], [1e200, 2e200])).toBe('values whose squares a double can hold');
  });

  it('keeps a logarithm where p underflows', () => {
    const { p_value, log10_p } = momentShift(
      { count: 1e6, mean: 0, variance: 1 },
      { count: 1e6, mean: 5, variance: 2 },
    ) as MeanShift;
    expect(p_value).toBe(0);
    expect(log10_p).toBeLessThan(-1e5);
    expect(Number.isFinite(log10_p)).toBe(true);
  });
});

it('meanShiftCriticalValue is where the p-value is alpha', () => {
  const baseline = { count: 5, mean: 0, variance: 1 };
  const at = (mean: number) => momentShift(baseline, { count: 9, mean, variance: 3 }) as MeanShift;
  for (const alpha of [0.2, 0.01, 1e-6]) {
    const critical = meanShiftCriticalValue({ ...at(0), alpha });
    expectClose(at(critical).p_value, alpha, { relative: 1e-9 });
    expectClose(at(-critical).p_value, alpha, { relative: 1e-9 });
  }
});
