import { describe, expect, it } from 'vitest';
import table from '../reference/distributions.json' with { type: 'json' };
import { expectClose } from '../reference/expect-close.ts';
import { chiSquaredUpperTail } from './chi-squared-upper-tail.ts';

describe('chiSquaredUpperTail', () => {
  it('agrees with SciPy', () => {
    for (const [x, df, p] of table.chi_squared as [number, number, number][]) {
      expectClose(chiSquaredUpperTail(x, df).p_value, p, { relative: 1e-11, what: `${x}, ${df}` });
    }
  });

  it('keeps its logarithm far beyond underflow', () => {
    for (const [x, df, log10] of table.chi_squared_log10 as [number, number, number][]) {
      expectClose(chiSquaredUpperTail(x, df).log10_p, log10, {
        relative: 1e-13,
        what: `${x}, ${df}`,
      });
    }
    expect(chiSquaredUpperTail(1e5, 10).p_value).toBe(0);
  });

  it('refuses degrees of freedom of 0 and a negative or missing statistic', () => {
    expect(() => chiSquaredUpperTail(1, 0)).toThrow(/df must be > 0/);
    expect(() => chiSquaredUpperTail(-1, 3)).toThrow(RangeError);
    expect(() => chiSquaredUpperTail(Number.NaN, 3)).toThrow(RangeError);
  });
});
