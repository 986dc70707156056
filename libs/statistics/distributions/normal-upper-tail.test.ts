import { expect, it } from 'vitest';
import table from '../reference/distributions.json' with { type: 'json' };
import { expectClose } from '../reference/expect-close.ts';
import { normalUpperTail } from './normal-upper-tail.ts';

it('agrees with SciPy on both sides of 0', () => {
  for (const [z, p] of table.normal as [number, number][]) {
    expectClose(normalUpperTail(z).p_value, p, { relative: 1e-12, what: `${z}` });
  }
});

it('keeps its logarithm where the tail underflows', () => {
  const { p_value, log10_p } = normalUpperTail(100);
  expect(p_value).toBe(0);
  // Mills' ratio: φ(z)/z·(1 − 1/z² + 3/z⁴).
  const expected = -5000 - 0.5 * Math.log(2 * Math.PI) - Math.log(100) + Math.log(1 - 1e-4 + 3e-8);
  expectClose(log10_p, expected / Math.LN10, { relative: 1e-12 });
});
