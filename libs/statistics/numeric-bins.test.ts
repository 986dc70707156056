import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binCounts } from './bin-counts.ts';
import { numericBins } from './numeric-bins.ts';
import { quantileEdges } from './quantile-edges.ts';
import { cellsOfSamples } from './reference/cells-of-samples.ts';

/** Sums neighbouring cells onto fewer knots, as a reduced grid has them. */
function reduce(knots: readonly number[], cells: Float64Array, keep: ReadonlySet<number>) {
  const kept = knots.filter((knot) => keep.has(knot));
  const reduced = new Float64Array(2 * kept.length + 1);
  let target = 0;
  for (let cell = 0; cell < cells.length; cell++) {
    const own = cell % 2 === 1 && keep.has(knots[cell >> 1]!);
    if (own) target++;
    reduced[target] = reduced[target]! + cells[cell]!;
    if (own) target++;
  }
  return { knots: kept, baselineCells: reduced };
}

describe('numericBins', () => {
  it('makes deciles of the baseline, right-closed, with open outer bins', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    const { knots, baseline, window } = cellsOfSamples(values, [-5, 10, 10.5, 100, 1000]);
    const bins = numericBins({ knots, baselineCells: baseline, bins: 10 });
    expect(bins.count).toBe(10);
    expect(bins.labels.slice(0, 2)).toEqual(['≤ 10', '(10, 20]']);
    expect(bins.labels.at(-1)).toBe('> 90');
    expect([bins.lower[0], bins.upper[0], bins.lower[9], bins.upper[9]]).toEqual([
      -Infinity,
      10,
      90,
      Infinity,
    ]);
    const counts = binCounts({ baseline, window }, bins);
    expect(Array.from(counts.baseline)).toEqual(new Array(10).fill(10));
    expect(Array.from(counts.window)).toEqual([2, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
  });

  it('gives a heavy value a bin of its own, so that a move below it shows', () => {
    const values = [
      ...new Array(50).fill(0),
      ...Array.from({ length: 50 }, (_, index) => index + 1),
    ];
    const { knots, baseline, window } = cellsOfSamples(values, [-1, -2, 0, 0.5]);
    const bins = numericBins({ knots, baselineCells: baseline, bins: 10 });
    expect(bins.labels.slice(0, 3)).toEqual(['< 0', '0', '(0, 10]']);
    expect([bins.lower[1], bins.upper[1]]).toEqual([0, 0]);
    expect(Array.from(binCounts({ baseline, window }, bins).window).slice(0, 3)).toEqual([2, 1, 1]);
  });

  it('draws the line for a heavy value at exactly 1/B of the baseline', () => {
    const spread = Array.from({ length: 80 }, (_, index) => index + 1);
    const labels = (heavy: number) => {
      const values = [...spread, ...new Array(heavy).fill(500), ...new Array(20 - heavy).fill(900)];
      const { knots, baseline } = cellsOfSamples(values, []);
      return numericBins({ knots, baselineCells: baseline, bins: 10 }).labels;
    };
    expect(labels(10)).toContain('500');
    expect(labels(9)).not.toContain('500');
    expect(labels(9)).toContain('900');
  });

  it('makes each of few values a bin, with the gaps and the tails', () => {
    const bins = numericBins({ knots: [1, 5], baselineCells: [0, 3, 0, 9, 0], bins: 10 });
    expect(bins.labels).toEqual(['< 1', '1', '(1, 5)', '5', '> 5']);
    expect(Array.from(bins.cellToBin)).toEqual([0, 1, 2, 3, 4]);
  });

  it('cuts at the user’s own edges, which may hold no baseline value', () => {
    const options = { knots: [1, 2.5, 5], baselineCells: [0, 3, 0, 0, 0, 9, 0] };
    const bins = numericBins({ ...options, edges: [2.5, 2.5, 5] });
    expect(bins.labels).toEqual(['≤ 2.5', '(2.5, 5]', '> 5']);
    expect(Array.from(bins.cellToBin)).toEqual([0, 0, 0, 0, 1, 1, 2]);
    expect(() => numericBins({ ...options, edges: [3] })).toThrow(/must be ascending knots, got 3/);
    expect(() => numericBins({ ...options, edges: [5, 1] })).toThrow(RangeError);
  });

  it('has one bin without edges or knots', () => {
    expect(numericBins({ knots: [], baselineCells: [0], bins: 10 })).toMatchObject({
      count: 1,
      labels: ['all'],
    });
    expect(() => numericBins({ knots: [1], baselineCells: [0], bins: 10 })).toThrow(
      /need 3 cells, got 1/,
    );
  });

  it('makes the same bins on a grid reduced to the edges and a few more knots', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 40, maxLength: 200 }),
        fc.integer({ min: 2, max: 12 }),
        fc.infiniteStream(fc.boolean()),
        (values, bins, coin) => {
          const { knots, baseline } = cellsOfSamples(values, []);
          fc.pre(knots.length > bins + 5);
          const counts = knots.map((_, index) => baseline[2 * index + 1]!);
          const edges = quantileEdges({ values: knots, counts, bins });
          const keep = new Set([...edges, ...knots.filter(() => coin.next().value)]);
          const full = numericBins({ knots, baselineCells: baseline, bins });
          const reduced = reduce(knots, baseline, keep);
          fc.pre(reduced.knots.length >= bins);
          const less = numericBins({ ...reduced, bins });
          expect(less.labels).toEqual(full.labels);
          const total = (cells: Float64Array, made: typeof full) =>
            Array.from(binCounts({ baseline: cells, window: cells }, made).baseline);
          expect(total(reduced.baselineCells, less)).toEqual(total(baseline, full));
        },
      ),
      { seed: 21, numRuns: 200 },
    );
  });

  it('never splits a value, orders the bins and keeps every count', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 25 }),
        (values, bins) => {
          const cells = cellsOfSamples(values, values);
          const made = numericBins({ knots: cells.knots, baselineCells: cells.baseline, bins });
          for (let cell = 1; cell < made.cellToBin.length; cell++) {
            const step = made.cellToBin[cell]! - made.cellToBin[cell - 1]!;
            expect(step === 0 || step === 1).toBe(true);
          }
          expect(made.cellToBin.at(-1)).toBe(made.count - 1);
          const counts = binCounts(cells, made);
          expect(Array.from(counts.baseline).reduce((a, b) => a + b, 0)).toBe(values.length);
        },
      ),
      { seed: 22, numRuns: 200 },
    );
  });
});
