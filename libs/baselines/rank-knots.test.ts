import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRankKnots } from './rank-knots.ts';

const count = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom(50, 1000));

/** The least possible largest gap with so many knots, by trying every choice. */
function bestGap(counts: readonly number[], required: ReadonlySet<number>, knots: number): number {
  const length = counts.length;
  let best = Number.POSITIVE_INFINITY;
  for (let chosen = 0; chosen < 2 ** length; chosen++) {
    let size = 0;
    let gap = 0;
    let largest = 0;
    let valid = true;
    for (let place = 0; place < length; place++) {
      const taken = (chosen >> place) % 2 === 1;
      if (taken) {
        size += 1;
        gap = 0;
      } else {
        gap += counts[place]!;
        largest = Math.max(largest, gap);
        valid &&= !required.has(place) && place > 0 && place < length - 1;
      }
    }
    if (valid && size <= knots) best = Math.min(best, largest);
  }
  return best;
}

describe('chooseRankKnots', () => {
  it('makes the largest gap as small as any choice of so many knots', () => {
    fc.assert(
      fc.property(
        fc.array(count, { minLength: 1, maxLength: 10 }),
        fc.array(fc.nat(9), { maxLength: 2 }),
        fc.integer({ min: 4, max: 10 }),
        (counts, wanted, resolution) => {
          const required = new Set(wanted.filter((place) => place < counts.length));
          const values = counts.map((_, place) => place);
          const { places, largestGap } = chooseRankKnots({ values, counts, resolution, required });
          expect(places.length).toBeLessThanOrEqual(resolution);
          for (const place of [...required, 0, counts.length - 1])
            expect([...places]).toContain(place);
          expect(largestGap).toBe(bestGap(counts, required, resolution));
        },
      ),
      { seed: 21, numRuns: 300 },
    );
  });

  it('takes required places even beyond the resolution', () => {
    const values = Array.from({ length: 20 }, (_, i) => i);
    const counts = values.map(() => 1);
    const { places, largestGap } = chooseRankKnots({
      values,
      counts,
      resolution: 2,
      required: [5, 9],
    });
    expect([...places]).toEqual([0, 5, 9, 19]);
    expect(largestGap).toBe(9);
  });
});
