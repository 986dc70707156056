import type { Machine } from '../machine.ts';
import { type Summary, summarise } from '../measure.ts';
import { formatMachine, section, table, verdict, whole } from '../print-results.ts';
import { ARROW_TARGET, type ArrowResult } from './arrow.ts';
import type { CostsResult } from './costs.ts';
import type { LatencyResult } from './latency.ts';
import type { KafkaResults } from './parts.ts';
import type { Monitored } from './run-monitor.ts';
import { type Round, THROUGHPUT_TARGET, type ThroughputResult } from './throughput.ts';
import type { Usage } from './usage.ts';

const WAYS: readonly (readonly [key: keyof Omit<Round, 'order'>, name: string])[] = [
  ['consume', '(a) consume'],
  ['parse', '(b) consume and JSON.parse'],
  ['whole', '(c) whole monitor, 300,000 events a window'],
  ['wholeSmallWindows', '(c’) whole monitor, 12,500 events a window'],
  ['kafkajsConsume', '(a) with the consumer of kafkajs'],
  ['kafkajsParse', '(b) with the consumer of kafkajs'],
];

/** The results as Markdown: what is printed is what the documentation shows. */
export function formatKafkaResults(machine: Machine, results: Partial<KafkaResults>): string {
  const { throughput, arrow, latency, costs } = results;
  return [
    formatMachine(machine),
    ...(throughput === undefined ? [] : [formatThroughput(throughput)]),
    ...(arrow === undefined ? [] : [formatArrow(arrow)]),
    ...(latency === undefined ? [] : [formatLatency(latency)]),
    ...(costs === undefined ? [] : [formatCosts(costs)]),
  ].join('\n\n');
}

function formatThroughput({ topic, fields, rounds, profiled }: ThroughputResult): string {
  const { events } = topic;
  const rows = WAYS.map(([key, name]) => {
    const found = rounds.map((round) => round[key]);
    const spread = (of: (usage: Usage) => number) => quartiles(found.map(of), 2);
    return [
      name,
      spread(({ cpuUs }) => cpuUs / events),
      spread(({ mainThreadCpuUs }) => mainThreadCpuUs / events),
      spread(({ secondHalf }) => (2 * secondHalf.cpuUs) / events),
      spread(({ wallUs }) => wallUs / events),
      spread(({ gcUs }) => gcUs / events),
      whole(median(found.map(({ maxRssBytes }) => maxRssBytes / 1e6))),
    ];
  });
  const ratio = (
    [a, b]: readonly [keyof Omit<Round, 'order'>, keyof Omit<Round, 'order'>],
    of: (usage: Usage) => number,
  ) => summarise(rounds.map((round) => of(round[a]) / of(round[b])));
  const cpu = ({ cpuUs }: Usage) => cpuUs;
  const target = ratio(['parse', 'whole'], cpu);
  const last = rounds.map((round) => round.whole);
  return section(
    `Kafka: ${whole(events)} events of ${whole(topic.bytes / topic.records)} bytes, ${fields} fields, microseconds an event`,
    table(
      [
        '',
        'CPU, all threads',
        'of it main thread',
        'CPU, second half',
        'wall',
        'GC pauses',
        'RSS, MB',
      ],
      rows,
    ),
    [
      `CPU time of (b) by that of (c), pair by pair: ${spelled(target, 2)}; target at least ${THROUGHPUT_TARGET.toFixed(2)}: ${verdict(target.median >= THROUGHPUT_TARGET)}.`,
      `By second halves: ${spelled(
        ratio(['parse', 'whole'], ({ secondHalf }) => secondHalf.cpuUs),
        2,
      )}.`,
      `With small windows (c’): ${spelled(ratio(['parse', 'wholeSmallWindows'], cpu), 2)}.`,
      `(b) with the consumer of kafkajs by (c): ${spelled(ratio(['kafkajsParse', 'whole'], cpu), 2)}.`,
    ].join(' '),
    `Each pair, every second one backwards: ${rounds.map(({ parse, whole: monitor }) => (parse.cpuUs / monitor.cpuUs).toFixed(2)).join(' ')}. Events in the published windows: ${rounds.every((round) => round.whole.events === events && round.wholeSmallWindows.events === events) ? 'all, in each run' : 'NOT ALL'}.`,
    formatWork(
      last,
      rounds.map((round) => round.wholeSmallWindows),
    ),
    ...(profiled === undefined ? [] : [formatProfile(profiled, { events, unit: 'an event' })]),
  );
}

/** What a run of the whole monitor wrote. */
function formatWork(large: readonly Monitored[], small: readonly Monitored[]): string {
  const line = (name: string, runs: readonly Monitored[]) => {
    const of = (value: (run: Monitored) => number) => median(runs.map(value));
    return [
      ...[name, whole(of(({ windows }) => windows)), whole(of(({ evaluations }) => evaluations))],
      whole(of(({ blocks }) => blocks)),
      whole(of(({ blockBytes, blocks }) => blockBytes / blocks)),
      ...[whole(of(({ commits }) => commits)), whole(of(({ panes }) => panes))],
      whole(of(({ paneBytes, panes }) => paneBytes / Math.max(1, panes))),
      whole(of((run) => (run.storeBytes - run.paneBytes) / run.evaluations)),
    ];
  };
  return table(
    [
      ...['', 'windows', 'evaluations', 'blocks', 'bytes/block', 'commits', 'panes', 'bytes/pane'],
      'bytes/evaluation',
    ],
    [line('(c)', large), line('(c’)', small)],
  );
}

