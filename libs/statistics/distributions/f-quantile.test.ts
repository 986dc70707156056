import { expect, it } from 'vitest';
import table from '../reference/distributions.json' with { type: 'json' };
import { expectClose } from '../reference/expect-close.ts';
import { fQuantile } from './f-quantile.ts';

it('agrees with SciPy', () => {
  for (const [d1, d2, alpha, f] of table.f_quantile as [number, number, number, number][]) {
    expectClose(fQuantile({ d1, d2, alpha }), f, {
      relative: 1e-9,
      what: `${d1}, ${d2}, ${alpha}`,
    });
  }
});

it('is infinite rather than wrong where a double cannot hold it', () => {
  expect(fQuantile({ d1: 1, d2: 0.001, alpha: 0.01 })).toBe(Infinity);
});
