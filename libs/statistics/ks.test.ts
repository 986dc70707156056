import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ks } from './ks.ts';
import { cellsOfSamples } from './reference/cells-of-samples.ts';
import { expectClose } from './reference/expect-close.ts';
import table from './reference/ks.json' with { type: 'json' };

describe('ks', () => {
  it('agrees with SciPy’s exact test on samples without ties', () => {
    for (const { baseline, window, statistic, p } of table.untied) {
      const result = ks(cellsOfSamples(baseline, window));
      expectClose(result.statistic, statistic, { relative: 1e-14 });
      expectClose(result.p_value, p, {
        relative: 1e-9,
        what: `${baseline.length}, ${window.length}`,
      });
      expect(result.method).toBe('exact');
    }
  });

  it('names the cell at whose end the largest distance is reached', () => {
    for (const { baseline, window } of table.untied) {
      const cells = cellsOfSamples(baseline, window);
      const { location, statistic } = ks(cells);
      const upTo = (counts: Float64Array) =>
        counts.subarray(0, location + 1).reduce((a, b) => a + b, 0);
      const distance = upTo(cells.baseline) / baseline.length - upTo(cells.window) / window.length;
      expectClose(Math.abs(distance), statistic, { relative: 1e-12 });
    }
  });

  it('has the larger of the two one-sided distances', () => {
    const cells = cellsOfSamples([1, 2, 3, 4], [0, 4, 4, 4]);
    expect(ks(cells)).toMatchObject({ statistic: 0.5, d_plus: 0.5, d_minus: 0.25, n: 4, m: 4 });
  });

  it('does not change when the scale is stretched, and turns around when it is reversed', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(sample, sample, (baseline, window) => {
        const result = ks(cellsOfSamples(baseline, window));
        const cubed = (values: number[]) => values.map((value) => value ** 3 - 5);
        expect(ks(cellsOfSamples(cubed(baseline), cubed(window)))).toEqual(result);
        const negative = (values: number[]) => values.map((value) => -value);
        const mirrored = ks(cellsOfSamples(negative(baseline), negative(window)));
        expect(mirrored.statistic).toBe(result.statistic);
        expect(mirrored.d_plus).toBe(result.d_minus);
        expectClose(mirrored.p_value, result.p_value, { relative: 1e-11 });
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it('uses the large-sample distribution above n·m = 4,000,000', () => {
    const cells = { baseline: Float64Array.of(0, 2000, 0), window: Float64Array.of(1000, 1000, 1) };
    expect(ks(cells).method).toBe('asymptotic');
    cells.window[2] = 0;
    expect(ks(cells).method).toBe('exact');
    expect(ks(cells, { method: 'asymptotic' }).method).toBe('asymptotic');
  });
});
