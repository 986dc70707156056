import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueRuns } from './value-runs.ts';

describe('ValueRuns', () => {
  it('adds counted values to what was added one by one', () => {
    const entry = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(
        fc.array(fc.array(entry), { maxLength: 5 }),
        fc.array(fc.nat(30)),
        (lots, ones) => {
          const runs = new ValueRuns();
          const expected = new Map<number, number>();
          const note = (value: number, times: number) =>
            expected.set(value, (expected.get(value) ?? 0) + times);
          for (const lot of lots) {
            for (const [value, times] of lot) note(value, times);
            const values = Float64Array.from(lot, ([value]) => value);
            runs.addCounted(
              values,
              Float64Array.from(lot, ([, times]) => times),
            );
            for (const value of ones) {
              runs.add(value);
              note(value, 1);
            }
          }
          const { values, counts } = runs.finish();
          const pairs = Array.from(values, (value, i) => [value, counts[i]]);
          expect(pairs).toEqual([...expected].sort(([a], [b]) => a - b));
        },
      ),
      { seed: 4, numRuns: 100 },
    );
  });

  it('counts like a map, in order, however many values there are', () => {
    const number = fc.oneof(
      fc.integer({ min: -5, max: 5 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    );
    fc.assert(
      fc.property(fc.array(number, { maxLength: 2000, size: 'max' }), (values) => {
        const runs = new ValueRuns();
        const expected = new Map<number, number>();
        for (const value of values) {
          runs.add(value);
          expected.set(value, (expected.get(value) ?? 0) + 1);
        }
        const { values: distinct, counts } = runs.finish();
        const pairs = Array.from(distinct, (value, i) => [value, counts[i]]);
        expect(pairs).toEqual([...expected].sort(([a], [b]) => a - b));
      }),
      { seed: 3, numRuns: 60 },
    );
  });
});
