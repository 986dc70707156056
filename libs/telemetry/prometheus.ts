import type { Registry } from 'prom-client';
import type { Verdict } from '#libs/detectors/evaluation.ts';
import type { StreamCondition } from '#libs/store/port.ts';
import { boundedLabels } from './bounded-labels.ts';
import type { Lifecycle, LifecycleEvent } from './lifecycle.ts';
import { createMetrics, type Metrics } from './metrics.ts';

type Lag = Pick<EventOf<'transport_lag'>, 'records' | 'seconds'>;
type EventOf<T extends LifecycleEvent['type']> = Extract<LifecycleEvent, { type: T }>;

const VERDICTS: readonly Verdict[] = [
  'ok',
  'warning',
  'critical',
  'insufficient_data',
  'no_baseline',
];
const CONDITIONS: readonly StreamCondition[] = ['waiting', 'live', 'stalled', 'ended'];
const STAGES = ['profile', 'publish', 'apply', 'commit', 'evaluate'] as const;

/** Why an event is bad comes from a short list in the profiler; this only bounds a mistake. */
const REASON_LIMIT = 30;

export interface PrometheusOptions {
  readonly registry: Registry;
  readonly version: string;
  /** Reasons for which an event can be bad, to start their counters at zero. */
  readonly badReasons?: readonly string[];
}

interface KnownResources {
  readonly streams: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly sampling?: { readonly share: number };
  }[];
  readonly monitors: readonly { readonly namespace: string; readonly name: string }[];
}

export interface PrometheusObserver {
  /** Starts all series of these streams and monitors at zero, so that a rate sees a first failure. */
  prepare(resources: KnownResources): void;
  stop(): void;
}

/** Keeps Plumbline's Prometheus metrics, and the process's, from lifecycle events. */
export function observePrometheus(
  lifecycle: Lifecycle,
  options: PrometheusOptions,
): PrometheusObserver {
  const metrics = createMetrics(options.registry);
  metrics.build.set({ version: options.version, node: process.versions.node }, 1);
  for (const stage of STAGES) metrics.stage.zero({ stage });
  for (const role of ['profiler', 'evaluator']) metrics.rebalance.zero({ role });
  const badReason = boundedLabels(REASON_LIMIT);
  const lagOf = new Map<string, Map<string, Lag>>();
  const newestEnd = new Map<string, number>();

  const published = (
    event: EventOf<'window_published' | 'window_restated'>,
    revision: 'first' | 'restatement',
  ): void => {
    const { namespace, monitor } = event;
    metrics.stage.observe({ stage: 'evaluate' }, event.seconds);
    metrics.windows.inc({ namespace, monitor, revision });
    for (const verdict of VERDICTS) {
      const count = event.verdicts[verdict] ?? 0;
      metrics.evaluations.inc({ namespace, monitor, verdict }, count);
    }
    const key = JSON.stringify([namespace, monitor]);
    if (event.window.end < (newestEnd.get(key) ?? Number.NEGATIVE_INFINITY)) return;
    newestEnd.set(key, event.window.end);
    metrics.windowEnd.set({ namespace, monitor }, event.window.end / 1000);
    for (const verdict of VERDICTS) {
      metrics.verdicts.set({ namespace, monitor, verdict }, event.verdicts[verdict] ?? 0);
    }
  };

  const stop = lifecycle.observe((event) => {
    switch (event.type) {
      case 'batch_profiled':
        return countBatch(metrics, event, badReason);
      case 'dead_letter_refused':
        metrics.deadLetters.inc({ ...streamOf(event), outcome: 'cut' }, event.cut);
        return metrics.deadLetters.inc({ ...streamOf(event), outcome: 'dropped' }, event.dropped);
      case 'block_published':
        metrics.stage.observe({ stage: 'publish' }, event.seconds);
        return metrics.blocksPublished.inc({ ...streamOf(event), state: event.state });
      case 'blocks_applied':
        metrics.stage.observe({ stage: 'apply' }, event.seconds);
        metrics.blocksApplied.inc(
          { ...streamOf(event), outcome: 'applied' },
          event.blocks - event.ignored,
        );
        return metrics.blocksApplied.inc({ ...streamOf(event), outcome: 'ignored' }, event.ignored);
      case 'block_unknown':
        return metrics.blocksUnknown.inc();
      case 'window_published':
        return published(event, 'first');
      case 'window_restated':
        return published(event, 'restatement');
      case 'commit':
        return metrics.stage.observe({ stage: 'commit' }, event.seconds);
      case 'commit_conflict':
        return metrics.commitConflicts.inc(streamOf(event));
      case 'gap':
        return metrics.gapOffsets.inc(
          { ...streamOf(event), outcome: event.outcome },
          event.to - event.from,
        );
      case 'log_began_anew':
        return metrics.logsBegunAnew.inc(streamOf(event));
      case 'sampling':
        return metrics.samplingShare.set(streamOf(event), event.share);
      case 'stream_condition':
        return setCondition(metrics, event);
      case 'profile_released':
        for (const monitor of event.monitors) {
          newestEnd.delete(JSON.stringify([event.namespace, monitor]));
          forgetMonitor(metrics, { namespace: event.namespace, monitor });
        }
        return event.holdsOthers ? undefined : forgetStream(metrics, streamOf(event));
      case 'watermark':
        return metrics.watermark.set(streamOf(event), event.watermark / 1000);
      case 'transport_lag': {
        const key = JSON.stringify([event.namespace, event.stream]);
        const partitions = lagOf.get(key) ?? new Map<string, Lag>();
        lagOf.set(key, partitions);
        partitions.set(`${event.topic}/${event.partition}`, event);
        const lags = [...partitions.values()];
        metrics.lagSeconds.set(streamOf(event), Math.max(...lags.map(({ seconds }) => seconds)));
        return metrics.lag.set(
          streamOf(event),
          lags.reduce((sum, { records }) => sum + records, 0),
        );
      }
      case 'partitions_assigned':
        // Another member reports the lag of what was given away.
        if (event.role === 'profiler') {
          lagOf.delete(JSON.stringify([event.namespace, event.stream]));
          metrics.lag.set(streamOf(event), 0);
          metrics.lagSeconds.set(streamOf(event), 0);
        }
        return metrics.assigned.set({ ...streamOf(event), role: event.role }, event.partitions);
      case 'rebalanced':
        return metrics.rebalance.observe({ role: event.role }, event.milliseconds / 1000);
      case 'request_served':
        metrics.requestSeconds.observe({ route: event.route }, event.seconds);
        return metrics.requests.inc({
          method: event.method,
          route: event.route,
          status: String(event.status),
        });
      case 'live_clients':
        metrics.liveClients.set(event.clients);
        return event.change === 'slow' ? metrics.slowClients.inc() : undefined;
      case 'failure':
        return metrics.failures.inc({ role: event.role, code: event.code });
      case 'baseline_built':
      case 'recovered':
        return undefined;
    }
  });

  return { prepare: (resources) => prepare(metrics, resources, options.badReasons ?? []), stop };
}

