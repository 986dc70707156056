import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '#libs/config/parse-config.ts';
import { observePace, proposeWindow } from './propose-window.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 1, 0, 0, 0, 1);

/** Times of events that come at this pace. */
function times(count: number, everyMs: number, start = START): number[] {
  return Array.from({ length: count }, (_, i) => start + i * everyMs);
}

const steady = (perSecond: number) => ({ perSecond, grain: 1, disorderMs: 0 });

describe('observePace', () => {
  test('is the sum over the partitions, however differently they reach back', () => {
    const { perSecond } = observePace([times(1000, 1000), times(1000, 100), []]);
    expect(perSecond).toBeCloseTo(11, 0);
  });

  test('does not believe one wrong clock', () => {
    const { perSecond } = observePace([[0, ...times(999, 1000)]]);
    expect(perSecond).toBeCloseTo(1, 1);
  });

  test('knows nothing where all events have one time', () => {
    expect(observePace([[START, START, START]]).perSecond).toBeNull();
    expect(observePace([[]]).perSecond).toBeNull();
  });

  test('sees hours and days as the grain of times', () => {
    expect(observePace([times(9, DAY, Date.UTC(2026, 0, 1))]).grain).toBe(DAY);
    expect(observePace([times(9, HOUR, Date.UTC(2026, 0, 1))]).grain).toBe(HOUR);
    expect(observePace([times(9, HOUR)]).grain).toBe(1);
  });

  test('measures how far events are behind the newest one before them', () => {
    const late = times(1000, 1000).map((time, i) => (i % 2 === 0 ? time : time - 5 * MINUTE));
    expect(observePace([late]).disorderMs).toBe(5 * MINUTE - 1000);
    expect(observePace([times(1000, 1000), times(1000, 1000, START - DAY)]).disorderMs).toBe(0);
  });
});

describe('proposeWindow', () => {
  test.each([
    [1000, 5 * MINUTE],
    [3.4, 5 * MINUTE],
    [2, 15 * MINUTE],
    [0.5, HOUR],
    [0.1, 6 * HOUR],
    [0.02, DAY],
    [0.0001, DAY],
  ])('%f events a second give windows that hold enough', (perSecond, windowMs) => {
    const proposed = proposeWindow(steady(perSecond), { coverageMs: null });
    expect(proposed).toMatchObject({ windowMs, paneMs: windowMs });
    expect(proposed.events).toBeCloseTo((perSecond * windowMs) / 1000);
  });

  test('a window is no shorter than the grain of the times', () => {
    expect(proposeWindow({ ...steady(1000), grain: DAY }, { coverageMs: 1e12 })).toMatchObject({
      windowMs: DAY,
      paneMs: DAY,
    });
    expect(proposeWindow({ ...steady(1000), grain: HOUR }, { coverageMs: null }).windowMs).toBe(
      HOUR,
    );
  });

  test('without a pace it takes an hour, or a day where times are days', () => {
    const unknown = { perSecond: null, grain: 1, disorderMs: 0 };
    expect(proposeWindow(unknown, { coverageMs: 0 })).toMatchObject({
      ...{ windowMs: HOUR, events: null },
    });
    expect(proposeWindow({ ...unknown, grain: DAY }, { coverageMs: 0 }).windowMs).toBe(DAY);
  });

  test('panes give the baseline twenty slices where they can', () => {
    const paneOf = (coverageMs: number) => proposeWindow(steady(0.5), { coverageMs }).paneMs;
    expect(paneOf(30 * HOUR)).toBe(HOUR);
    expect(paneOf(11 * HOUR)).toBe(15 * MINUTE);
    expect(paneOf(2 * HOUR)).toBe(5 * MINUTE);
    expect(paneOf(HOUR)).toBe(HOUR);
  });

  test('lateness is said where a tenth of the window is too short', () => {
    const late = (disorderMs: number) =>
      proposeWindow({ ...steady(100), disorderMs }, { coverageMs: null }).latenessMs;
    expect(late(30_000)).toBeUndefined();
    expect(late(31_000)).toBe(MINUTE);
    expect(late(2 * HOUR)).toBe(6 * HOUR);
  });

  test('whatever was observed, the durations fit together', () => {
    fc.assert(
      fc.property(
        fc.option(fc.double({ min: 1e-9, max: 1e7, noNaN: true }), { nil: null }),
        fc.constantFrom(1, HOUR, DAY),
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: null }),
        (perSecond, grain, disorderMs, coverageMs) => {
          const proposed = proposeWindow({ perSecond, grain, disorderMs }, { coverageMs });
          expect(proposed.windowMs % grain).toBe(0);
          expect(proposed.paneMs % grain).toBe(0);
          const { windowMs, paneMs, latenessMs = 0 } = proposed;
          const outcome = parseConfig(
            `streams: { s: { topics: [s], time: $.t } }
baselines: { b: { file: b.csv, time: $.t, pane: ${paneMs}ms } }
monitors: { m: { stream: s, baseline: b, window: ${windowMs}ms, pane: ${paneMs}ms, lateness: ${latenessMs}ms } }`,
            { source: '/tmp/c.yaml' },
          );
          expect(outcome.ok).toBe(true);
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });
});
