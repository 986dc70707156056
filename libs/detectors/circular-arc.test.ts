import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kuiperDistance } from '#libs/statistics/kuiper.ts';
import { circularArc } from './circular-arc.ts';

const HOURS = Float64Array.from({ length: 24 }, (_, hour) => hour);

function cellsOf(hours: readonly number[]): Float64Array {
  const cells = new Float64Array(49);
  for (const hour of hours) cells[2 * hour + 1]! += 1;
  return cells;
}

describe('circularArc', () => {
  test('changes by exactly V, and its shares are those of the hours it names', () => {
    const hours = fc.array(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(hours, hours, (before, after) => {
        const cells = { baseline: cellsOf(before), window: cellsOf(after) };
        const v = kuiperDistance(cells).statistic;
        const arc = circularArc(HOURS, cells);
        expect(Math.abs(arc.window - arc.baseline)).toBeCloseTo(v, 12);
        if (v === 0) return;
        const inside = (hour: number): boolean =>
          arc.from <= arc.to
            ? arc.from <= hour && hour <= arc.to
            : hour >= arc.from || hour <= arc.to;
        expect(before.filter(inside).length / before.length).toBeCloseTo(arc.baseline, 12);
        expect(after.filter(inside).length / after.length).toBeCloseTo(arc.window, 12);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  test('goes over midnight', () => {
    const even = Array.from({ length: 24 }, (_, hour) => hour);
    const night = [...even, 22, 23, 0, 1, 22, 23, 0, 1];
    const arc = circularArc(HOURS, { baseline: cellsOf(even), window: cellsOf(night) });
    expect(arc).toMatchObject({ from: 22, to: 1, baseline: 4 / 24, window: 12 / 32 });
  });
});
