import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIRMATIONS, PartitionClock } from './partition-clock.ts';

const HOUR = 3_600_000;
const YEARS = 10 * 365 * 24 * HOUR;

/** A clock that was shown the highest times of blocks 0, 1, … */
function clockOf(
  blocks: readonly (readonly number[])[],
  time: number | null = null,
): PartitionClock {
  const clock = new PartitionClock(HOUR, time);
  for (const [index, highest] of blocks.entries()) clock.observe(index, highest);
  return clock;
}

describe('PartitionClock', () => {
  it('knows no time until a few records agree', () => {
    expect(clockOf([]).time).toBeNull();
    expect(clockOf([[10], [20]]).time).toBeNull();
    expect(clockOf([[10], [20], [30]]).time).toBe(30);
    expect(clockOf([[30, 20, 10]]).time).toBe(30);
  });

  it('follows steps within the jump at once', () => {
    expect(clockOf([[HOUR]], 0).time).toBe(HOUR);
    expect(clockOf([[HOUR], [2 * HOUR]], 0).time).toBe(2 * HOUR);
    expect(clockOf([[3 * HOUR, 2 * HOUR, HOUR]], 0).time).toBe(3 * HOUR);
  });

  it('follows a jump only once three records confirm it', () => {
    expect(clockOf([[YEARS]], 0).time).toBe(0);
    expect(clockOf([[YEARS, YEARS]], 0).time).toBe(0);
    expect(clockOf([[YEARS, YEARS, YEARS]], 0).time).toBe(YEARS);
    expect(clockOf([[YEARS], [], [YEARS + 1], [YEARS + 2]], 0).time).toBe(YEARS + 2);
  });

  it('does not count the same record twice when its block is written again, wider', () => {
    const clock = new PartitionClock(HOUR, 0);
    for (let i = 0; i < 10; i++) clock.observe(7, [YEARS, i]);
    expect(clock.time).toBe(9);
    clock.observe(7, [YEARS, YEARS, YEARS, 10]);
    expect(clock.time).toBe(YEARS);
  });

  it('goes on beside a lone outlier, also in the first block', () => {
    expect(clockOf([[YEARS, 30, 20, 10]]).time).toBe(30);
    expect(clockOf([[YEARS, 3, 2, 1], [40], [50]]).time).toBe(50);
  });

  it('forgets outliers after a while', () => {
    const clock = new PartitionClock(HOUR, 0);
    for (let index = 0; index < 100; index++) {
      clock.observe(index, index % 20 === 0 ? [YEARS + index] : [index]);
    }
    expect(clock.time).toBe(99);
  });

  it('never goes back and never passes the third highest time and a jump', () => {
    const blocks = fc.array(
      fc.array(fc.integer({ min: 0, max: 20 * HOUR }), { minLength: 1, maxLength: 4 }),
      {
        minLength: 1,
        maxLength: 15,
      },
    );
    fc.assert(
      fc.property(blocks, (observed) => {
        const clock = new PartitionClock(HOUR);
        let before = Number.NEGATIVE_INFINITY;
        for (const [index, times] of observed.entries()) {
          clock.observe(
            index,
            times.toSorted((a, b) => b - a),
          );
          const time = clock.time ?? Number.NEGATIVE_INFINITY;
          expect(time).toBeGreaterThanOrEqual(before);
          before = time;
          const seen = observed.slice(0, index + 1).flat();
          const sorted = seen.sort((a, b) => b - a);
          const third = sorted[CONFIRMATIONS - 1];
          if (third === undefined) expect(clock.time).toBeNull();
          else {
            expect(time).toBeGreaterThanOrEqual(third);
            expect(seen).toContain(time);
          }
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
