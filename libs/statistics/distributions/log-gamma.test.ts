import { describe, expect, it } from 'vitest';
import table from '../reference/distributions.json' with { type: 'json' };
import { expectClose } from '../reference/expect-close.ts';
import { logGamma } from './log-gamma.ts';

describe('logGamma', () => {
  it('agrees with SciPy from 1e-10 to 1e12', () => {
    for (const [x, expected] of table.log_gamma as [number, number][]) {
      expectClose(logGamma(x), expected, { relative: 1e-13, what: `x ${x}` });
    }
  });

  it('follows ln Γ(x+1) = ln Γ(x) + ln x where the series takes over', () => {
    for (let x = 14.05; x < 17; x += 0.1) {
      expect(logGamma(x + 1) - logGamma(x)).toBeCloseTo(Math.log(x), 13);
    }
  });
});
