import { expect, it } from 'vitest';
import table from '../reference/distributions.json' with { type: 'json' };
import { expectClose } from '../reference/expect-close.ts';
import { chiSquaredQuantile } from './chi-squared-quantile.ts';

it('agrees with SciPy', () => {
  for (const [df, alpha, x] of table.chi_squared_quantile as [number, number, number][]) {
    expectClose(chiSquaredQuantile({ df, alpha }), x, { relative: 1e-10, what: `${df}, ${alpha}` });
  }
});

it('refuses a level that is not between 0 and 1', () => {
  expect(() => chiSquaredQuantile({ df: 3, alpha: 0 })).toThrow(RangeError);
  expect(() => chiSquaredQuantile({ df: 0, alpha: 0.1 })).toThrow(RangeError);
});
