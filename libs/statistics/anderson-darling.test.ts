import { describe, expect, it } from 'vitest';
import {
  andersonDarling,
  andersonDarlingCriticalValue,
  andersonDarlingPValue,
} from './anderson-darling.ts';
import { cellsOfSamples } from './reference/cells-of-samples.ts';
import { expectClose } from './reference/expect-close.ts';
import table from './reference/ordered.json' with { type: 'json' };

describe('andersonDarling', () => {
  it('agrees with the definition, and normalised with SciPy', () => {
    for (const { baseline, window, a_squared, normalised_ad, ties } of table.samples) {
      const result = andersonDarling(cellsOfSamples(baseline, window));
      expectClose(result.statistic, a_squared, { relative: 1e-12 });
      expectClose(result.normalised!, normalised_ad, { relative: 1e-10 });
      expect(result.ties).toBe(ties);
    }
  });

  it('takes the p-value of χ² with one degree of freedom where values are tied', () => {
    for (const row of table.samples.filter(({ ties }) => ties)) {
      const { p_value } = andersonDarling(cellsOfSamples(row.baseline, row.window));
      expectClose(p_value, row.ad_p!, { relative: 1e-9 });
    }
  });

  it('counts equal live values between two baseline values as distinct', () => {
    const tied = andersonDarling(cellsOfSamples([1, 5, 9], [4, 4, 4, 6]));
    const distinct = andersonDarling(cellsOfSamples([1, 5, 9], [3, 3.5, 4, 6]));
    expect(tied).toEqual(distinct);
    expect(tied.ties).toBe(false);
  });

  it('sums long runs of live values by panels as one by one', () => {
    for (const [b, w] of [
      [
        [0, 2000, 0, 30, 0, 4000, 0],
        [700, 0, 90_000, 5, 12_345, 0, 65_432],
      ],
      [
        [0, 1, 0],
        [50_000, 0, 3],
      ],
      [
        [0, 40_000, 0, 40_000, 0],
        [0, 0, 1e5, 0, 0],
      ],
    ] as const) {
      const [baseline, window] = [Float64Array.from(b), Float64Array.from(w)];
      const { statistic } = andersonDarling({ baseline, window });
      expectClose(statistic, oneByOne({ baseline, window }), { relative: 2e-12 });
    }
  });

  it('is 0 with p = 1 where all values are equal', () => {
    const cells = { baseline: Float64Array.of(0, 7, 0), window: Float64Array.of(0, 3, 0) };
    expect(andersonDarling(cells)).toMatchObject({ statistic: 0, p_value: 1, ties: true });
  });

  it('sees more in the tails than in the middle', () => {
    const flat = new Float64Array(201).map((_, cell) => (cell % 2 === 1 ? 10 : 0));
    const move = (from: number, to: number) => {
      const moved = flat.slice();
      moved[from]! -= 5;
      moved[to]! += 5;
      return andersonDarling({ baseline: flat, window: moved }).statistic;
    };
    expect(move(1, 21)).toBeGreaterThan(2 * move(101, 121));
  });

  it('keeps a falling p for massive drift, where tables end', () => {
    const p = (ties: boolean) =>
      [1, 10, 100, 1e3, 1e5].map((squared) => andersonDarlingPValue(squared, { ties }).log10_p);
    for (const ties of [true, false]) {
      expect(p(ties)).toEqual(p(ties).sort((a, b) => b - a));
      expect(p(ties).at(-1)).toBeLessThan(-20_000);
    }
  });
});

it('andersonDarlingCriticalValue is the inverse of the p-value, and larger with ties', () => {
  for (const ties of [true, false]) {
    const value = andersonDarlingCriticalValue({ alpha: 0.01, ties });
    expectClose(andersonDarlingPValue(value, { ties }).p_value, 0.01, { relative: 1e-10 });
  }
  expect(andersonDarlingCriticalValue({ alpha: 0.01, ties: true })).toBeCloseTo(6.635, 3);
  expect(andersonDarlingCriticalValue({ alpha: 0.01, ties: false })).toBeCloseTo(3.878, 3);
});

/** A² with every live value of an open cell as a step of its own. */
function oneByOne({ baseline, window }: { baseline: Float64Array; window: Float64Array }): number {
  const sum = (counts: Float64Array) => counts.reduce((a, b) => a + b, 0);
  const n = sum(baseline);
  const total = n + sum(window);
  let result = 0;
  let i = 0;
  let below = 0;
  const block = (b: number, t: number) => {
    const rank = below + t / 2;
    const spread = rank * (total - rank) - (total * t) / 4;
    if (spread > 0) result += (t * (total * (i + b / 2) - n * rank) ** 2) / spread;
    i += b;
    below += t;
  };
  for (const [cell, b] of baseline.entries()) {
    const w = window[cell]!;
    if (cell % 2 === 1) block(b, b + w);
    else for (let step = 0; step < w; step++) block(0, 1);
  }
  return (result * (total - 1)) / total / n / (total - n);
}
