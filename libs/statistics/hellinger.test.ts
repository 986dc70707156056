import { expect, it } from 'vitest';
import { chiSquared } from './chi-squared.ts';
import { hellinger } from './hellinger.ts';
import table from './reference/bins.json' with { type: 'json' };
import { expectClose } from './reference/expect-close.ts';
import { totalVariation } from './total-variation.ts';

it('agrees with NumPy, with and without empty bins, and has the p-value of chi-squared', () => {
  for (const row of [...table.tables, ...table.sparse]) {
    const result = hellinger(row);
    expectClose(result.statistic, row.hellinger, { relative: 1e-12 });
    const { p_value, log10_p } = chiSquared(row);
    expect(result).toMatchObject({ p_value, log10_p, bins: chiSquared(row).bins });
  }
});

it('lies between the bounds that the total variation distance sets (Le Cam)', () => {
  for (const row of [...table.tables, ...table.sparse]) {
    const { statistic: h } = hellinger(row);
    const { statistic: tv } = totalVariation(row);
    expect(h * h).toBeLessThanOrEqual(tv + 1e-12);
    expect(tv).toBeLessThanOrEqual(h * Math.sqrt(2 - h * h) + 1e-12);
  }
});

it('is 1 for samples that share no bin', () => {
  expect(hellinger({ baseline: [7, 0, 5], window: [0, 3, 0] }).statistic).toBe(1);
});
