import { describe, expect, it } from 'vitest';
import { ksAsymptoticPValue } from './ks-asymptotic.ts';
import { ksCriticalValue } from './ks-critical-value.ts';

describe('ksCriticalValue', () => {
  it('is the inverse of the large-sample p-value, and says that it is', () => {
    for (const [n, m] of [
      [30, 50],
      [5000, 800],
      [1e6, 1e6],
      [1e9, 1e8],
    ] as const) {
      for (const alpha of [0.2, 0.05, 0.01, 1e-6]) {
        const { value, approximation } = ksCriticalValue({ n, m, alpha });
        expect(approximation).toBe('large_sample');
        expect(ksAsymptoticPValue(value, { n, m }).p_value / alpha).toBeCloseTo(1, 6);
      }
    }
  });

  it('is near the textbook’s 1.628·√(1/n + 1/m) at 1 %', () => {
    const { value } = ksCriticalValue({ n: 1e6, m: 4e5, alpha: 0.01 });
    expect(value / Math.sqrt(1e-6 + 2.5e-6)).toBeCloseTo(1.628, 2);
  });

  it('is 1 where even complete separation is likely enough', () => {
    expect(ksCriticalValue({ n: 1, m: 2, alpha: 0.001 }).value).toBe(1);
  });

  it('refuses a level outside (0, 1) and empty samples', () => {
    expect(() => ksCriticalValue({ n: 5, m: 5, alpha: 1 })).toThrow(
      /alpha must be in \(0, 1\), got 1/,
    );
    expect(() => ksCriticalValue({ n: 0, m: 5, alpha: 0.1 })).toThrow(/n must be above 0/);
  });
});
