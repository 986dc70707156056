import { describe, expect, it } from 'vitest';
import { chiSquaredUpperTail } from './distributions/chi-squared-upper-tail.ts';
import { psi, psiCriticalValue } from './psi.ts';
import table from './reference/bins.json' with { type: 'json' };
import { expectClose } from './reference/expect-close.ts';

describe('psi', () => {
  it('agrees with NumPy, and takes the weaker of its two p-values', () => {
    for (const row of table.tables) {
      const result = psi(row);
      expectClose(result.statistic, row.psi, { relative: 1e-11 });
      const larger = Math.max(row.psi_own_p, row.chi_squared_p);
      expectClose(result.p_value, larger, { relative: 1e-8 });
    }
    const chiSquaredWins = table.tables.filter((row) => row.chi_squared_p > row.psi_own_p).length;
    expect(chiSquaredWins).toBeGreaterThan(0);
  });

  it('fills only a bin that is empty on one side, with half an observation, and renormalises nothing', () => {
    const { statistic, filled_bins, bins } = psi({ baseline: [6, 0, 4, 0], window: [10, 8, 2, 0] });
    const expected =
      (0.5 - 0.6) * Math.log(0.5 / 0.6) +
      (0.4 - 0.05) * Math.log(0.4 / 0.05) +
      (0.1 - 0.4) * Math.log(0.1 / 0.4);
    expectClose(statistic, expected, { relative: 1e-13 });
    expect([filled_bins, bins]).toEqual([1, 3]);
  });

  it('can fill with a fixed proportion', () => {
    const bins = { baseline: [10, 0], window: [5, 5] };
    const { statistic } = psi(bins, { zeroFill: { epsilon: 1e-4 } });
    const expected = (0.5 - 1) * Math.log(0.5) + (0.5 - 1e-4) * Math.log(0.5 / 1e-4);
    expectClose(statistic, expected, { relative: 1e-13 });
    expect(() => psi(bins, { zeroFill: { epsilon: 0 } })).toThrow(
      /epsilon must be in \(0, 1\), got 0/,
    );
  });

  it('is 0 with p = 1 where a single bin is left', () => {
    expect(psi({ baseline: [0, 9], window: [0, 4] })).toMatchObject({
      statistic: 0,
      p_value: 1,
      bins: 1,
    });
  });

  it('marks a small baseline', () => {
    expect(psi({ baseline: [100, 99], window: [5, 5] }).small_baseline).toBe(true);
    expect(psi({ baseline: [100, 100], window: [5, 5] }).small_baseline).toBe(false);
  });

  it('keeps a logarithm where p underflows', () => {
    const { p_value, log10_p } = psi({ baseline: [1e6, 1e6], window: [2e6, 10] });
    expect(p_value).toBe(0);
    expect(log10_p).toBeLessThan(-1e5);
    expect(Number.isFinite(log10_p)).toBe(true);
  });
});

describe('psiCriticalValue', () => {
  it('is where the psi part of the p-value is alpha', () => {
    const value = psiCriticalValue({ n: 4000, m: 700, alpha: 0.01, bins: 10 });
    expectClose(chiSquaredUpperTail(value / (1 / 4000 + 1 / 700), 9).p_value, 0.01);
  });
});
