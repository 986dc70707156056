import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueRuns } from './value-runs.ts';

describe('ValueRuns', () => {
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
