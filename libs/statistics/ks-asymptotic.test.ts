import { describe, expect, it } from 'vitest';
import { ksAsymptoticPValue } from './ks-asymptotic.ts';
import { ksExactPValue } from './ks-exact.ts';
import { expectClose } from './reference/expect-close.ts';
import table from './reference/ks.json' with { type: 'json' };

describe('ksAsymptoticPValue', () => {
  it('agrees with SciPy’s asymptotic form to 0.8 %', () => {
    for (const [d, n, m, p] of table.asymptotic as [number, number, number, number][]) {
      const actual = ksAsymptoticPValue(d, { n, m }).p_value;
      expectClose(actual, p, { relative: 0.008, what: `D ${d}, n ${n}, m ${m}` });
    }
  });

  it('agrees with it to rounding where Smirnov’s sum is used', () => {
    const far = (table.asymptotic as [number, number, number, number][]).filter(
      (row) => row[3] < 1e-4,
    );
    expect(far.length).toBeGreaterThanOrEqual(8);
    for (const [d, n, m, p] of far) {
      expectClose(ksAsymptoticPValue(d, { n, m }).p_value, p, { relative: 1e-9, what: `D ${d}` });
    }
  });

  it('joins its branches with a step below 1 %', () => {
    for (const n of [400, 4000, 1.999e6, 2.001e6]) {
      let last = 1;
      for (let z = 0.2; z < 3; z += 0.002) {
        const { p_value } = ksAsymptoticPValue(z / Math.sqrt(n / 2), { n, m: n });
        expect(p_value).toBeLessThanOrEqual(last);
        expect(last / p_value, `n ${n}, z ${z}`).toBeLessThan(1.05);
        last = p_value;
      }
    }
  });

  it('is near the exact p-value of untied samples', () => {
    const singles = { baseline: Float64Array.of(1500), window: Float64Array.of(1500) };
    for (const d of [0.03, 0.05, 0.08]) {
      const exact = ksExactPValue(singles, { n: 1500, m: 1500, h: d * 1500 * 1500 });
      const large = ksAsymptoticPValue(d, { n: 1500, m: 1500 });
      expect(large.log10_p / exact.log10_p).toBeCloseTo(1, 1);
    }
  });

  it('stays finite in the far tail: complete separation is one split of two', () => {
    const { p_value, log10_p } = ksAsymptoticPValue(1, { n: 4000, m: 2000 });
    expect(p_value).toBe(0);
    expect(log10_p).toBeGreaterThan(-1700);
    expect(log10_p).toBeLessThan(-1600);
    expect(Number.isFinite(ksAsymptoticPValue(0.999999, { n: 1e7, m: 1e7 }).log10_p)).toBe(true);
    expect(ksAsymptoticPValue(1, { n: 1, m: 1 }).p_value).toBeCloseTo(1, 12);
  });
});
