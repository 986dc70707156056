import { expect, test } from 'vitest';
import { type StreamSigns, streamCondition } from './stream-condition.ts';

const MINUTE = 60_000;
const NOW = 1_700_000_000_000;
const QUIET: StreamSigns = { startedAt: NOW, lastSignAt: null, usualGapMs: null, ended: false };

function at(ago: number, signs: Partial<StreamSigns> = {}): string {
  const { condition, reason } = streamCondition({ ...QUIET, lastSignAt: NOW, ...signs }, NOW + ago);
  return `${condition}: ${reason}`;
}

test('a stream is live until its silence reaches the limit', () => {
  expect(at(0)).toBe('live: Last event 0 s ago.');
  expect(at(5 * MINUTE - 1)).toBe('live: Last event 4 min ago.');
  expect(at(5 * MINUTE)).toBe(
    'stalled: No event for 5 min since the last event; 5 min is the limit.',
  );
});

test('the limit is three usual gaps, at least five minutes, or what the user says', () => {
  expect(at(29 * MINUTE, { usualGapMs: 10 * MINUTE })).toMatch(/^live/);
  expect(at(30 * MINUTE, { usualGapMs: 10 * MINUTE })).toMatch(/^stalled.*30 min is the limit/);
  expect(at(4 * MINUTE, { usualGapMs: 1 })).toMatch(/^live/);
  expect(at(2000, { stalledAfterMs: 2000 })).toMatch(/^stalled.*2 s is the limit/);
  expect(at(60 * MINUTE, { stalledAfterMs: 61 * MINUTE, usualGapMs: 1 })).toMatch(/^live/);
});

test('a stream that has never shown an event waits, then is stalled', () => {
  const never = { lastSignAt: null };
  expect(at(4 * MINUTE, never)).toBe('waiting: No event has been read yet.');
  expect(at(60 * MINUTE, never)).toBe(
    'stalled: No event for 1 h since the start; 5 min is the limit.',
  );
});

test('right after a start nothing is called stalled for what came while nobody looked', () => {
  const restarted = { lastSignAt: NOW - 60 * MINUTE, startedAt: NOW };
  expect(at(12_000, restarted)).toBe('waiting: Started 12 s ago; the last event known is 1 h old.');
  expect(at(MINUTE, restarted)).toMatch(/^stalled: No event for 1 h since the last event/);
  expect(at(2000, { ...restarted, stalledAfterMs: 2000 })).toMatch(/^stalled/);
});

test('an input that is over is ended, however long ago', () => {
  expect(at(1000 * MINUTE, { ended: true })).toBe('ended: The input is over.');
});
