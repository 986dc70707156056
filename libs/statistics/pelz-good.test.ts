import { expect, it } from 'vitest';
import { pelzGoodUpperTail } from './pelz-good.ts';
import { expectClose } from './reference/expect-close.ts';
import table from './reference/ks.json' with { type: 'json' };

it('is near the exact one-sample distribution already for small k', () => {
  for (const [d, k, p] of table.one_sample as [number, number, number][]) {
    expectClose(pelzGoodUpperTail(d, k), p, { relative: 3e-5, what: `D ${d}, k ${k}` });
  }
});

it('tends to Kolmogorov’s limit law', () => {
  for (const z of [0.5, 0.8, 1, 1.2]) {
    let limit = 0;
    for (let j = 1; j < 60; j++) limit += 2 * (-1) ** (j - 1) * Math.exp(-2 * j * j * z * z);
    expect(pelzGoodUpperTail(z / 1e8, 1e16)).toBeCloseTo(limit, 7);
  }
});

it('is 1 near distance 0', () => {
  expect(pelzGoodUpperTail(1e-9, 100)).toBe(1);
  expect(pelzGoodUpperTail(0.17 / 10, 100)).toBeCloseTo(1, 12);
});
