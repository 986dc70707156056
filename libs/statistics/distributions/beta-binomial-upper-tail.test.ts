import { describe, expect, it } from 'vitest';
import table from '../reference/distributions.json' with { type: 'json' };
import { betaBinomialUpperTail } from './beta-binomial-upper-tail.ts';

describe('betaBinomialUpperTail', () => {
  it('agrees with exact fractions and with SciPy, in the tails too', () => {
    const rows = table.beta_binomial_log10 as [number, number, number, number, number][];
    for (const [successes, trials, a, b, log10] of rows) {
      const actual = betaBinomialUpperTail(successes, { trials, a, b }).log10_p;
      // 1e-11 of the logarithm of a small p, or of p itself near 1.
      expect(
        Math.abs(actual - log10),
        `${successes} of ${trials}, a ${a}, b ${b}: ${actual}, expected ${log10}`,
      ).toBeLessThan(1e-11 * Math.max(1, Math.abs(log10)));
    }
  });

  it('is certain for nothing and impossible beyond the trials', () => {
    expect(betaBinomialUpperTail(0, { trials: 5, a: 1, b: 2 }).p_value).toBe(1);
    expect(betaBinomialUpperTail(6, { trials: 5, a: 1, b: 2 }).p_value).toBe(0);
  });

  it('meets itself where the direction of the sum changes', () => {
    const options = { trials: 3000, a: 20, b: 180 };
    let last = 1;
    for (let successes = 290; successes < 310; successes++) {
      const { p_value } = betaBinomialUpperTail(successes, options);
      expect(last - p_value).toBeGreaterThan(0);
      expect(last === 1 || last - p_value < 0.01).toBe(true);
      last = p_value;
    }
  });
});
