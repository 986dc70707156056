import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { andersonDarling } from './anderson-darling.ts';
import type { SummedSamples } from './cell-moments.ts';
import { chiSquared } from './chi-squared.ts';
import { cramerVonMises } from './cramer-von-mises.ts';
import { gTest } from './g-test.ts';
import { hellinger } from './hellinger.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { kl } from './kl.ts';
import { ks } from './ks.ts';
import { kuiper } from './kuiper.ts';
import { mannWhitney } from './mann-whitney.ts';
import { meanShift } from './mean-shift.ts';
import { psi } from './psi.ts';
import { rateDifference } from './rates.ts';
import type { CellSums, Significance } from './result.ts';
import { totalVariation } from './total-variation.ts';
import { wasserstein } from './wasserstein.ts';

interface Member {
  readonly ordered: boolean;
  /** A sample against itself is not 0: ties are broken at random in expectation. */
  readonly breaksTies?: true;
  /** Two samples that it is defined for; any two that hold values, if absent. */
  defined?(baseline: Float64Array, window: Float64Array): boolean;
  compute(baseline: Float64Array, window: Float64Array): Significance & { statistic: number };
}

/**
 * What every two-sample statistic promises. A new one is added to this list. Counts stand for cells
 * where the statistic needs order, else for bins.
 */
const statistics: Record<string, Member> = {
  ks: { ordered: true, compute: (baseline, window) => ks({ baseline, window }) },
  kuiper: { ordered: true, compute: (baseline, window) => kuiper({ baseline, window }) },
  cramer_von_mises: {
    ordered: true,
    breaksTies: true,
    compute: (baseline, window) => cramerVonMises({ baseline, window }),
  },
  anderson_darling: {
    ordered: true,
    compute: (baseline, window) => andersonDarling({ baseline, window }),
  },
  mann_whitney: { ordered: true, compute: (baseline, window) => mannWhitney({ baseline, window }) },
  wasserstein: {
    ordered: true,
    compute: (baseline, window) => wasserstein(summed(baseline, window)),
  },
  mean_shift: {
    ordered: true,
    defined: (baseline, window) =>
      total(window) > 1 && baseline.filter((count) => count > 0).length > 1,
    compute(baseline, window) {
      const result = meanShift(summed(baseline, window));
      if (result.kind === 'value') return result;
      throw new Error(`not defined: needs ${result.needs}`);
    },
  },
  psi: { ordered: false, compute: (baseline, window) => psi({ baseline, window }) },
  jensen_shannon: {
    ordered: false,
    compute: (baseline, window) => jensenShannon({ baseline, window }),
  },
  kl: { ordered: false, compute: (baseline, window) => kl({ baseline, window }) },
  hellinger: { ordered: false, compute: (baseline, window) => hellinger({ baseline, window }) },
  total_variation: {
    ordered: false,
    compute: (baseline, window) => totalVariation({ baseline, window }),
  },
  chi_squared: { ordered: false, compute: (baseline, window) => chiSquared({ baseline, window }) },
  g_test: { ordered: false, compute: (baseline, window) => gTest({ baseline, window }) },
  rate: {
    ordered: false,
    compute: (baseline, window) =>
      rateDifference({
        baselineCount: baseline[0]!,
        n: total(baseline),
        windowCount: window[0]!,
        m: total(window),
      }),
  },
};

/** The counts at knots 0, 1, 2 …, so that nothing is left to a bound. */
function summed(baseline: Float64Array, window: Float64Array): SummedSamples {
  const knots = baseline.map((_, knot) => knot);
  const sums = (counts: Float64Array): CellSums => {
    const cells = new Float64Array(2 * knots.length + 1);
    for (const [knot, count] of counts.entries()) cells[2 * knot + 1] = count;
    return { cells, excess: new Float64Array(knots.length - 1), below: 0, above: 0, squares: 0 };
  };
  return { knots, center: 3, baseline: sums(baseline), window: sums(window) };
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

const counts = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 })), { minLength: 9, maxLength: 9 })
  .filter((values) => values.some((value) => value > 0))
  .map((values) => Float64Array.from(values));

const runs = { seed: 41, numRuns: 120 };

