import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DURATION_PATTERN, formatDuration, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1d1ms', 86_400_001],
    ['0s', 0],
  ])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each([
    '',
    ' 1h',
    '1h ',
    '1 h',
    '1.5h',
    '-1h',
    'h',
    '1',
    '30m1h',
    '1h1h',
    '1y',
    '1H',
    '1e3s',
    '١s',
  ])('refuses %j and says the forms', (text) => {
    expect(() => parseDuration(text)).toThrow(/must be a duration such as .*1h30m/);
    expect(new RegExp(DURATION_PATTERN).test(text)).toBe(false);
  });

  it('refuses what milliseconds cannot hold exactly', () => {
    expect(() => parseDuration('99999999999999999999d')).toThrow(/at most 36525d/);
    expect(parseDuration('36525d')).toBe(36_525 * 86_400_000);
  });

  it('says how to mend a number without a unit', () => {
    expect(() => parseDuration('90')).toThrow(
      expect.objectContaining({ detail: { fix: 'add a unit, for example 90s' } }),
    );
  });
});

describe('formatDuration', () => {
  it('is read back as the same number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 36_525 * 86_400_000 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
      { seed: 1 },
    );
  });

  it('is short', () => {
    expect(formatDuration(5_400_000)).toBe('1h30m');
    expect(formatDuration(0)).toBe('0s');
    expect(formatDuration(604_800_000)).toBe('7d');
  });
});
