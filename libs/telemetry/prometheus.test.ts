import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createLifecycle } from './lifecycle.ts';
import { observePrometheus } from './prometheus.ts';

const STREAM = { namespace: 'default', stream: 'scored' };
const MONITOR = { namespace: 'default', monitor: 'fraud' };
const RESOURCES = {
  streams: [{ namespace: 'default', name: 'scored' }],
  monitors: [{ namespace: 'default', name: 'fraud' }],
};

function setUp() {
  const registry = new Registry();
  const lifecycle = createLifecycle({
    onObserverError: (error) => {
      throw error;
    },
  });
  const observer = observePrometheus(lifecycle, {
    registry,
    version: '1.2.3',
    badReasons: ['malformed'],
  });
  const lines = async () =>
    (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const value = async (name: string, labels: Record<string, string> = {}) => {
    const metric = await registry.getSingleMetric(`plumbline_${name}`)?.get();
    return metric?.values.find((entry) =>
      Object.entries(labels).every(([key, label]) => entry.labels[key] === label),
    )?.value;
  };
  return { lifecycle, observer, lines, value };
}

test('series of known resources exist at zero before anything happened', async () => {
  const { observer, value } = setUp();
  expect(await value('evaluations_total', { ...MONITOR, verdict: 'critical' })).toBeUndefined();
  observer.prepare(RESOURCES);
  expect(await value('evaluations_total', { ...MONITOR, verdict: 'critical' })).toBe(0);
  expect(await value('events_bad_total', { ...STREAM, reason: 'malformed' })).toBe(0);
  expect(await value('gap_offsets_total', { ...STREAM, outcome: 'lost' })).toBe(0);
  expect(await value('build_info', { version: '1.2.3' })).toBe(1);
});

test('preparing again keeps what was counted', async () => {
  const { lifecycle, observer, value } = setUp();
  observer.prepare(RESOURCES);
  lifecycle.emit({
    type: 'batch_profiled',
    ...STREAM,
    topic: 't',
    partition: 3,
    events: 70,
    bad: { malformed: 2 },
    synthetic: 5,
    future: 7,
    sampledOut: 40,
    seconds: 0.25,
  });
  observer.prepare(RESOURCES);
  expect(await value('events_total', STREAM)).toBe(70);
  expect(await value('events_bad_total', { ...STREAM, reason: 'malformed' })).toBe(2);
  expect(await value('events_synthetic_total', STREAM)).toBe(5);
  expect(await value('events_future_total', STREAM)).toBe(7);
  expect(await value('events_sampled_out_total', STREAM)).toBe(40);
});

test('the verdict gauges show the newest window, the counters count every publication', async () => {
  const { lifecycle, value } = setUp();
  const publish = (start: number, critical: number) =>
    lifecycle.emit({
      type: 'window_published',
      ...MONITOR,
      window: { start, end: start + 1000 },
      verdicts: { ok: 3, critical },
      events: 10,
      seconds: 0.01,
    });
  publish(5000, 1);
  publish(1000, 7);
  expect(await value('monitor_verdicts', { ...MONITOR, verdict: 'critical' })).toBe(1);
  expect(await value('evaluations_total', { ...MONITOR, verdict: 'critical' })).toBe(8);
  expect(await value('monitor_window_end_timestamp_seconds', MONITOR)).toBe(6);
  lifecycle.emit({
    type: 'window_restated',
    ...MONITOR,
    window: { start: 5000, end: 6000 },
    revision: 2,
    verdicts: { ok: 4 },
    events: 11,
    seconds: 0.01,
  });
  expect(await value('monitor_verdicts', { ...MONITOR, verdict: 'critical' })).toBe(0);
  expect(await value('windows_published_total', { ...MONITOR, revision: 'restatement' })).toBe(1);
});

test('exactly one condition of a stream is 1', async () => {
  const { lifecycle, value } = setUp();
  for (const condition of ['waiting', 'live', 'stalled'] as const) {
    lifecycle.emit({
      type: 'stream_condition',
      ...STREAM,
      condition,
      reason: 'r',
    });
  }
  expect(await value('stream_condition', { ...STREAM, condition: 'stalled' })).toBe(1);
  expect(await value('stream_condition', { ...STREAM, condition: 'live' })).toBe(0);
});

test('what an evaluator gave away is told by its next owner alone', async () => {
  const { observer, lifecycle, value } = setUp();
  observer.prepare(RESOURCES);
  const publish = (end: number) =>
    lifecycle.emit({
      ...{ type: 'window_published', ...MONITOR, window: { start: end - 1000, end } },
      ...{ verdicts: { critical: 1 }, events: 10, seconds: 0.01 },
    });
  const tell = () => {
    lifecycle.emit({ type: 'stream_condition', ...STREAM, condition: 'stalled', reason: 'r' });
    lifecycle.emit({ type: 'watermark', ...STREAM, watermark: 5000 });
  };
  const verdicts = () => value('monitor_verdicts', { ...MONITOR, verdict: 'critical' });
  const condition = () => value('stream_condition', { ...STREAM, condition: 'stalled' });
  const release = (holdsOthers: boolean) =>
    lifecycle.emit({ type: 'profile_released', ...STREAM, monitors: ['fraud'], holdsOthers });
  publish(9000);
  tell();
  release(true);
  expect([await verdicts(), await condition()]).toEqual([undefined, 1]);
  expect(await value('monitor_window_end_timestamp_seconds', MONITOR)).toBeUndefined();
  // It comes back: an older window is news again.
  publish(6000);
  expect(await verdicts()).toBe(1);
  release(false);
  expect([await verdicts(), await condition()]).toEqual([undefined, undefined]);
  expect(await value('stream_watermark_timestamp_seconds', STREAM)).toBeUndefined();
  expect(await value('evaluations_total', { ...MONITOR, verdict: 'critical' })).toBe(2);
});

test('the watermark is the last one told, redelivered blocks are not applied ones', async () => {
  const { lifecycle, value } = setUp();
  for (const watermark of [2000, 5000]) lifecycle.emit({ type: 'watermark', ...STREAM, watermark });
  expect(await value('stream_watermark_timestamp_seconds', STREAM)).toBe(5);
  const counts = { blocks: 5, ignored: 2, events: 30, seconds: 0.1 };
  lifecycle.emit({ type: 'blocks_applied', ...STREAM, ...counts });
  expect(await value('blocks_applied_total', { ...STREAM, outcome: 'applied' })).toBe(3);
  expect(await value('blocks_applied_total', { ...STREAM, outcome: 'ignored' })).toBe(2);
});

test('lag adds up over partitions, or is the longest, and forgets those that were given away', async () => {
  const { lifecycle, value } = setUp();
  const lag = (partition: number, records: number, seconds: number) =>
    lifecycle.emit({ type: 'transport_lag', ...STREAM, topic: 't', partition, records, seconds });
  lag(0, 10, 90);
  lag(1, 5, 40);
  lag(0, 2, 20);
  expect(await value('transport_lag_records', STREAM)).toBe(7);
  expect(await value('transport_lag_seconds', STREAM)).toBe(40);
  lifecycle.emit({ type: 'partitions_assigned', ...STREAM, role: 'evaluator', partitions: 1 });
  expect(await value('transport_lag_records', STREAM)).toBe(7);
  lifecycle.emit({ type: 'partitions_assigned', ...STREAM, role: 'profiler', partitions: 1 });
  expect(await value('transport_lag_seconds', STREAM)).toBe(0);
  lag(1, 5, 7);
  expect(await value('transport_lag_records', STREAM)).toBe(5);
  expect(await value('transport_lag_seconds', STREAM)).toBe(7);
  expect(await value('partitions_assigned', { ...STREAM, role: 'evaluator' })).toBe(1);
});

test('the share of a sample is shown, and that of a stream without one is 1', async () => {
  const { observer, lifecycle, value } = setUp();
  const sampled = { namespace: 'default', name: 'sampled', sampling: { share: 0.25 } };
  observer.prepare({ ...RESOURCES, streams: [...RESOURCES.streams, sampled] });
  expect(await value('stream_sampling_share', STREAM)).toBe(1);
  expect(await value('stream_sampling_share', { stream: 'sampled' })).toBe(0.25);
  lifecycle.emit({ type: 'sampling', ...STREAM, share: 0.5 });
  expect(await value('stream_sampling_share', STREAM)).toBe(0.5);
});

test('the number of series depends neither on fields, partitions, windows nor bad reasons', async () => {
  const { lifecycle, observer, lines } = setUp();
  observer.prepare(RESOURCES);
  const burst = (count: number) => {
    for (let i = 0; i < count; i += 1) {
      lifecycle.emit({
        type: 'batch_profiled',
        ...STREAM,
        topic: `topic-${i}`,
        partition: i,
        events: 1,
        bad: { [`reason-${i}`]: 1 },
        synthetic: 0,
        future: 0,
        sampledOut: 0,
        seconds: 0.001,
      });
      lifecycle.emit({
        type: 'transport_lag',
        ...STREAM,
        topic: 't',
        partition: i,
        records: i,
        seconds: i,
      });
      // A window with as many fields as the loop has turns.
      lifecycle.emit({
        type: 'window_published',
        ...MONITOR,
        window: { start: i, end: i + 1 },
        verdicts: { ok: i, critical: 1000 - i },
        events: i,
        seconds: 0.001,
      });
    }
  };
  burst(50);
  const before = (await lines()).length;
  burst(1000);
  expect((await lines()).length).toBe(before);
});
