import { type ArrowResult, measureArrow } from './arrow.ts';
import type { BenchBed } from './bench-bed.ts';
import type { CostsResult } from './costs.ts';
import { LATENCY_SETTINGS, type LatencyResult, measureLatency } from './latency.ts';
import { runTask } from './run-task.ts';
import { measureThroughput, type ThroughputResult } from './throughput.ts';

/** What each part found. */
export interface KafkaResults {
  readonly throughput: ThroughputResult;
  readonly arrow: ArrowResult;
  readonly latency: readonly LatencyResult[];
  readonly costs: CostsResult;
}

/** Rows in Arrow records take less time than events in JSON. */
const ROWS_PER_EVENT = 4;

export type KafkaPart = keyof KafkaResults;

export interface Size {
  readonly events: number;
  readonly pairs: number;
  /** Only shows that everything works. */
  readonly quick: boolean;
}

/** The parts in the order in which they run. */
export const KAFKA_PARTS: {
  readonly [name in KafkaPart]: (bed: BenchBed, size: Size) => Promise<KafkaResults[name]>;
} = {
  throughput: measureThroughput,
  arrow: (bed, { events, pairs }) =>
    measureArrow(bed, { rows: ROWS_PER_EVENT * events, runs: pairs }),
  latency: (bed, { quick }) =>
    measureLatency(bed, {
      windows: quick ? 2 : 120,
      settings: quick
        ? LATENCY_SETTINGS.filter(({ name, store }) => name === 'fastest' && store === 'sqlite')
        : LATENCY_SETTINGS,
    }),
  costs: (_, { quick }) =>
    runTask(
      'measureCosts',
      quick
        ? { few: 1, many: 2, blocks: 1, repetitions: 1 }
        : { few: 1, many: 16, blocks: 8, repetitions: 7 },
    ),
};
