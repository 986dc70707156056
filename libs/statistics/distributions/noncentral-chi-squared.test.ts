import { describe, expect, it } from 'vitest';
import table from '../reference/distributions.json' with { type: 'json' };
import { expectClose } from '../reference/expect-close.ts';
import { chiSquaredUpperTail } from './chi-squared-upper-tail.ts';
import {
  noncentralChiSquaredTail,
  noncentralChiSquaredUpperTail,
} from './noncentral-chi-squared.ts';

describe('noncentralChiSquaredUpperTail', () => {
  it('agrees with SciPy', () => {
    for (const [x, df, noncentrality, p] of table.noncentral as [
      number,
      number,
      number,
      number,
    ][]) {
      const actual = noncentralChiSquaredUpperTail(x, { df, noncentrality });
      expectClose(actual, p, { relative: 1e-10, what: `${x}, ${df}, ${noncentrality}` });
    }
  });

  it('is the central tail without noncentrality', () => {
    const actual = noncentralChiSquaredUpperTail(12.5, { df: 9, noncentrality: 0 });
    expectClose(actual, chiSquaredUpperTail(12.5, 9).p_value, { relative: 1e-13 });
  });

  it('has the slope of its differences', () => {
    const at = (noncentrality: number) => noncentralChiSquaredTail(30, { df: 9, noncentrality });
    const difference = (at(20.001).probability - at(19.999).probability) / 0.002;
    expect(at(20).slope).toBeCloseTo(difference, 8);
  });
});
