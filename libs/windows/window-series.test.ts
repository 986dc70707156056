import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MarkedWindow, SeriesMarks, windowsBefore } from './window-series.ts';

const HOUR = 3_600_000;

const spacings = fc
  .record({ hop: fc.integer({ min: 1, max: 4 }), window: fc.integer({ min: 1, max: 9 }) })
  .filter(({ hop, window }) => hop <= window)
  .map(({ hop, window }) => ({ hopMs: hop * HOUR, windowMs: window * HOUR }));

describe('windowsBefore', () => {
  it('shares no events, and goes back 256 to 511 windows', () => {
    fc.assert(
      fc.property(spacings, fc.integer({ min: -5000, max: 5000 }), (spacing, hop) => {
        const start = hop * spacing.hopMs;
        const before = windowsBefore(start, spacing);
        expect(before.length).toBeGreaterThanOrEqual(256);
        expect(before.length).toBeLessThan(512);
        const gaps = [...before.slice(1), start].map((other, i) => other - before[i]!);
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(spacing.windowMs);
        expect(Math.max(...gaps)).toBeLessThan(spacing.windowMs + spacing.hopMs);
        expect(gaps.every((gap) => gap % spacing.hopMs === 0)).toBe(true);
      }),
      { seed: 21, numRuns: 100 },
    );
  });

  it('begins where that of the window before does, but for one in 256', () => {
    const spacing = { windowMs: HOUR, hopMs: HOUR };
    let moved = 0;
    for (let hour = 1; hour <= 2560; hour++) {
      const [first] = windowsBefore(hour * HOUR, spacing);
      if (first !== windowsBefore((hour - 1) * HOUR, spacing)[0]) moved++;
    }
    expect(moved).toBe(10);
  });
});

describe('SeriesMarks', () => {
  it('sums what a fresh one sums, whatever was asked before', () => {
    fc.assert(
      fc.property(
        spacings,
        fc.array(fc.tuple(fc.integer({ min: -600, max: 600 }), fc.nat(9), fc.boolean()), {
          maxLength: 60,
        }),
        (spacing, windows) => {
          const published = new Map<number, MarkedWindow>(
            windows.map(([hop, events, complete]) => [hop * spacing.hopMs, { events, complete }]),
          );
          const marks = new SeriesMarks(spacing, (start) => published.get(start));
          for (const start of [...published.keys()].sort((a, b) => a - b)) {
            const fresh = new SeriesMarks(spacing, (other) => published.get(other));
            const expected = windowsBefore(start, spacing)
              .flatMap((other) => published.get(other) ?? [])
              .reduce((sum, { events, complete }) => sum + 2 * events + 1 + Number(complete), 0);
            expect(fresh.before(start).sum).toBe(expected);
            expect(marks.before(start)).toEqual(fresh.before(start));
          }
        },
      ),
      { seed: 22, numRuns: 200 },
    );
  });
});
