import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDetector } from './detectors.ts';
import { seededNormal } from './reference/seeded-normal.ts';

interface Memory {
  readonly sums: readonly (readonly number[])[];
  readonly spreads: readonly (readonly number[])[];
  readonly width: number;
  readonly total: number;
  readonly spread: number;
}

/** Integers around a level that changes. */
const steps = fc
  .array(
    fc.record({
      level: fc.constantFrom(-200, 0, 300),
      values: fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 20, maxLength: 100 }),
    }),
    { minLength: 3, maxLength: 5 },
  )
  .map((parts) => parts.flatMap(({ level, values }) => values.map((value) => value + level)));

describe('adwin', () => {
  it('cuts only where both sides have as many values as they must', () => {
    const outcome = (minWindow: number) => {
      const detector = createDetector('adwin', { clock: 10, grace: 9, maxBuckets: 9, minWindow });
      // Of the ten values the two oldest are one bucket: cuts leave 2, 3, … 9 older ones.
      return [0, 0, 0, 0, 0, 9, 9, 9, 9, 9].map((value) => detector.update(value)).at(-1)!;
    };
    // ε of 5|5: variance 20.25, confidence ln(2·ln 10/0.002), 1/m = 2.
    const confidence = Math.log((2 * Math.log(10)) / 0.002);
    expect(outcome(5)).toEqual({
      kind: 'steady',
      direction: 'up',
      statistic: 9,
      limit: Math.sqrt(4 * 20.25 * confidence) + (4 / 3) * confidence,
    });
    expect(outcome(6)).toEqual({ kind: 'waiting', remaining: 10 });
  });

  it('keeps the sum and the squared deviations of its window in its buckets', () => {
    let shrunk = 0;
    fc.assert(
      fc.property(steps, (values) => {
        const detector = createDetector('adwin', {
          ...{ clock: 5, delta: 0.9, maxBuckets: 2, afterDrift: 'shrink' },
        });
        for (const value of values) detector.update(value);
        const memory = detector.state().memory as Memory;
        const window = values.slice(values.length - memory.width);
        const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
        const spread = (list: readonly number[]): number =>
          sum(list.map((value) => (value - sum(list) / list.length) ** 2));
        if (window.length < values.length) shrunk++;
        expect(memory.total).toBe(sum(window));
        expect(memory.spread).toBeCloseTo(spread(window), 6);
        let end = window.length;
        for (const [row, sums] of memory.sums.entries()) {
          for (let bucket = sums.length - 1; bucket >= 0; bucket--) {
            const part = window.slice(end - 2 ** row, end);
            end -= 2 ** row;
            expect(sums[bucket]).toBe(sum(part));
            expect(memory.spreads[row]![bucket]).toBeCloseTo(spread(part), 6);
          }
        }
        expect(end).toBe(0);
      }),
      { seed: 71, numRuns: 60 },
    );
    expect(shrunk).toBeGreaterThan(20);
  });

  it('shrinks to about the values since the shift, and goes on with them', () => {
    const next = seededNormal(5);
    const detector = createDetector('adwin', { afterDrift: 'shrink' });
    for (let i = 0; i < 1500; i++) detector.update(next() / 10);
    for (let i = 0; i < 400; i++) detector.update(1 + next() / 10);
    const { width, total } = detector.state().memory as Memory;
    expect(width).toBeGreaterThanOrEqual(390);
    expect(width).toBeLessThan(500);
    expect(total / width).toBeGreaterThan(0.9);
  });

  it('raises few false alarms: delta bounds the chance at one test', () => {
    const next = seededNormal(6);
    const detector = createDetector('adwin', { delta: 0.05, clock: 8 });
    let alarms = 0;
    for (let i = 0; i < 40_000; i++) if (detector.update(next()).kind === 'drift') alarms++;
    expect(alarms / 5000).toBeLessThan(0.05);
  });
});