describe.each(Object.entries(statistics))('%s', (name, member) => {
  const { compute, breaksTies, defined = () => true } = member;

  // A tied sample against itself has what a random order of its ties would give.
  if (breaksTies !== true)
    it('is 0 with p = 1 for a sample against itself, and for the same proportions', () => {
      fc.assert(
        fc.property(counts, fc.integer({ min: 1, max: 9 }), (sample, times) => {
          fc.pre(defined(sample, sample));
          for (const other of [sample, sample.map((count) => count * times)]) {
            const { statistic, p_value, log10_p } = compute(sample, other);
            expect(statistic).toBeCloseTo(0, 14);
            expect(p_value).toBeCloseTo(1, 9);
            expect(log10_p).toBeCloseTo(0, 9);
          }
        }),
        runs,
      );
    });

  it('is a finite non-negative statistic with a p-value in (0, 1] that its logarithm matches', () => {
    fc.assert(
      fc.property(counts, counts, (baseline, window) => {
        fc.pre(defined(baseline, window));
        const { statistic, p_value, log10_p } = compute(baseline, window);
        expect(Number.isFinite(statistic) && statistic >= 0).toBe(true);
        expect(p_value > 0 && p_value <= 1).toBe(true);
        expect(log10_p).toBeCloseTo(Math.log10(p_value), 9);
      }),
      runs,
    );
  });

  it('has the same bits whatever the order in which parts of the window were added', () => {
    fc.assert(
      fc.property(counts, counts, counts, counts, (baseline, a, b, c) => {
        const add = (x: Float64Array, y: Float64Array) => x.map((count, cell) => count + y[cell]!);
        fc.pre(defined(baseline, add(a, b)));
        const one = compute(baseline, add(add(a, b), c));
        expect(compute(baseline, add(a, add(c, b)))).toEqual(one);
      }),
      runs,
    );
  });

  it('leaves its input alone', () => {
    const baseline = Float64Array.of(3, 1, 4, 1, 5, 9, 2, 6, 5);
    const window = Float64Array.of(2, 7, 1, 8, 2, 8, 1, 8, 2);
    const before = [Array.from(baseline), Array.from(window)];
    compute(baseline, window);
    expect([Array.from(baseline), Array.from(window)]).toEqual(before);
  });

  it('refuses an empty sample instead of answering NaN', () => {
    const some = Float64Array.of(0, 2, 1);
    const none = new Float64Array(3);
    expect(() => compute(none, some)).toThrow(/^Cannot compute .*: n must be above 0, got 0$/);
    expect(() => compute(some, none)).toThrow(/^Cannot compute .*: m must be above 0, got 0$/);
  });

  const [one, other] = [Float64Array.of(1, 0, 0), Float64Array.of(0, 0, 1)];
  if (defined(one, other))
    it('works for samples of one', () => {
      const { p_value } = compute(one, other);
      expect(p_value > 0 && p_value <= 1, name).toBe(true);
    });

  it('finds samples that share nothing, with a finite logarithm', () => {
    const { p_value, log10_p } = compute(
      Float64Array.of(1e6, 1e6, 0, 0, 0),
      Float64Array.of(0, 0, 0, 1e6, 1e6),
    );
    expect(p_value).toBe(0);
    expect(log10_p).toBeLessThan(-1000);
    expect(Number.isFinite(log10_p)).toBe(true);
  });
});

const members = Object.entries(statistics);

describe.each(members.filter(([, { ordered }]) => !ordered))('%s', (_, { compute }) => {
  it('does not mind the order of the bins', () => {
    // The first bin stays: it is the one that a rate counts.
    const one = compute(Float64Array.of(30, 10, 40, 11), Float64Array.of(20, 17, 19, 18));
    const other = compute(Float64Array.of(30, 11, 10, 40), Float64Array.of(20, 18, 17, 19));
    expect(other.statistic).toBeCloseTo(one.statistic, 12);
    expect(other.log10_p).toBeCloseTo(one.log10_p, 12);
  });
});

describe.each(members.filter(([, { ordered }]) => ordered))('%s', (_, { compute }) => {
  it('sees the order of the cells', () => {
    const baseline = Float64Array.of(0, 10, 0, 10, 0, 10, 0, 10, 0);
    const apart = compute(baseline, Float64Array.of(0, 5, 0, 15, 0, 5, 0, 15, 0));
    const together = compute(baseline, Float64Array.of(0, 5, 0, 5, 0, 15, 0, 15, 0));
    expect(together.statistic).toBeGreaterThan(apart.statistic);
    expect(together.p_value).toBeLessThan(apart.p_value);
  });
});
