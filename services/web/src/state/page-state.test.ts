import { expect, test } from 'vitest';
import type { MonitorItem } from '../api/types.ts';
import { evaluation } from './evaluation.fixture.ts';
import { INITIAL_STATE, reducePage } from './page-state.ts';

function monitor(
  verdict: 'ok' | 'critical',
  condition: MonitorItem['stream']['condition'] = 'live',
): MonitorItem {
  return {
    name: 'flights',
    window: 1,
    hop: 1,
    baseline: 'b',
    owner: null,
    runbook: null,
    stream: {
      ...{ name: 's', condition, reason: 'because', watermark: null, tallies: {} },
      ...{ lag: null, sampling: null },
    },
    verdict,
    fields: [
      { field: 'delay', segment: null, verdict, reason: 'r', window: { start: 0, end: 1 } },
      { field: null, segment: null, verdict: 'ok', reason: 'r', window: { start: 0, end: 1 } },
    ],
  };
}

test('a field that turns critical is announced, once, with its monitor', () => {
  const first = reducePage(INITIAL_STATE, { kind: 'monitors', monitors: [monitor('ok')] });
  expect(first.announcement).toBe('');
  const second = reducePage(first, { kind: 'monitors', monitors: [monitor('critical')] });
  expect(second.announcement).toBe('delay of flights: Critical');
  const third = reducePage(second, { kind: 'monitors', monitors: [monitor('critical')] });
  expect(third.announcement).toBe(second.announcement);
});

test('a stream that stalls is announced with its reason', () => {
  const live = reducePage(INITIAL_STATE, { kind: 'monitors', monitors: [monitor('ok')] });
  const stalled = reducePage(live, {
    kind: 'monitors',
    monitors: [monitor('ok', 'stalled')],
  });
  expect(stalled.announcement).toBe('Stream s is stalled: because');
});

test('a failed read keeps what was read, a good one ends the failure', () => {
  const ready = reducePage(INITIAL_STATE, { kind: 'monitors', monitors: [monitor('ok')] });
  const failed = reducePage(ready, { kind: 'failed', problem: 'gone' });
  expect(failed).toMatchObject({ phase: 'failed', problem: 'gone', monitors: ready.monitors });
  const again = reducePage(failed, { kind: 'monitors', monitors: [] });
  expect(again).toMatchObject({ phase: 'ready', problem: '' });
});

test('trouble stays until it is over, or until nothing is known of it', () => {
  const troubles = [{ name: 'transport', reason: 'no broker' }];
  const known = reducePage(INITIAL_STATE, { kind: 'troubles', troubles });
  expect(known.troubles).toEqual(troubles);
  expect(reducePage(known, { kind: 'monitors', monitors: [] }).troubles).toEqual(troubles);
  expect(reducePage(known, { kind: 'failed', problem: 'gone' }).troubles).toEqual([]);
});

test('drift is listed by window, newest first', () => {
  const evaluations = [3, 9, 5].map((start) => evaluation({ start, verdict: 'warning' }));
  const state = reducePage(INITIAL_STATE, { kind: 'drift', evaluations });
  expect(state.drift.map(({ window }) => window.start)).toEqual([9, 5, 3]);
});
