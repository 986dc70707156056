import { describe, expect, it } from 'vitest';
import { rateChiSquared, rateDifference } from './rates.ts';
import { expectClose } from './reference/expect-close.ts';
import table from './reference/rates.json' with { type: 'json' };

describe('rateDifference', () => {
  it('uses the chi-squared test where all expected counts are at least 5', () => {
    for (const row of table.chi_squared) {
      const [baselineCount, n, windowCount, m] = row.counts as [number, number, number, number];
      const counts = { baselineCount, n, windowCount, m };
      const result = rateDifference(counts);
      expect(result.method).toBe('chi_squared');
      expectClose(result.p_value, row.p, { relative: 1e-9 });
      expectClose(rateChiSquared(counts), row.statistic, { relative: 1e-11 });
    }
  });

  it('changes to Fisher’s exact test below 5', () => {
    const counts = { baselineCount: 5, n: 100, windowCount: 5, m: 100 };
    expect(rateDifference(counts).method).toBe('chi_squared');
    expect(rateDifference({ ...counts, windowCount: 4 }).method).toBe('fisher_exact');
    expect(rateDifference({ ...counts, baselineCount: 95, windowCount: 96 }).method).toBe(
      'fisher_exact',
    );
  });

  it('has the absolute difference as its statistic and keeps the direction', () => {
    const result = rateDifference({ baselineCount: 30, n: 100, windowCount: 2, m: 40 });
    expect(result.statistic).toBeCloseTo(0.25, 14);
    expect(result.difference).toBeCloseTo(-0.25, 14);
    expect([result.baseline_rate, result.window_rate]).toEqual([0.3, 0.05]);
  });

  it('finds a field that turned null out of few events', () => {
    const { p_value, statistic } = rateDifference({
      baselineCount: 0,
      n: 10_000,
      windowCount: 3,
      m: 3,
    });
    expect(statistic).toBe(1);
    expect(p_value).toBeLessThan(1e-10);
  });

  it('is 1 where nothing happens in either', () => {
    expect(rateDifference({ baselineCount: 0, n: 10, windowCount: 0, m: 5 })).toMatchObject({
      statistic: 0,
      p_value: 1,
      log10_p: 0,
    });
  });

  it('refuses a count above its sample, and empty samples', () => {
    expect(() => rateDifference({ baselineCount: 3, n: 2, windowCount: 0, m: 5 })).toThrow(
      /must be in \[0, 2\], got 3/,
    );
    expect(() => rateDifference({ baselineCount: 0, n: 2, windowCount: 0, m: 0 })).toThrow(
      /m must be above 0/,
    );
  });
});
