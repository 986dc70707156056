import { decodeBlock } from '#libs/profiles/block.ts';
import type { Profile } from '#libs/profiles/counts.ts';
import { createProfile, mergeProfile } from '#libs/profiles/profile.ts';
import { createEventReader } from '#services/profiler/event-reader.ts';
import { PartitionProfiler } from '#services/profiler/partition-profiler.ts';
import type { FlightsWorkload } from './flights-workload.ts';
import { collectYoungGarbage, measure, type Summary, summarise, type Timing } from './measure.ts';
import { PLACE, recordBatches } from './record-batches.ts';
import { type Comparison, compareCounts, recountFlights } from './recount.ts';

/** Least share of the whole path's time that parsing alone should take. */
export const WHOLE_PATH_TARGET = 0.6;

/** Both ways over the same records, one right after the other. */
interface Pair {
  readonly order: 'parse first' | 'whole first';
  readonly parse: Timing;
  readonly whole: Timing;
  /** CPU time of parsing alone by CPU time of the whole path. */
  readonly cpuRatio: number;
  readonly wallRatio: number;
}

/** What the whole way takes beside parsing alone. */
export interface PathComparison {
  readonly events: number;
  readonly bytes: number;
  readonly fields: readonly string[];
  readonly blocks: number;
  readonly blockBytes: number;
  readonly pairs: readonly Pair[];
  readonly cpuRatio: Summary;
  readonly wallRatio: Summary;
}

export interface WholePathResult extends PathComparison {
  /** The counts of the last timed run against a recount with plain maps. */
  readonly recount: Comparison;
}

/** The whole way of flights, whose counts are recounted. */
export function benchmarkWholePath(workload: FlightsWorkload, pairCount: number): WholePathResult {
  const { blocks, comparison } = comparePaths(workload, pairCount);
  const { definition, ndjson } = workload;
  const profiles = mergeBlocks(workload, blocks);
  const recount = compareCounts(definition.layout, { profiles, recount: recountFlights(ndjson) });
  return { ...comparison, recount };
}

type PathWorkload = Pick<FlightsWorkload, 'ndjson' | 'events' | 'definition'>;

/**
 * The whole way from NDJSON bytes to encoded blocks, beside `JSON.parse` alone over the same
 * records, in turn: parse, whole, whole, parse. The blocks are those of the last timed run.
 */
export function comparePaths(
  workload: PathWorkload,
  pairCount: number,
): { readonly comparison: PathComparison; readonly blocks: readonly Uint8Array[] } {
  const { ndjson, events, definition } = workload;
  const values = [...recordBatches(ndjson)].flatMap(({ records }) =>
    records.map(({ value }) => Buffer.from(value!.buffer, value!.byteOffset, value!.length)),
  );
  let blocks: Uint8Array[] = [];
  let parsed = 0;
  const timeParse = (): Timing => {
    collectYoungGarbage();
    return measure(() => {
      parsed = parseAlone(values);
    });
  };
  const timeWhole = (): Timing => {
    collectYoungGarbage();
    return measure(() => {
      blocks = profile(workload);
    });
  };
  for (let warmUp = 0; warmUp < 2; warmUp++) {
    timeParse();
    timeWhole();
  }
  const pairs: Pair[] = [];
  while (pairs.length < pairCount) {
    const parseFirst = pairs.length % 2 === 0;
    const before = parseFirst ? timeParse() : undefined;
    const whole = timeWhole();
    const parse = before ?? timeParse();
    pairs.push({
      order: parseFirst ? 'parse first' : 'whole first',
      ...{ parse, whole },
      cpuRatio: parse.cpuNs / whole.cpuNs,
      wallRatio: parse.wallNs / whole.wallNs,
    });
  }
  if (parsed !== events) throw new Error(`Cannot compare: ${parsed} of ${events} events parsed`);
  const comparison = {
    events,
    bytes: ndjson.length,
    fields: definition.layout.fields.map(({ spec }) => spec.name),
    blocks: blocks.length,
    blockBytes: blocks.reduce((total, { length }) => total + length, 0),
    pairs,
    cpuRatio: summarise(pairs.map(({ cpuRatio }) => cpuRatio)),
    wallRatio: summarise(pairs.map(({ wallRatio }) => wallRatio)),
  };
  return { comparison, blocks };
}

/** What any reader of JSON has to do at least: bytes to text, text to objects. */
function parseAlone(values: readonly Buffer[]): number {
  let objects = 0;
  for (const value of values) {
    const event: unknown = JSON.parse(value.toString('utf8'));
    if (typeof event === 'object' && event !== null) objects++;
  }
  return objects;
}

/** The records of all blocks, the last one unfinished, as the profiler would send them. */
function profile({ ndjson, definition }: PathWorkload): Uint8Array[] {
  const profiler = new PartitionProfiler({
    place: { ...PLACE, epoch: 0 },
    topicId: undefined,
    definitions: [definition],
    blockSize: definition.blockSize,
    read: createEventReader(definition.reading, [definition]),
    position: 0,
    blockPartitions: 1,
  });
  const blocks: Uint8Array[] = [];
  for (const batch of recordBatches(ndjson)) {
    for (const { value } of profiler.add(batch).blocks) if (value !== null) blocks.push(value);
  }
  for (const { value } of profiler.open()) if (value !== null) blocks.push(value);
  return blocks;
}

function mergeBlocks(
  { definition }: PathWorkload,
  blocks: readonly Uint8Array[],
): Map<number, Profile> {
  const profiles = new Map<number, Profile>();
  for (const bytes of blocks) {
    for (const { start, profile: counts } of decodeBlock(definition, bytes).panes) {
      const known = profiles.get(start);
      const pane = known ?? createProfile(definition.layout);
      if (known === undefined) profiles.set(start, pane);
      mergeProfile(pane, counts);
    }
  }
  return profiles;
}
