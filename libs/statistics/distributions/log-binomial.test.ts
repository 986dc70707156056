import { expect, it } from 'vitest';
import { logBinomial } from './log-binomial.ts';

it('sums to 1 over all counts', () => {
  for (const p of [0.003, 0.4, 0.97]) {
    let sum = 0;
    for (let k = 0; k <= 60; k++) sum += Math.exp(logBinomial(k, { n: 60, p, q: 1 - p }));
    expect(sum).toBeCloseTo(1, 13);
  }
});

it('is impossible outside 0 … n and where the chance is 0', () => {
  expect(logBinomial(-1, { n: 5, p: 0.5, q: 0.5 })).toBe(-Infinity);
  expect(logBinomial(6, { n: 5, p: 0.5, q: 0.5 })).toBe(-Infinity);
  expect(logBinomial(2, { n: 5, p: 0, q: 1 })).toBe(-Infinity);
});
