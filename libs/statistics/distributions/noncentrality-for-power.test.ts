import { describe, expect, it } from 'vitest';
import { chiSquaredQuantile } from './chi-squared-quantile.ts';
import { noncentralChiSquaredUpperTail } from './noncentral-chi-squared.ts';
import { noncentralityForPower } from './noncentrality-for-power.ts';

describe('noncentralityForPower', () => {
  it('reaches the power, from small to very large critical values', () => {
    for (const df of [1, 9, 99]) {
      for (const critical of [chiSquaredQuantile({ df, alpha: 0.01 }), 500, 2e5, 1e7]) {
        const noncentrality = noncentralityForPower({ df, critical, power: 0.8 });
        const power = noncentralChiSquaredUpperTail(critical, { df, noncentrality });
        expect(power, `df ${df}, critical ${critical}`).toBeCloseTo(0.8, 9);
      }
    }
  });

  it('is Cohen’s 11.68 for one degree of freedom at 1 % and power 0.8', () => {
    const critical = chiSquaredQuantile({ df: 1, alpha: 0.01 });
    expect(noncentralityForPower({ df: 1, critical, power: 0.8 })).toBeCloseTo(11.679, 3);
  });

  it('is 0 where chance alone has the power', () => {
    expect(noncentralityForPower({ df: 9, critical: 1, power: 0.8 })).toBe(0);
  });

  it('refuses a critical value that is not finite', () => {
    expect(() => noncentralityForPower({ df: 9, critical: Infinity, power: 0.8 })).toThrow(
      RangeError,
    );
  });
});
