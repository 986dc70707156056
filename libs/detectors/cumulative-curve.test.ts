import { describe, expect, test } from 'vitest';
import { ksDistance } from '#libs/statistics/ks.ts';
import { CURVE_POINTS, cumulativeCurve } from './cumulative-curve.ts';
import { uniform } from './judge-fixture.ts';

function curveOf(knots: readonly number[], baseline: number[], window: number[]) {
  const cells = { baseline: Float64Array.from(baseline), window: Float64Array.from(window) };
  const distance = ksDistance(cells);
  return { ...cumulativeCurve(Float64Array.from(knots), cells, distance), distance };
}

describe('cumulativeCurve', () => {
  test('keeps at most 65 points, the ends and the gap, with exact shares', () => {
    const random = uniform(7);
    for (let round = 0; round < 12; round++) {
      const count = 1 + Math.floor(random() * 3000);
      const knots = Array.from({ length: count }, (_, i) => i * 2);
      const baseline = Array.from({ length: 2 * count + 1 }, (_, i) =>
        i % 2 === 1 ? 1 + Math.floor(random() * 9) : 0,
      );
      const power = 0.3 + random();
      const window = baseline.map(() => (random() < 0.3 ? Math.floor(9 * random() ** power) : 0));
      window[1] = 1;
      const { cumulative, gap, distance } = curveOf(knots, baseline, window);
      expect(cumulative.x.length).toBeLessThanOrEqual(CURVE_POINTS);
      expect(cumulative.x[0]).toBe(0);
      expect(cumulative.x.at(-1)).toBe(knots.at(-1));
      expect(Math.abs(gap.baseline - gap.window)).toBeCloseTo(distance.statistic, 12);
      const at = cumulative.x.findIndex(
        (x, i) => x === gap.x && cumulative.window[i] === gap.window,
      );
      expect(cumulative.baseline[at]).toBe(gap.baseline);
      for (const [i, x] of cumulative.x.entries()) {
        if (i > 0) expect(x).toBeGreaterThanOrEqual(cumulative.x[i - 1]!);
        if (x === gap.x) continue;
        const upTo = (counts: number[]): number =>
          counts.slice(0, x + 2).reduce((sum, n) => sum + n, 0) / counts.reduce((s, n) => s + n, 0);
        expect(cumulative.window[i]).toBe(upTo(window));
        expect(cumulative.baseline[i]).toBe(upTo(baseline));
      }
    }
  });

  test('a gap inside an open cell stands just below its upper knot', () => {
    // Baseline half at 0 and half at 10, window wholly between them.
    const { cumulative, gap } = curveOf([0, 10], [0, 1, 0, 1, 0], [0, 0, 4, 0, 0]);
    expect(gap).toEqual({ x: 0, baseline: 0.5, window: 0 });
    expect(cumulative).toEqual({ x: [0, 10], baseline: [0.5, 1], window: [0, 1] });
    const below = curveOf([0, 10], [0, 1, 0, 9, 0], [0, 0, 4, 0, 0]);
    expect(below.gap).toEqual({ x: 10, baseline: 0.1, window: 1 });
    expect(below.cumulative).toEqual({
      x: [0, 10, 10],
      baseline: [0.1, 0.1, 1],
      window: [0, 1, 1],
    });
  });
});
