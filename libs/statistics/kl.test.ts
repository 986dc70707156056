import { describe, expect, it } from 'vitest';
import { chiSquared } from './chi-squared.ts';
import { kl } from './kl.ts';
import { psi } from './psi.ts';
import table from './reference/bins.json' with { type: 'json' };
import { expectClose } from './reference/expect-close.ts';

describe('kl', () => {
  it('agrees with SciPy, with and without empty bins, and has the p-value of chi-squared', () => {
    for (const row of [...table.tables, ...table.sparse]) {
      const result = kl(row);
      expectClose(result.statistic, row.kl, { relative: 1e-10 });
      const { p_value, log10_p } = chiSquared(row);
      expect(result).toMatchObject({ p_value, log10_p, bins: chiSquared(row).bins });
    }
  });

  it('adds up over both directions to the population stability index', () => {
    for (const { baseline, window } of [...table.tables, ...table.sparse]) {
      const there = kl({ baseline, window });
      const back = kl({ baseline: window, window: baseline });
      if (there.statistic === 0 || back.statistic === 0) continue;
      const index = psi({ baseline, window });
      expectClose(there.statistic + back.statistic, index.statistic, { relative: 1e-10 });
      expect(there.filled_bins).toBe(index.filled_bins);
    }
  });

  it('fills a bin that is empty on one side with half an observation', () => {
    const { statistic, filled_bins } = kl({ baseline: [3, 0, 1, 1], window: [1, 1, 0, 0] });
    const expected =
      0.5 * Math.log(0.5 / 0.6) + 0.5 * Math.log(5) + 2 * 0.25 * Math.log(0.25 / 0.2);
    expectClose(statistic, expected, { relative: 1e-13 });
    expect(filled_bins).toBe(3);
  });

  it('is 0 where what was filled in would make it negative', () => {
    // Half of the only baseline value stands beside one of 1,001: 0.999 ln 0.999 + 0.001 ln 0.002.
    expect(kl({ baseline: [1, 0], window: [1000, 1] }).statistic).toBe(0);
  });

  it('can fill with a fixed proportion', () => {
    const bins = { baseline: [10, 0], window: [5, 5] };
    const expected = 0.5 * Math.log(0.5) + 0.5 * Math.log(0.5 / 1e-4);
    const { statistic } = kl(bins, { zeroFill: { epsilon: 1e-4 } });
    expectClose(statistic, expected, { relative: 1e-13 });
    expect(() => kl(bins, { zeroFill: { epsilon: 1 } })).toThrow(
      'Cannot compute kl: zeroFill.epsilon must be in (0, 1), got 1',
    );
  });
});