function formatProfile(
  { profile }: Monitored,
  { events, unit }: { readonly events: number; readonly unit: string },
): string {
  if (profile === undefined) return 'The main thread was not sampled.';
  return table(
    ['main thread, sampled in a run of its own', `microseconds ${unit}`, 'share'],
    profile.parts.map(([part, milliseconds]) => [
      ...[part, ((1000 * milliseconds) / events).toFixed(2)],
      `${((100 * milliseconds) / profile.milliseconds).toFixed(0)} %`,
    ]),
  );
}

function formatArrow({ topic, rowsPerRecord, fields, runs, profiled }: ArrowResult): string {
  const { events, bytes } = topic;
  const rate = (of: (run: Monitored) => number) =>
    quartiles(
      runs.map((run) => 1e6 / of(run) / 1e6),
      2,
    );
  const wall = summarise(runs.map(({ wallUs }) => (events * 1e6) / wallUs));
  return section(
    `Kafka: ${whole(events)} rows in Arrow records of ${whole(rowsPerRecord)}, ${fields} fields, ${whole(bytes / events)} bytes a row`,
    table(
      ['million rows a second', 'whole run', 'second half'],
      [
        [
          'of wall time',
          rate(({ wallUs }) => wallUs / events),
          rate(({ secondHalf }) => (2 * secondHalf.wallUs) / events),
        ],
        [
          'of CPU time, all threads',
          rate(({ cpuUs }) => cpuUs / events),
          rate(({ secondHalf }) => (2 * secondHalf.cpuUs) / events),
        ],
        ['of CPU time, main thread', rate(({ mainThreadCpuUs }) => mainThreadCpuUs / events), ''],
      ],
    ),
    `Target at least ${whole(ARROW_TARGET)} rows a second of wall time in one process: ${verdict(wall.median >= ARROW_TARGET)}. Rows in the published windows: ${runs.every((run) => run.events === events) ? 'all, in each run' : 'NOT ALL'}.`,
    formatProfile(profiled, { events, unit: 'a row' }),
  );
}

function formatLatency(results: readonly LatencyResult[]): string {
  const [first] = results;
  if (first === undefined) return '';
  const rows = results.map(({ name, store, publishEvery, stepMs, milliseconds }) => {
    const sorted = [...milliseconds].sort((a, b) => a - b);
    const at = (share: number) => whole(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN);
    return [
      `${name}: publish_every ${publishEvery}, step ${stepMs ?? 1000} ms`,
      ...[store === 'sqlite' ? 'SQLite' : 'PostgreSQL', whole(sorted.length)],
      ...[at(0.5), at(0.9), at(0.99), at(1)],
    ];
  });
  return section(
    'Latency: from the event that moves the watermark past a window to its stored evaluation, milliseconds',
    table(['', 'store', 'windows', 'p50', 'p90', 'p99', 'most'], rows),
    `Windows of ${first.windowMs} ms, lateness ${first.latenessMs} ms, ${whole(first.perSecond)} events a second over 4 partitions; the clock begins when that event was acknowledged to its producer.`,
  );
}

function formatCosts({ blockSize, blocks, kinds }: CostsResult): string {
  const rows = kinds.map(({ kind, few, many }) => {
    const fields = many.fields - few.fields;
    const slope = (of: (costs: typeof few) => number) => (of(many) - of(few)) / fields;
    const rest = (of: (costs: typeof few) => number) => of(few) - few.fields * slope(of);
    const profile = (costs: typeof few) => costs.profileNs.median;
    return [
      ...[kind, whole(slope(profile)), whole(rest(profile))],
      whole(slope(({ applyNs }) => applyNs.median) / 1000),
      whole(slope(({ blockBytes }) => blockBytes)),
      whole(slope(({ paneBytes }) => paneBytes)),
      whole(slope(({ partitionBytes }) => partitionBytes) / 1000),
    ];
  });
  return section(
    `Costs of one more field: full blocks of ${whole(blockSize)} events in one pane, without Kafka`,
    table(
      [
        ...['field', 'profiler, ns/event', 'the event itself, ns', 'evaluator, µs/block'],
        ...['bytes/block', `bytes/pane after ${blocks} blocks`, 'profiler, kB/partition'],
      ],
      rows,
    ),
  );
}

function median(values: readonly number[]): number {
  return summarise(values).median;
}

/** Median, then the middle half in brackets. */
function quartiles(values: readonly number[], digits: number): string {
  const {
    median: middle,
    quartiles: [low, high],
  } = summarise(values);
  return `${middle.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

function spelled(
  { median: middle, min, max, quartiles: [low, high] }: Summary,
  digits: number,
): string {
  const range = (a: number, b: number) => `${a.toFixed(digits)}–${b.toFixed(digits)}`;
  return `median ${middle.toFixed(digits)} (half of the pairs ${range(low, high)}, all ${range(min, max)})`;
}
