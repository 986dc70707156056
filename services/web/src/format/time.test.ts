import { expect, test } from 'vitest';
import { formatDuration, formatInstant, formatWindow, isoMinute } from './time.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2001, 2, 14);

test.each([
  [START, START + 24 * HOUR, 'Wed 14 Mar 2001'],
  [START, START + 7 * 24 * HOUR, '14 Mar 2001 – 20 Mar 2001'],
  [START + 6 * HOUR, START + 7 * HOUR, '14 Mar 2001, 06:00 – 07:00'],
  [START + 23 * HOUR, START + 24 * HOUR, '14 Mar 2001, 23:00 – 00:00'],
  [START + 23 * HOUR, START + 25 * HOUR, '14 Mar 2001, 23:00 – 15 Mar 2001, 01:00'],
])('the window from %d to %d reads %s', (start, end, text) => {
  expect(formatWindow({ start, end })).toBe(text);
});

test('an instant says that it is UTC, and shows seconds only where there are some', () => {
  expect(formatInstant(START)).toBe('14 Mar 2001, 00:00 UTC');
  expect(formatInstant(START + 1_007)).toBe('14 Mar 2001, 00:00:01.007 UTC');
});

test('the short ISO form is read back to the same instant', () => {
  for (const ms of [START, START + 90_000, START + 7_001]) {
    expect(Date.parse(isoMinute(ms))).toBe(ms);
  }
  expect(isoMinute(START)).toBe('2001-03-14T00:00Z');
});

test('durations take their largest whole unit', () => {
  expect(formatDuration(24 * HOUR)).toBe('1 day');
  expect(formatDuration(90 * 60_000)).toBe('90 minutes');
  expect(formatDuration(250)).toBe('250 ms');
});
