import type { BenchBed } from './bench-bed.ts';
import { WATCHED_FIELDS } from './bench-config.ts';
import type { Consumed } from './consume-with-adapter.ts';
import type { FilledTopic } from './fill-topic.ts';
import type { Monitored } from './run-monitor.ts';
import { runTask } from './run-task.ts';

/** Least share of the whole monitor's CPU time that consuming and parsing alone should take. */
export const THROUGHPUT_TARGET = 0.8;

/** Windows of the whole monitor: events are 288 ms of event time apart. */
const LARGE_WINDOWS = { window: '1d', lateness: '1h' };
const SMALL_WINDOWS = { window: '1h', lateness: '6m' };

/** All ways over the same topic, one right after the other; each in a fresh process. */
export interface Round {
  readonly order: 'forwards' | 'backwards';
  readonly kafkajsConsume: Consumed;
  readonly kafkajsParse: Consumed;
  readonly consume: Consumed;
  readonly parse: Consumed;
  /** With 300,000 events a window. */
  readonly whole: Monitored;
  /** With 12,500 events a window: a few times the work of the evaluator. */
  readonly wholeSmallWindows: Monitored;
}

export interface ThroughputResult {
  readonly topic: FilledTopic;
  readonly fields: number;
  readonly rounds: readonly Round[];
  readonly profiled?: Monitored;
}

/** What to count from JSON events costs beside only consuming them, and consuming and parsing. */
export async function measureThroughput(
  bed: BenchBed,
  {
    events,
    pairs,
    quick,
  }: { readonly events: number; readonly pairs: number; readonly quick: boolean },
): Promise<ThroughputResult> {
  const topic = await bed.fill('json', events);
  const rounds: Round[] = [];
  while (rounds.length < pairs) {
    const order = rounds.length % 2 === 0 ? 'forwards' : 'backwards';
    rounds.push(await measureRound(bed, { topic, order }));
  }
  const result = { topic, fields: WATCHED_FIELDS, rounds };
  return quick ? result : { ...result, profiled: await profileWhole(bed, topic) };
}

type Ways = Omit<Round, 'order'>;

async function measureRound(
  bed: BenchBed,
  {
    topic: { topic, records },
    order,
  }: { readonly topic: FilledTopic; readonly order: Round['order'] },
): Promise<Round> {
  const { brokers } = bed;
  const found: { -readonly [way in keyof Ways]?: Ways[way] } = {};
  const consume = (parse: boolean) => ({
    ...{ brokers, topic, records, parse, group: bed.nextName('group') },
  });
  const monitor = (windows: typeof LARGE_WINDOWS) => ({
    ...bed.freshConfig({ topic, ...windows }),
    records,
  });
  // Those that are compared stand side by side.
  const ways: readonly (() => Promise<void>)[] = [
    async () => {
      found.kafkajsConsume = await runTask('consumeWithKafkajs', consume(false));
    },
    async () => {
      found.kafkajsParse = await runTask('consumeWithKafkajs', consume(true));
    },
    async () => {
      found.consume = await runTask('consumeWithAdapter', consume(false));
    },
    async () => {
      found.parse = await runTask('consumeWithAdapter', consume(true));
    },
    async () => {
      found.whole = await runTask('runMonitor', monitor(LARGE_WINDOWS));
    },
    async () => {
      found.wholeSmallWindows = await runTask('runMonitor', monitor(SMALL_WINDOWS));
    },
  ];
  for (const way of order === 'forwards' ? ways : ways.toReversed()) await way();
  return { order, ...(found as Ways) };
}

/** Where the time of the main thread goes; sampled in a run of its own. */
async function profileWhole(bed: BenchBed, { topic, records }: FilledTopic): Promise<Monitored> {
  const config = bed.freshConfig({ topic, ...LARGE_WINDOWS });
  return runTask('runMonitor', { ...config, records, profiled: true });
}
