import { decodeBlock } from '#libs/profiles/block.ts';
import { BlockBuilder } from '#libs/profiles/block-builder.ts';
import type { Profile } from '#libs/profiles/counts.ts';
import type { ProfileDefinition } from '#libs/profiles/definition.ts';
import { createProfile, mergeProfile } from '#libs/profiles/profile.ts';
import { eventRows } from '#libs/profiles/testing/event-rows.ts';
import { parseTimestamp } from '#libs/profiles/timestamp.ts';
import type { FlightsWorkload } from './flights-workload.ts';
import { measure, type Summary, summarise } from './measure.ts';
import { PLACE } from './record-batches.ts';
import { syntheticDefinition, syntheticEvents } from './synthetic-workload.ts';

const HOUR = 3_600_000;
const STAGES = ['append', 'encode', 'decode', 'merge'] as const;
type Stage = (typeof STAGES)[number];

/** CPU time in nanoseconds an event, over full blocks. */
export interface BlocksResult {
  readonly workload: string;
  readonly blocks: number;
  readonly eventsPerBlock: number;
  /** Panes that a block touches on average. */
  readonly panesPerBlock: number;
  readonly bytesPerBlock: number;
  readonly bytesPerEvent: number;
  /** Fields read from parsed events into columns of cells. */
  readonly append: Summary;
  /** Columns counted and written as the block's record. */
  readonly encode: Summary;
  readonly decode: Summary;
  /** Decoded counts added to those of their panes. */
  readonly merge: Summary;
  /** All events are in the merged panes. */
  readonly countsAgree: boolean;
}

export interface BlocksSize {
  readonly blocks: number;
  readonly repetitions: number;
}

/** What blocks cost once events are parsed: for real flights, and for the widest usual fields. */
export function benchmarkBlocks(flights: FlightsWorkload, size: BlocksSize): BlocksResult[] {
  const flightRows = flights.ndjson
    .toString('utf8')
    .split('\n', size.blocks * flights.definition.blockSize)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as object);
  const synthetic = syntheticDefinition(HOUR);
  const events = syntheticEvents(HOUR / 12_500);
  const syntheticRows = Array.from(
    { length: size.blocks * synthetic.blockSize },
    () => events.next().value as object,
  );
  return [
    benchmarkWorkload({ name: 'flights', definition: flights.definition, rows: flightRows }, size),
    benchmarkWorkload(
      { name: 'continuous and 1,000 categories', definition: synthetic, rows: syntheticRows },
      size,
    ),
  ];
}

function benchmarkWorkload(
  {
    name,
    definition,
    rows,
  }: {
    readonly name: string;
    readonly definition: ProfileDefinition;
    readonly rows: readonly object[];
  },
  { repetitions }: BlocksSize,
): BlocksResult {
  const { blockSize, layout } = definition;
  const blocks = Math.floor(rows.length / blockSize);
  const events = blocks * blockSize;
  const field = definition.reading.time.slice(2);
  const times = Float64Array.from(rows, (row) =>
    parseTimestamp((row as Record<string, unknown>)[field]),
  );
  const read = eventRows(layout, { rows, times });
  const all = read.rows;
  const found: Record<Stage, number[]> = { append: [], encode: [], decode: [], merge: [] };
  const builder = new BlockBuilder(definition, { ...PLACE, epoch: 0 });
  let bytes = 0;
  let panes = 0;
  let counted = 0;
  for (let repetition = -2; repetition < repetitions; repetition++) {
    const spent: Record<Stage, number> = { append: 0, encode: 0, decode: 0, merge: 0 };
    const time = <T>(stage: Stage, work: () => T): T => {
      let result: T | undefined;
      const { cpuNs } = measure(() => {
        result = work();
      });
      spent[stage] += cpuNs;
      return result as T;
    };
    const merged = new Map<number, Profile>();
    bytes = 0;
    panes = 0;
    // As in the profiler: one builder, block by block.
    for (let begin = 0; begin < events; begin += blockSize) {
      const end = begin + blockSize;
      builder.begin(begin);
      time('append', () => builder.addEvents({ ...read, rows: all.subarray(begin, end) }));
      builder.advance(end);
      const encoded = time('encode', () => builder.encode());
      const decoded = time('decode', () => decodeBlock(definition, encoded));
      time('merge', () => {
        for (const { start, profile } of decoded.panes) {
          const pane = merged.get(start) ?? createProfile(layout);
          merged.set(start, pane);
          mergeProfile(pane, profile);
        }
      });
      bytes += encoded.length;
      panes += decoded.panes.length;
    }
    counted = [...merged.values()].reduce((total, profile) => total + profile.events, 0);
    if (repetition < 0) continue;
    for (const stage of STAGES) found[stage].push(spent[stage] / events);
  }
  return {
    ...{ workload: name, blocks, eventsPerBlock: blockSize },
    panesPerBlock: panes / blocks,
    bytesPerBlock: Math.round(bytes / blocks),
    bytesPerEvent: bytes / events,
    append: summarise(found.append),
    encode: summarise(found.encode),
    decode: summarise(found.decode),
    merge: summarise(found.merge),
    countsAgree: counted === events,
  };
}
