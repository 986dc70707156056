import { summarise } from '../measure.ts';
import { section, table, whole } from '../print-results.ts';
import type { CostsResult } from './costs.ts';
import type { KafkaResults } from './parts.ts';
import type { Monitored } from './run-monitor.ts';

/** What the worked examples are about. */
const EVENTS_PER_SECOND = 1_000_000;
const MANY_FIELDS = 10_000;
const FIELDS_PER_STREAM = 10;
const HOURS_KEPT = { panes: 24 * 35, evaluations: 24 * 400 };
/** How busy the main thread of a process should be at most: what is left catches up. */
const BUSY = 0.7;
/** What a topic created by Plumbline takes as one batch. */
const LARGEST_RECORD = 32 * 1024 * 1024;

interface FieldCost {
  readonly kind: string;
  readonly eventNs: number;
  readonly blockUs: number;
  readonly blockBytes: number;
  readonly paneBytes: number;
  readonly partitionBytes: number;
}

/** The rules of thumb for capacity, and two installations worked out, from a recorded run. */
export function formatSizing({ throughput, costs }: Pick<KafkaResults, 'throughput' | 'costs'>) {
  const { rounds, topic, fields } = throughput;
  const of = (value: (large: Monitored, small: Monitored) => number) =>
    summarise(rounds.map((round) => value(round.whole, round.wholeSmallWindows))).median;
  const eventUs = of((large) => large.cpuUs / topic.events);
  const mainUs = of((large) => large.mainThreadCpuUs / topic.events);
  const evaluationMs = of(
    (large, small) => (small.cpuUs - large.cpuUs) / 1000 / (small.evaluations - large.evaluations),
  );
  const evaluationBytes = of(
    (_, small) => (small.storeBytes - small.paneBytes) / small.evaluations,
  );
  const blockBytes = of((large) => large.blockBytes / large.blocks);
  const paneBytes = of((large) => large.paneBytes / large.panes);
  const kinds = costs.kinds.map(fieldCost);
  const dearest = kinds.reduce((a, b) => (a.eventNs > b.eventNs ? a : b));
  const processes = Math.ceil((EVENTS_PER_SECOND * mainUs) / 1e6 / BUSY);
  const blocks = EVENTS_PER_SECOND / costs.blockSize;
  const streams = MANY_FIELDS / FIELDS_PER_STREAM;
  const panesGb = (MANY_FIELDS * HOURS_KEPT.panes * paneBytes) / fields / 1e9;
  const evaluationsGb = (MANY_FIELDS * HOURS_KEPT.evaluations * evaluationBytes) / 1e9;
  const wideUs = (MANY_FIELDS * dearest.eventNs) / 1000;
  const wideBlock = MANY_FIELDS * dearest.blockBytes;
  return [
    section(
      'What things cost',
      table(
        ['', 'CPU', 'bytes'],
        [
          [
            `an event of ${whole(topic.bytes / topic.records)} bytes with ${fields} fields, all in all`,
            `${eventUs.toFixed(1)} µs, ${mainUs.toFixed(1)} µs of them on the main thread`,
            '0: nothing is kept by event',
          ],
          ...kinds.map((kind) => [
            `one more field: ${kind.kind}`,
            `${whole(kind.eventNs)} ns an event, ${whole(kind.blockUs)} µs a block`,
            `${whole(kind.blockBytes)} a block, ${whole(kind.paneBytes)} a pane, ${whole(kind.partitionBytes)} of memory a partition`,
          ]),
          [
            `a block: ${whole(costs.blockSize)} offsets of a partition, ${fields} fields`,
            'in the event’s',
            `${whole(blockBytes)} in the blocks topic`,
          ],
          [
            'an evaluation: one field of one window, with the panes and blocks that it takes',
            `${evaluationMs.toFixed(2)} ms`,
            `${whole(evaluationBytes)} in the store`,
          ],
        ],
      ),
    ),
    section(
      'One million events a second',
      `With ${fields} fields: ${whole(eventUs)} to ${whole(eventUs + 1)} cores (1,000,000 × ${eventUs.toFixed(1)} µs), as ${processes} processes or workers whose main thread is busy for at most ${whole(100 * BUSY)} % of the time; so at least ${processes} partitions, better a multiple of it. The blocks topic gets ${whole(blocks)} finished blocks a second, ${((blocks * blockBytes) / 1e6).toFixed(1)} MB, and lets go of them once they are stored and compaction has come by; unfinished ones come on top, at most one a partition every \`publish_every\`.`,
    ),
    section(
      'Ten thousand fields',
      table(
        [
          '',
          `${whole(streams)} streams of ${FIELDS_PER_STREAM} fields`,
          'one stream with all of them',
        ],
        [
          [
            'CPU of an event',
            `${eventUs.toFixed(1)} µs`,
            `${(wideUs / 1000).toFixed(1)} ms if all are numeric without repetition`,
          ],
          ['events a second that one core counts', whole(1e6 / eventUs), whole(1e6 / wideUs)],
          [
            'cores for a million events a second',
            whole(Math.ceil(eventUs)),
            `${whole(wideUs)}: sample, or watch fewer fields`,
          ],
          [
            'a finished block',
            `${(blockBytes / 1e3).toFixed(0)} kB`,
            `${(wideBlock / 1e6).toFixed(0)} MB; a record may have ${whole(LARGEST_RECORD / 2 ** 20)} MiB: at least ${Math.ceil(wideBlock / LARGEST_RECORD)} monitors, or a smaller \`block_size\``,
          ],
          [
            'evaluations with hourly windows',
            `${whole(MANY_FIELDS)} an hour: ${((MANY_FIELDS * evaluationMs) / 1000 / 3600).toFixed(3)} cores`,
            'the same',
          ],
          ['panes of an hour kept for 35 days', `${whole(panesGb)} GB`, 'the same'],
          ['evaluations kept for 400 days', `${whole(evaluationsGb)} GB`, 'the same'],
        ],
      ),
    ),
  ].join('\n\n');
}

/** What one more field adds: the difference of many and few. */
function fieldCost({ kind, few, many }: CostsResult['kinds'][number]): FieldCost {
  const slope = (of: (costs: typeof few) => number) =>
    (of(many) - of(few)) / (many.fields - few.fields);
  return {
    kind,
    eventNs: slope(({ profileNs }) => profileNs.median),
    blockUs: slope(({ applyNs }) => applyNs.median) / 1000,
    blockBytes: slope(({ blockBytes }) => blockBytes),
    paneBytes: slope(({ paneBytes }) => paneBytes),
    partitionBytes: slope(({ partitionBytes }) => partitionBytes),
  };
}
