import { expect, test } from 'vitest';
import { createLifecycle, type LifecycleEvent } from '#libs/telemetry/lifecycle.ts';
import { ROLLOUT_MS, UnknownBlocks } from './unknown-blocks.ts';

const START = 10 * ROLLOUT_MS;
const MINUTE = 60_000;

function setUp() {
  const events: LifecycleEvent[] = [];
  const lifecycle = createLifecycle();
  lifecycle.observe((event) => events.push(event));
  return { events, unknown: new UnknownBlocks({ startedAt: START, lifecycle }) };
}

test('the position stays in front of unknown blocks for an hour, and follows then', () => {
  const { unknown } = setUp();
  const at = (now: number) => unknown.position(2, { next: 1000, now });
  expect(at(START)).toBe(1000);
  for (let i = 0; i < 120; i++) {
    unknown.note('new', { partition: 2, offset: 500 + i, timestamp: START + i * 30_000 });
  }
  expect(at(START + ROLLOUT_MS)).toBe(500);
  // Every second one is a minute behind the one noted before it.
  expect(at(START + ROLLOUT_MS + 10 * MINUTE)).toBe(520);
  expect(unknown.position(3, { next: 7, now: START })).toBe(7);
  expect(at(START + 3 * ROLLOUT_MS)).toBe(1000);
});

test('a partition that was given away holds nothing back', () => {
  const { unknown } = setUp();
  unknown.note('new', { partition: 2, offset: 5, timestamp: START });
  unknown.forget(2);
  expect(unknown.position(2, { next: 9, now: START })).toBe(9);
});

test('blocks that somebody writes now are told of, the first of a profile as news', () => {
  const { unknown, events } = setUp();
  unknown.note('old', { partition: 0, offset: 1, timestamp: START - 1 });
  for (const profileId of ['new', 'new', 'other']) {
    unknown.note(profileId, { partition: 0, offset: 2, timestamp: START });
  }
  expect(events).toEqual([
    { type: 'block_unknown', profileId: 'new', isNews: true },
    { type: 'block_unknown', profileId: 'new', isNews: false },
    { type: 'block_unknown', profileId: 'other', isNews: true },
  ]);
});
