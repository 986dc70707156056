import { describe, expect, it } from 'vitest';
import {
  cramerVonMises,
  cramerVonMisesCriticalValue,
  cramerVonMisesPValue,
} from './cramer-von-mises.ts';
import { cellsOfSamples } from './reference/cells-of-samples.ts';
import { expectClose } from './reference/expect-close.ts';
import table from './reference/ordered.json' with { type: 'json' };

describe('cramerVonMises', () => {
  it('agrees with SciPy without ties', () => {
    const untied = table.samples.filter(({ ties }) => !ties);
    expect(untied).toHaveLength(4);
    for (const { baseline, window, cvm, cvm_p } of untied) {
      const result = cramerVonMises(cellsOfSamples(baseline, window));
      // SciPy takes T from ranks, of which it subtracts large numbers.
      expectClose(result.statistic, cvm!, { relative: 1e-10 });
      expectClose(result.p_value, cvm_p!, { relative: 1e-9 });
    }
  });

  it('is the mean of T over every order of the tied values', () => {
    for (const { baseline, window, expected_t } of table.tied) {
      const { statistic } = cramerVonMises(cellsOfSamples(baseline, window));
      expectClose(statistic, expected_t, { relative: 1e-13, what: `${baseline} | ${window}` });
    }
  });

  it('has 1 for p where no order of the values gives less', () => {
    // As evenly mixed as 3 and 2, or 4 and 4, can be.
    for (const [baseline, window] of [
      [
        [1, 3, 5],
        [2, 4],
      ],
      [
        [1, 3, 5, 7],
        [2, 4, 6, 8],
      ],
      [[1], [2]],
    ] as const) {
      expect(cramerVonMises(cellsOfSamples(baseline, window))).toMatchObject({
        p_value: 1,
        log10_p: 0,
      });
    }
    const next = cramerVonMises(cellsOfSamples([1, 2, 5], [3, 4]));
    expect(next.p_value).toBeLessThan(1);
  });

  it('does not reject a tied sample against itself', () => {
    const counts = Float64Array.of(0, 700, 0, 200, 0, 100, 0);
    const window = counts.map((count) => count / 10);
    const { statistic, p_value } = cramerVonMises({ baseline: counts, window });
    // Random order alone gives 1/6 in the mean without ties, and no more with them.
    expect(statistic).toBeGreaterThan(0);
    expect(statistic).toBeLessThan(1 / 6);
    expect(p_value).toBeGreaterThan(0.3);
  });

  it('never has a larger p for a larger T', () => {
    let last = 1;
    for (let t = 0; t < 30; t += 0.01) {
      const { log10_p } = cramerVonMisesPValue(t, { n: 300, m: 40 });
      expect(log10_p).toBeLessThanOrEqual(last);
      last = log10_p;
    }
    expect(last).toBeLessThan(-60);
  });
});

it('cramerVonMisesCriticalValue is the inverse of the p-value', () => {
  for (const alpha of [0.1, 0.01, 1e-9]) {
    const value = cramerVonMisesCriticalValue({ n: 500, m: 80, alpha });
    expectClose(cramerVonMisesPValue(value, { n: 500, m: 80 }).p_value, alpha, { relative: 1e-9 });
  }
});
