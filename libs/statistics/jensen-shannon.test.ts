import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chiSquared } from './chi-squared.ts';
import { jensenShannon, jensenShannonDistance } from './jensen-shannon.ts';
import table from './reference/bins.json' with { type: 'json' };
import { expectClose } from './reference/expect-close.ts';

it('agrees with SciPy, with and without empty bins, and has the p-value of chi-squared', () => {
  for (const row of [...table.tables, ...table.sparse]) {
    const result = jensenShannon(row);
    expectClose(result.statistic, row.jensen_shannon, { relative: 1e-10 });
    const { p_value, log10_p } = chiSquared(row);
    expect(result).toMatchObject({ p_value, log10_p, bins: chiSquared(row).bins });
  }
});

it('is 1 for samples that share no bin', () => {
  expect(jensenShannon({ baseline: [7, 0, 5], window: [0, 3, 0] }).statistic).toBe(1);
});

it('is a metric: symmetric, and no way around is shorter', () => {
  const counts = fc
    .array(fc.integer({ min: 0, max: 30 }), { minLength: 4, maxLength: 4 })
    .filter((values) => values.some((value) => value > 0));
  const distance = (baseline: number[], window: number[]) =>
    jensenShannonDistance({ baseline, window }).statistic;
  fc.assert(
    fc.property(counts, counts, counts, (a, b, c) => {
      expect(distance(a, b)).toBeCloseTo(distance(b, a), 14);
      expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c) + 1e-12);
    }),
    { seed: 61, numRuns: 300 },
  );
});

it('keeps its digits for samples that hardly differ', () => {
  // To second order the divergence of (½, ½) and (½ + ε, ½ − ε) is ε²/(2 ln 2); ε = 5e-7.
  const { statistic } = jensenShannonDistance({
    baseline: [1e8, 1e8],
    window: [1e8 + 100, 1e8 - 100],
  });
  expectClose(statistic, 5e-7 / Math.sqrt(2 * Math.LN2), { relative: 1e-6 });
});
