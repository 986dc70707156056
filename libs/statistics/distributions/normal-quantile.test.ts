import { expect, it } from 'vitest';
import table from '../reference/distributions.json' with { type: 'json' };
import { expectClose } from '../reference/expect-close.ts';
import { normalQuantile } from './normal-quantile.ts';

it('agrees with SciPy', () => {
  for (const [p, z] of table.normal_quantile as [number, number][]) {
    expectClose(normalQuantile(p), z, { relative: 1e-13, what: `${p}` });
  }
});

it('refuses 0 and 1', () => {
  expect(() => normalQuantile(0)).toThrow(RangeError);
  expect(() => normalQuantile(1)).toThrow(RangeError);
});
