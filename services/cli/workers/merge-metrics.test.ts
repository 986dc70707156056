import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createLifecycle } from '#libs/telemetry/lifecycle.ts';
import { observePrometheus } from '#libs/telemetry/prometheus.ts';
import { mergeMetrics, remains } from './merge-metrics.ts';
import type { MetricSnapshot } from './messages.ts';

const STREAM = { namespace: 'default', stream: 'orders' };

/** What a process that has counted so many events, and has so many partitions, tells. */
async function processWith(events: number, partitions: number): Promise<readonly MetricSnapshot[]> {
  const lifecycle = createLifecycle();
  const registry = new Registry();
  observePrometheus(lifecycle, { registry, version: '1.2.3' });
  lifecycle.emit({ type: 'partitions_assigned', ...STREAM, role: 'profiler', partitions });
  lifecycle.emit({
    ...{ type: 'batch_profiled', ...STREAM, topic: 'orders', partition: 0, events },
    ...{ bad: {}, synthetic: 0, future: 0, sampledOut: 0, seconds: 0.25 },
  });
  // As it comes over the line between two processes.
  return JSON.parse(JSON.stringify(await registry.getMetricsAsJSON())) as MetricSnapshot[];
}

async function lineOf(parts: readonly (readonly MetricSnapshot[])[], start: string) {
  const text = await mergeMetrics(parts).metrics();
  return text
    .split('\n')
    .find((line) => line.startsWith(start))
    ?.replace(/.* /, '');
}

test('several processes are added up, what is said of all alike is not', async () => {
  const parts = await Promise.all([processWith(10, 3), processWith(20, 4)]);
  expect(await lineOf(parts, 'plumbline_events_total{')).toBe('30');
  expect(await lineOf(parts, 'plumbline_partitions_assigned{')).toBe('7');
  expect(await lineOf(parts, 'plumbline_build_info{')).toBe('1');
  const seconds = 'plumbline_stage_seconds_sum{stage="profile"}';
  expect(await lineOf(parts, seconds)).toBe('0.5');
});

test('of those that have ended remains what they have counted, not what they had', async () => {
  const [living, first, second] = await Promise.all([
    processWith(1, 12),
    processWith(10, 3),
    processWith(100, 4),
  ]);
  const ended = await remains([await remains([[], first]), second]);
  expect(await lineOf([living, ended], 'plumbline_events_total{')).toBe('111');
  expect(await lineOf([living, ended], 'plumbline_partitions_assigned{')).toBe('12');
  const seconds = 'plumbline_stage_seconds_sum{stage="profile"}';
  expect(await lineOf([living, ended], seconds)).toBe('0.75');
});
