import { describe, expect, it } from 'vitest';
import { fisherExact } from './fisher-exact.ts';
import table from './reference/rates.json' with { type: 'json' };

describe('fisherExact', () => {
  it('agrees with exact integers, down to 1e-1000', () => {
    for (const { counts, log10_p } of table.fisher) {
      const [baselineCount, n, windowCount, m] = counts as [number, number, number, number];
      const actual = fisherExact({ baselineCount, n, windowCount, m });
      const difference = Math.abs(actual.log10_p - log10_p);
      expect(difference, counts.join()).toBeLessThan(1e-12 * (1 + Math.abs(log10_p)));
    }
    expect(Math.min(...table.fisher.map((row) => row.log10_p))).toBeLessThan(-1000);
  });

  it('agrees with SciPy', () => {
    for (const { counts, scipy_p } of table.fisher) {
      const [baselineCount, n, windowCount, m] = counts as [number, number, number, number];
      const { p_value } = fisherExact({ baselineCount, n, windowCount, m });
      expect(Math.abs(p_value - scipy_p)).toBeLessThanOrEqual(1e-9 * scipy_p + 1e-300);
    }
  });

  it('is 1 for the likeliest table and does not mind which sample is which', () => {
    expect(fisherExact({ baselineCount: 5, n: 50, windowCount: 2, m: 20 }).p_value).toBeCloseTo(
      1,
      10,
    );
    const one = fisherExact({ baselineCount: 3, n: 40, windowCount: 9, m: 31 });
    const other = fisherExact({ baselineCount: 9, n: 31, windowCount: 3, m: 40 });
    expect(one.log10_p).toBeCloseTo(other.log10_p, 12);
  });
});
