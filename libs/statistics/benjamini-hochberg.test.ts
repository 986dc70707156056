import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import table from './reference/evidence.json' with { type: 'json' };
import { expectClose } from './reference/expect-close.ts';

const raw = (p: number) => ({ p_value: p, log10_p: Math.log10(p) });

describe('benjaminiHochberg', () => {
  it('agrees with SciPy, in the order of the input', () => {
    for (const { p, expected } of table.benjamini_hochberg) {
      const adjusted = benjaminiHochberg(p.map(raw));
      expected.forEach((value, index) => {
        expectClose(adjusted[index]!.p_value, value, { relative: 1e-12 });
        expect(adjusted[index]!.log10_p).toBeCloseTo(Math.log10(value), 10);
      });
    }
  });

  it('ranks and adjusts p-values that underflow by their logarithm', () => {
    const adjusted = benjaminiHochberg([
      { p_value: 0, log10_p: -400 },
      { p_value: 0.5, log10_p: Math.log10(0.5) },
      { p_value: 0, log10_p: -900 },
      { p_value: 0, log10_p: -Infinity },
    ]);
    expect(adjusted.map(({ log10_p }) => log10_p)).toEqual([
      -400 + Math.log10(4 / 3),
      Math.log10(0.5),
      -900 + Math.log10(2),
      -Infinity,
    ]);
  });

  it('never lowers a p-value, never passes 1, keeps the order, and does not mind a permutation', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-12, max: 1, noNaN: true }), { maxLength: 30 }),
        (ps) => {
          const adjusted = benjaminiHochberg(ps.map(raw));
          ps.forEach((p, index) => {
            const value = adjusted[index]!.p_value;
            expect(value >= p && value <= 1).toBe(true);
            ps.forEach((other, at) => {
              if (other < p) expect(adjusted[at]!.p_value).toBeLessThanOrEqual(value);
            });
          });
          const reversed = benjaminiHochberg(ps.map(raw).reverse()).reverse();
          expect(reversed).toEqual(adjusted);
        },
      ),
      { seed: 31, numRuns: 200 },
    );
  });

  it('has nothing to adjust in nothing, and refuses NaN', () => {
    expect(benjaminiHochberg([])).toEqual([]);
    expect(() => benjaminiHochberg([{ p_value: Number.NaN, log10_p: 0 }])).toThrow(/got NaN/);
  });
});
