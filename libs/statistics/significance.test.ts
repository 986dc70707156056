import { expect, it } from 'vitest';
import { significanceFromLog, weakerSignificance } from './significance.ts';

it('keeps the logarithm where the p-value underflows, and never exceeds 1', () => {
  expect(significanceFromLog(-2302.585092994046).p_value).toBe(0);
  expect(significanceFromLog(-2302.585092994046).log10_p).toBeCloseTo(-1000, 9);
  expect(significanceFromLog(1e-15)).toEqual({ p_value: 1, log10_p: 0 });
  expect(Object.is(significanceFromLog(-0).log10_p, 0)).toBe(true);
});

it('takes the weaker evidence by its logarithm', () => {
  const a = { p_value: 0, log10_p: -500 };
  const b = { p_value: 0, log10_p: -400 };
  expect(weakerSignificance(a, b)).toEqual(b);
  expect(weakerSignificance(b, a)).toEqual(b);
});