function streamOf(event: { readonly namespace: string; readonly stream: string }) {
  return { namespace: event.namespace, stream: event.stream };
}

function countBatch(
  metrics: Metrics,
  event: EventOf<'batch_profiled'>,
  badReason: (reason: string) => string,
): void {
  const labels = streamOf(event);
  metrics.stage.observe({ stage: 'profile' }, event.seconds);
  metrics.events.inc(labels, event.events);
  metrics.synthetic.inc(labels, event.synthetic);
  metrics.future.inc(labels, event.future);
  metrics.sampledOut.inc(labels, event.sampledOut);
  for (const [reason, count] of Object.entries(event.bad)) {
    if (count > 0) metrics.bad.inc({ ...labels, reason: badReason(reason) }, count);
  }
}

function setCondition(metrics: Metrics, event: EventOf<'stream_condition'>): void {
  for (const condition of CONDITIONS) {
    metrics.condition.set({ ...streamOf(event), condition }, condition === event.condition ? 1 : 0);
  }
}

/** The last values of who had a profile before would be merged with those of who has it now. */
function forgetMonitor(
  { verdicts, windowEnd }: Metrics,
  labels: { readonly namespace: string; readonly monitor: string },
): void {
  windowEnd.remove(labels);
  for (const verdict of VERDICTS) verdicts.remove({ ...labels, verdict });
}

function forgetStream(
  { condition: conditions, watermark }: Metrics,
  labels: ReturnType<typeof streamOf>,
): void {
  watermark.remove(labels);
  for (const condition of CONDITIONS) conditions.remove({ ...labels, condition });
}

function prepare(metrics: Metrics, resources: KnownResources, badReasons: readonly string[]): void {
  for (const { namespace, name: stream, sampling } of resources.streams) {
    const labels = { namespace, stream };
    const { events, synthetic, future, sampledOut, commitConflicts, logsBegunAnew } = metrics;
    for (const metric of [events, synthetic, future, sampledOut, commitConflicts, logsBegunAnew]) {
      metric.inc(labels, 0);
    }
    metrics.samplingShare.set(labels, sampling?.share ?? 1);
    for (const reason of badReasons) metrics.bad.inc({ ...labels, reason }, 0);
    for (const state of ['open', 'closed']) metrics.blocksPublished.inc({ ...labels, state }, 0);
    for (const outcome of ['cut', 'dropped']) metrics.deadLetters.inc({ ...labels, outcome }, 0);
    for (const outcome of ['applied', 'ignored']) {
      metrics.blocksApplied.inc({ ...labels, outcome }, 0);
    }
    for (const outcome of ['waiting', 'filled', 'lost']) {
      metrics.gapOffsets.inc({ ...labels, outcome }, 0);
    }
    for (const condition of CONDITIONS) metrics.condition.inc({ ...labels, condition }, 0);
  }
  for (const { namespace, name: monitor } of resources.monitors) {
    for (const verdict of VERDICTS) {
      metrics.evaluations.inc({ namespace, monitor, verdict }, 0);
      metrics.verdicts.inc({ namespace, monitor, verdict }, 0);
    }
    for (const revision of ['first', 'restatement']) {
      metrics.windows.inc({ namespace, monitor, revision }, 0);
    }
  }
}
