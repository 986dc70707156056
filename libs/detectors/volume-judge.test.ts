import { describe, expect, test } from 'vitest';
import type { Assessment } from './evaluation.ts';
import { bench, DAY, type Row, rowsOf, START, spec, uniform } from './judge-fixture.ts';

const SPECS = [spec('x', 'numeric')];
let next = 0;
const base = (): Row => ({ x: next++ % 50 });
const DAYS = Array.from({ length: 28 }, () => rowsOf(1000, base));
const BENCH = bench(SPECS, { days: DAYS });

describe('volume', () => {
  test('half as many events, twice as many, or nearly so', () => {
    const verdictOf = (count: number): Assessment => BENCH.assess(rowsOf(count, base), null);
    expect(verdictOf(500)).toMatchObject({ verdict: 'critical', reason_code: 'volume_low' });
    expect(verdictOf(500).reason).toBe(
      '500 events, usual 1,000 at this hour of the week: 50% (limit 50%). None of 4 reference windows held fewer.',
    );
    expect(verdictOf(501).verdict).toBe('ok');
    expect(verdictOf(2000)).toMatchObject({ verdict: 'critical', reason_code: 'volume_high' });
    expect(verdictOf(1999).verdict).toBe('ok');
  });

  test('compares with the same day of the week where there are three', () => {
    // 1 March 2001 was a Thursday: days 3 and 10 … are Sundays.
    const days = Array.from({ length: 28 }, (_, i) => rowsOf(i % 7 === 3 ? 100 : 1000, base));
    const judge = bench(SPECS, { days });
    const sunday = START + 101 * DAY;
    const range = { start: sunday, end: sunday + DAY };
    expect(new Date(sunday).getUTCDay()).toBe(0);
    expect(judge.assess(rowsOf(100, base), null, { range })).toMatchObject({ verdict: 'ok' });
    expect(judge.assess(rowsOf(100, base), null)).toMatchObject({ verdict: 'critical' });
    const two = bench(SPECS, { days: days.slice(0, 12) });
    expect(two.assess(rowsOf(100, base), null, { range })).toMatchObject({ verdict: 'critical' });
  });

  test('an incomplete window is not judged, its fields are', () => {
    const rows = rowsOf(300, base);
    expect(BENCH.assess(rows, null, { complete: false })).toMatchObject({
      verdict: 'insufficient_data',
      reason_code: 'incomplete_window',
    });
    expect(BENCH.assess(rows, 'x', { complete: false }).verdict).toBe('ok');
  });

  describe('of a sample', () => {
    const verdictOf = (count: number, share = 0.1): Assessment =>
      bench(SPECS, { days: DAYS, samplingShare: share }).assess(rowsOf(count, base), null);

    test('is estimated, and said to be', () => {
      const { m, statistics, reason } = verdictOf(100);
      expect(m).toBe(100);
      expect(statistics.volume).toMatchObject({
        ...{ statistic: 1, baseline: 1000, window: 1000 },
        details: { sampling_share: 0.1 },
      });
      expect(reason).toContain('1,000 events (estimated from 100 of 10% of the keys)');
    });

    test('is beyond a limit only where the sample alone would hardly be', () => {
      // Of 500 true events a tenth is 50 on average, with a standard deviation of √(50 · 0.9) = 6.7.
      expect(verdictOf(50)).toMatchObject({ verdict: 'ok', reason_code: 'not_significant' });
      expect(verdictOf(35).verdict).toBe('ok');
      expect(verdictOf(34)).toMatchObject({ verdict: 'critical', reason_code: 'volume_low' });
      expect(verdictOf(200)).toMatchObject({ verdict: 'ok', reason_code: 'not_significant' });
      expect(verdictOf(232)).toMatchObject({ verdict: 'critical', reason_code: 'volume_high' });
      expect(verdictOf(0)).toMatchObject({ verdict: 'critical', reason_code: 'volume_low' });
      expect(verdictOf(500, 0.999).verdict).toBe('ok');
      expect(verdictOf(490, 0.999).verdict).toBe('critical');
    });

    test('raises as many false alarms at the limit as the significance allows', () => {
      const random = uniform(5);
      const judge = bench(SPECS, { days: DAYS, samplingShare: 0.1 });
      let alarms = 0;
      for (let window = 0; window < 2000; window++) {
        // True volume just at the lower limit.
        const kept = Array.from({ length: 500 }, random).filter((number) => number < 0.1).length;
        if (judge.assess(rowsOf(kept, base), null).verdict !== 'ok') alarms++;
      }
      expect(alarms / 2000).toBeLessThan(0.016);
      expect(alarms).toBeGreaterThan(0);
    });
  });

  test('a limit of its own, or none', () => {
    const band = bench(SPECS, {
      days: DAYS,
      rules: { volume: { kind: 'band', warning: { low: 0.9 } } },
    });
    expect(band.assess(rowsOf(850, base), null)).toMatchObject({ verdict: 'warning' });
    const off = bench(SPECS, { days: DAYS, rules: { volume: { kind: 'off' } } });
    expect(off.assess([], null)).toMatchObject({ verdict: 'ok', reason_code: 'nothing_decides' });
  });
});
