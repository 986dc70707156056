import { describe, expect, it } from 'vitest';
import table from '../reference/distributions.json' with { type: 'json' };
import { expectClose } from '../reference/expect-close.ts';
import { incompleteGamma } from './incomplete-gamma.ts';

describe('incompleteGamma', () => {
  it('agrees with SciPy on both sides', () => {
    for (const [a, x, lower, upper] of table.gamma as [number, number, number, number][]) {
      const { logLower, logUpper } = incompleteGamma(a, x);
      expectClose(Math.exp(logLower), lower, { relative: 1e-12, what: `P(${a}, ${x})` });
      expectClose(Math.exp(logUpper), upper, { relative: 1e-12, what: `Q(${a}, ${x})` });
    }
  });

  it('is 0 and 1 at the ends', () => {
    expect(incompleteGamma(2, 0)).toEqual({ logLower: -Infinity, logUpper: 0 });
    expect(incompleteGamma(2, Infinity)).toEqual({ logLower: 0, logUpper: -Infinity });
  });
});
