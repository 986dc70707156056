import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ksExactPValue } from './ks-exact.ts';
import { cellsOfSamples } from './reference/cells-of-samples.ts';
import { expectClose } from './reference/expect-close.ts';
import table from './reference/ks.json' with { type: 'json' };

describe('ksExactPValue', () => {
  it('agrees with the enumeration of all splits of tied values', () => {
    for (const { baseline, window, h, hits, count } of table.brute) {
      const { p_value } = ksExactPValue(cellsOfSamples(baseline, window), {
        n: baseline.length,
        m: window.length,
        h,
      });
      expectClose(p_value, hits / count, { relative: 1e-13, what: `${baseline} | ${window}` });
    }
  });

  it('agrees with integers counted over paths, down to 1e-358', () => {
    for (const { baseline, window, h, log10_p } of table.counted) {
      const actual = ksExactPValue(cellsOfSamples(baseline, window), {
        n: baseline.length,
        m: window.length,
        h,
      });
      expectClose(actual.log10_p, log10_p, { relative: 1e-12, what: `h ${h}` });
    }
    expect(Math.min(...table.counted.map((row) => row.log10_p))).toBeLessThan(-350);
  });

  it('is 1 for a distance of 0', () => {
    const cells = cellsOfSamples([1, 2], [1, 2]);
    expect(ksExactPValue(cells, { n: 2, m: 2, h: 0 })).toEqual({ p_value: 1, log10_p: 0 });
  });

  it('falls as the distance grows, and does not mind which sample is which', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sample, sample, (baseline, window) => {
        const { baseline: b, window: w } = cellsOfSamples(baseline, window);
        const n = baseline.length;
        const m = window.length;
        let last = 1;
        for (let h = 1; h <= n * m; h += 3) {
          const { p_value } = ksExactPValue({ baseline: b, window: w }, { n, m, h });
          const swapped = ksExactPValue({ baseline: w, window: b }, { n: m, m: n, h });
          expect(p_value).toBeLessThanOrEqual(last * (1 + 1e-12));
          expectClose(swapped.p_value, p_value, { relative: 1e-12 });
          last = p_value;
        }
      }),
      { seed: 12, numRuns: 60 },
    );
  });
});
