import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestWindowStart, windowsHolding } from './window-spec.ts';

const MINUTE = 60_000;

describe('windows', () => {
  it('that hold a time are found among all windows around it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e7, max: 1e7 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        (time, hops, hopMinutes) => {
          const hopMs = hopMinutes * MINUTE;
          const spec = { windowMs: hops * hopMs, hopMs, latenessMs: 0 };
          const all = Array.from({ length: 1000 }, (_, i) => (i - 500) * hopMs);
          const holding = all.filter((start) => start <= time && time < start + spec.windowMs);
          expect(windowsHolding(time, spec).map((start) => start + 0)).toEqual(holding);
          expect(latestWindowStart(time, spec) + 0).toBe(holding.at(-1));
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });
});
