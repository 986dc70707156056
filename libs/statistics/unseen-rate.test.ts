import { describe, expect, it } from 'vitest';
import { unseenRate } from './unseen-rate.ts';

describe('unseenRate', () => {
  it('follows the beta-binomial rule, computed by hand for one event', () => {
    // P(X ≥ 1) for one trial is a/(a+b) = (n₁+1)/(n+2), whatever c is.
    const { p_value, statistic } = unseenRate({ n: 98, once: 4, twice: 3, unseen: 1, m: 1 });
    expect(p_value).toBeCloseTo(0.05, 12);
    expect(statistic).toBeCloseTo(1 - 4 / 98, 12);
  });

  it('is certain where nothing is unseen', () => {
    const result = unseenRate({ n: 1000, once: 10, twice: 2, unseen: 0, m: 500 });
    expect(result).toMatchObject({ p_value: 1, log10_p: 0, expected_rate: 0.01, window_rate: 0 });
    expect(result.difference).toBeCloseTo(-0.01, 14);
  });

  it('is more lenient the more categories the baseline has twice', () => {
    const counts = { n: 5000, once: 20, unseen: 12, m: 1000 };
    const few = unseenRate({ ...counts, twice: 0 }).p_value;
    const many = unseenRate({ ...counts, twice: 200 }).p_value;
    expect(many).toBeGreaterThan(few);
  });

  it('stays finite where every value is unseen', () => {
    const { log10_p } = unseenRate({ n: 1e6, once: 0, twice: 0, unseen: 1e6, m: 1e6 });
    expect(log10_p).toBeLessThan(-1000);
    expect(Number.isFinite(log10_p)).toBe(true);
  });

  it('refuses counts that cannot be', () => {
    expect(() => unseenRate({ n: 10, once: 9, twice: 1, unseen: 0, m: 1 })).toThrow(/got 9 and 1/);
    expect(() => unseenRate({ n: 10, once: 0, twice: 0, unseen: 2, m: 1 })).toThrow(/got 2/);
  });
});
