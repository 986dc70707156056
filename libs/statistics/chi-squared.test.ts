import { describe, expect, it } from 'vitest';
import { chiSquared, chiSquaredCriticalValue } from './chi-squared.ts';
import table from './reference/bins.json' with { type: 'json' };
import { expectClose } from './reference/expect-close.ts';

describe('chiSquared', () => {
  it('agrees with SciPy', () => {
    for (const row of table.tables) {
      const result = chiSquared(row);
      expectClose(result.statistic, row.chi_squared, { relative: 1e-11 });
      expectClose(result.p_value, row.chi_squared_p, { relative: 1e-9 });
      expectClose(result.cramers_v, row.cramers_v, { relative: 1e-11 });
      expect(result.degrees_of_freedom).toBe(row.baseline.length - 1);
    }
  });

  it('does not count bins that are empty in both', () => {
    const some = chiSquared({ baseline: [9, 0, 4], window: [3, 0, 8] });
    expect(some).toEqual(chiSquared({ baseline: [9, 4], window: [3, 8] }));
  });

  it('has Cramér’s V 1 for samples that share no bin', () => {
    const { cramers_v } = chiSquared({ baseline: [30, 0, 12], window: [0, 7, 0] });
    expect(cramers_v).toBeCloseTo(1, 12);
  });
});

it('chiSquaredCriticalValue is the tabled 21.666 for ten bins at 1 %', () => {
  expect(chiSquaredCriticalValue({ bins: 10, alpha: 0.01 })).toBeCloseTo(21.666, 3);
});
