import { expect, it } from 'vitest';
import { chiSquared } from './chi-squared.ts';
import table from './reference/bins.json' with { type: 'json' };
import { expectClose } from './reference/expect-close.ts';
import { totalVariation } from './total-variation.ts';

it('agrees with SciPy, with and without empty bins, and has the p-value of chi-squared', () => {
  for (const row of [...table.tables, ...table.sparse]) {
    const result = totalVariation(row);
    expectClose(result.statistic, row.total_variation, { relative: 1e-12 });
    const { p_value, log10_p } = chiSquared(row);
    expect(result).toMatchObject({ p_value, log10_p });
  }
});

it('is the share of events that would have to change their bin', () => {
  expect(totalVariation({ baseline: [0, 30, 70], window: [0, 50, 50] })).toMatchObject({
    statistic: 0.2,
    bins: 2,
    n: 100,
    m: 100,
  });
});

it('is 1 for samples that share no bin', () => {
  expect(totalVariation({ baseline: [7, 0, 5], window: [0, 3, 0] }).statistic).toBe(1);
});
