import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ks } from './ks.ts';
import { expectClose } from './reference/expect-close.ts';
import table from './reference/ordered.json' with { type: 'json' };
import { sumsOfSamples } from './reference/sums-of-samples.ts';
import { wasserstein, wassersteinDistance } from './wasserstein.ts';

/** ∫ abs(F − G) over the pooled values. */
function direct(baseline: readonly number[], window: readonly number[]): number {
  const pooled = [...new Set([...baseline, ...window])].sort((a, b) => a - b);
  const share = (sample: readonly number[], at: number) =>
    sample.filter((value) => value <= at).length / sample.length;
  let area = 0;
  for (let k = 1; k < pooled.length; k++) {
    const at = pooled[k - 1]!;
    area += Math.abs(share(baseline, at) - share(window, at)) * (pooled[k]! - at);
  }
  return area;
}

describe('wasserstein', () => {
  it('agrees with SciPy within its bound, exactly where all live values are baseline values', () => {
    for (const { baseline, window, wasserstein: expected, ties, baseline_sd } of table.samples) {
      const result = wassersteinDistance(sumsOfSamples(baseline, window));
      const { statistic, error_bound } = result;
      expect(Math.abs(statistic - expected)).toBeLessThanOrEqual(error_bound + 1e-12);
      expectClose(result.normalised!, statistic / baseline_sd, { relative: 1e-12 });
      if (ties) expectClose(statistic, expected, { relative: 1e-12 });
      if (ties) expect(error_bound).toBe(0);
    }
  });

  it('is exact for continuous values where the two functions do not cross in a cell', () => {
    const baseline = [0, 1, 2, 4, 8];
    const window = [2.5, 3.25, 8, 9.5, 30];
    const { statistic, error_bound } = wassersteinDistance(sumsOfSamples(baseline, window));
    expectClose(statistic, direct(baseline, window), { relative: 1e-14 });
    expect(error_bound).toBe(0);
    // All values beyond the ends.
    const apart = wassersteinDistance(sumsOfSamples([5, 6], [-3.5, 1e6, 7.25]));
    expectClose(apart.statistic, direct([5, 6], [-3.5, 1e6, 7.25]), { relative: 1e-14 });
  });

  it('has the true distance within its bound, on any grid', () => {
    const value = fc.integer({ min: 0, max: 60 });
    const sample = fc.array(value, { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(sample, sample, fc.array(value, { maxLength: 4 }), (baseline, window, some) => {
        // The first and the last value are knots on every grid.
        const wanted = [Math.min(...baseline), Math.max(...baseline), ...some];
        for (const knots of [baseline, wanted]) {
          const found = wassersteinDistance(sumsOfSamples(baseline, window, knots));
          const gap = Math.abs(found.statistic - direct(baseline, window));
          expect(gap).toBeLessThanOrEqual(found.error_bound + 1e-10);
          expect(found.statistic).toBeGreaterThanOrEqual(found.error_bound - 1e-10);
        }
      }),
      { seed: 91, numRuns: 500 },
    );
  });

  it('reaches both ends of its bound where only live values lie in a cell', () => {
    // Between 0 and 10, F is ½ all along and G rises from 0 to 1 with values of mean 5.
    const middle = wassersteinDistance(sumsOfSamples([0, 10], [5, 5]));
    const ends = wassersteinDistance(sumsOfSamples([0, 10], [1e-9, 10 - 1e-9]));
    expect(middle).toMatchObject({ statistic: 2.5, error_bound: 2.5 });
    expect(direct([0, 10], [5, 5])).toBe(5);
    expect(ends.statistic - ends.error_bound).toBeCloseTo(0, 8);
    expect(direct([0, 10], [1e-9, 10 - 1e-9])).toBeCloseTo(0, 8);
  });

  it('counts the rounding of the sums', () => {
    const samples = sumsOfSamples([0, 8], [7, 7.5, 9]);
    const exact = wassersteinDistance(samples);
    const rounded = wassersteinDistance({ ...samples, rounding: 2 ** -31 });
    expectClose(rounded.error_bound - exact.error_bound, (2 / 3) * 8 * 2 ** -31, {
      relative: 1e-6,
    });
  });

  it('has no normalised form for a constant baseline, but a distance', () => {
    const result = wassersteinDistance(sumsOfSamples([7, 7], [9, 10]));
    expect(result).toMatchObject({ statistic: 2.5, error_bound: 0 });
    expect(result).not.toHaveProperty('normalised');
  });

  it('grows with the unit, and takes its p-value from ks', () => {
    const [x, y] = [
      [1, 2, 3, 5, 8, 13],
      [2, 2, 5, 8, 8],
    ];
    const one = wasserstein(sumsOfSamples(x!, y!));
    const times = (values: number[]) => values.map((value) => 1000 * value);
    const thousand = wasserstein(sumsOfSamples(times(x!), times(y!)));
    expectClose(thousand.statistic, 1000 * one.statistic, { relative: 1e-13 });
    expectClose(thousand.normalised!, one.normalised!, { relative: 1e-13 });
    const { baseline, window } = sumsOfSamples(x!, y!);
    expect(one.p_value).toBe(ks({ baseline: baseline.cells, window: window.cells }).p_value);
  });

  it('holds for values up to 1e300', () => {
    const result = wassersteinDistance(sumsOfSamples([-1e300, 1e300], [0, 1e300]));
    expect(result.statistic).toBeCloseTo(5e299, -290);
    // Their squares are beyond a double, and so is the standard deviation.
    expect(result).not.toHaveProperty('normalised');
  });
});
