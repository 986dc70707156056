import {
  type Aggregator,
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type Registry,
} from 'prom-client';

const STREAM = ['namespace', 'stream'] as const;
const MONITOR = ['namespace', 'monitor'] as const;

/** Buckets from half a millisecond to a minute, in seconds. */
const SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60,
];

/**
 * All metrics of Plumbline, registered once. Labels name streams and monitors, never fields,
 * segments, partitions or addresses: their number is the user's data's, not the configuration's.
 */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `plumbline_${name}`, help, labelNames, registers });
  /** `aggregator` says what several processes' values come to. */
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    aggregator: Aggregator = 'sum',
  ) => new Gauge({ name: `plumbline_${name}`, help, labelNames, registers, aggregator });
  const seconds = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Histogram({
      name: `plumbline_${name}`,
      help,
      labelNames,
      registers,
      buckets: SECONDS,
    });

  collectDefaultMetrics({ register: registry });
  return {
    events: counter('events_total', 'Records read from the input topics.', STREAM),
    bad: counter('events_bad_total', 'Events that could not be counted, by reason.', [
      ...STREAM,
      'reason',
    ]),
    deadLetters: counter(
      'dead_letters_refused_total',
      'Bad records that the dead-letter topic refused: copied without value, or not at all.',
      [...STREAM, 'outcome'],
    ),
    synthetic: counter('events_synthetic_total', 'Synthetic events, kept apart.', STREAM),
    future: counter('events_future_total', 'Events too far ahead of their log timestamp.', STREAM),
    sampledOut: counter('events_sampled_out_total', 'Events that sampling left out.', STREAM),
    blocksPublished: counter('blocks_published_total', 'Blocks sent to the blocks topic.', [
      ...STREAM,
      'state',
    ]),
    blocksApplied: counter('blocks_applied_total', 'Blocks taken by the evaluator.', [
      ...STREAM,
      'outcome',
    ]),
    blocksUnknown: counter(
      'blocks_unknown_total',
      'Blocks of profiles that another process counts and this one’s configuration does not have.',
      [],
    ),
    gapOffsets: counter('gap_offsets_total', 'Offsets missing between blocks, by what became.', [
      ...STREAM,
      'outcome',
    ]),
    logsBegunAnew: counter(
      'logs_begun_anew_total',
      'Partitions whose log was recreated or truncated.',
      STREAM,
    ),
    commitConflicts: counter(
      'commit_conflicts_total',
      'Evaluator steps repeated because another writer came first.',
      STREAM,
    ),
    windows: counter('windows_published_total', 'Windows published: first or a restatement.', [
      ...MONITOR,
      'revision',
    ]),
    evaluations: counter('evaluations_total', 'Verdicts on fields and segments.', [
      ...MONITOR,
      'verdict',
    ]),
    verdicts: gauge('monitor_verdicts', 'Fields and segments by verdict in the newest window.', [
      ...MONITOR,
      'verdict',
    ]),
    windowEnd: gauge(
      'monitor_window_end_timestamp_seconds',
      'End of the newest published window, in event time.',
      MONITOR,
      'max',
    ),
    condition: gauge(
      'stream_condition',
      '1 for the condition that the stream is in.',
      [...STREAM, 'condition'],
      'max',
    ),
    watermark: gauge(
      'stream_watermark_timestamp_seconds',
      'Event time up to which the stream is complete.',
      STREAM,
      'max',
    ),
    lag: gauge('transport_lag_records', 'Records not yet read, over all partitions.', STREAM),
    lagSeconds: gauge(
      'transport_lag_seconds',
      'Age of the last record read, of the partition furthest behind; 0 without a backlog.',
      STREAM,
      'max',
    ),
    samplingShare: gauge(
      'stream_sampling_share',
      'Share of the keys that is counted; 1 without sampling.',
      STREAM,
      'min',
    ),
    assigned: gauge('partitions_assigned', 'Partitions that this process works on.', [
      ...STREAM,
      'role',
    ]),
    rebalance: seconds(
      'rebalance_seconds',
      'How long a member took no batch while its group settled who has what.',
      ['role'],
    ),
    stage: seconds(
      'stage_seconds',
      'Time of one step: profile, publish, apply, commit, evaluate.',
      ['stage'],
    ),
    failures: counter('failures_total', 'Failures by role and error code.', ['role', 'code']),
    requests: counter('http_requests_total', 'Requests answered by the API.', [
      'method',
      'route',
      'status',
    ]),
    requestSeconds: seconds('http_request_seconds', 'Time until the answer was sent.', ['route']),
    liveClients: gauge('live_clients', 'Pages that listen to live events.', []),
    slowClients: counter('live_clients_cut_total', 'Listeners cut off for not reading.', []),
    build: gauge('build_info', 'Always 1; the labels tell versions.', ['version', 'node'], 'first'),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
