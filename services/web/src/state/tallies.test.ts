import { expect, test } from 'vitest';
import { readTallies } from './tallies.ts';

test('bad events are summed and named by reason, the most frequent first', () => {
  const { events, badTotal, bad } = readTallies({
    events: 10,
    bad_malformed: 3,
    bad_no_time: 5,
    bad_bad_time: 1,
    bad_something_new: 2,
  });
  expect(events).toBe(10);
  expect(badTotal).toBe(11);
  expect(bad).toEqual([
    ['without event time', 5],
    ['malformed', 3],
    ['something new', 2],
    ['event time unreadable', 1],
  ]);
});

test('zero counters are not shown, and a stream without counters has none', () => {
  expect(readTallies({ late: 0, future: 2 }).others).toEqual([['Events of the future', 2]]);
  expect(readTallies({})).toEqual({ events: 0, badTotal: 0, bad: [], others: [] });
});
