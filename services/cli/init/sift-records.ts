import { decodeJson } from '#libs/codecs/json.ts';
import type { LogRecord } from '#libs/transport/port.ts';
import {
  createEventReader,
  type ReadEvents,
  type Refusal,
} from '#services/profiler/event-reader.ts';
import type { SampledPartition } from './sampled-partition.ts';

/** An event of the sample, with where it stood. */
export interface SiftedEvent {
  readonly row: object;
  readonly timestamp: number;
  readonly key: string | null;
  readonly record: LogRecord;
  /** Index of its partition in the sample. */
  readonly partition: number;
}

/** Reasons for which a record is no event to learn from, with how many there were. */
export type Skipped = ReadonlyMap<string, number>;

/** What a stream has unless its configuration says otherwise. */
const READING = {
  namespace: 'default',
  stream: 'sample',
  topics: [],
  codec: 'json',
  maxEventBytes: 1024 * 1024,
  maxAheadMs: 10 * 60_000,
} as const;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Events all the same, whose time is not where it was looked for. */
const TIMELESS: ReadonlySet<Refusal> = new Set(['no_time', 'bad_time', 'future']);

/**
 * Events of a sample, by the rules by which a profiler counts: synthetic events, records without
 * a value, and what is no JSON object are left out. Nothing is known of the event time yet.
 */
export function siftRecords(partitions: readonly SampledPartition[]): {
  readonly events: readonly SiftedEvent[];
  readonly skipped: Skipped;
} {
  // Any path will do, as long as records without a time there count as events.
  const read = createEventReader({ ...READING, time: '$.time' }, []);
  const events: SiftedEvent[] = [];
  const skipped = new Map<string, number>();
  for (const [partition, { records }] of partitions.entries()) {
    const refusals = refusalsOf(read(records));
    for (const record of records) {
      const refusal = refusals.get(record);
      if (refusal === 'end') continue;
      if (refusal !== undefined && !TIMELESS.has(refusal)) {
        count(skipped, refusal);
        continue;
      }
      const decoded = decodeJson(record.value ?? new Uint8Array());
      if (decoded.kind === 'bad') count(skipped, decoded.reason);
      else {
        const { timestamp } = record;
        events.push({ row: decoded.event, timestamp, key: keyOf(record), record, partition });
      }
    }
  }
  return { events, skipped };
}

/** An event with its time. */
export interface TimedEvent extends SiftedEvent {
  readonly time: number;
}

/** The events that have a usable time at the path; the others are counted by reason. */
export function timeEvents(
  events: readonly SiftedEvent[],
  path: string,
): { readonly timed: readonly TimedEvent[]; readonly skipped: Skipped } {
  const read = createEventReader(
    { ...READING, time: path },
    [],
  )(events.map(({ record }) => record));
  const refusals = refusalsOf(read);
  const timed: TimedEvent[] = [];
  const skipped = new Map<string, number>();
  // A record of JSON is one event, and rows are in the order of the records.
  let next = 0;
  for (const event of events) {
    const refusal = refusals.get(event.record);
    if (refusal !== undefined) count(skipped, refusal);
    else timed.push({ ...event, time: read.times[read.rows[next++]!]! });
  }
  return { timed, skipped };
}

function refusalsOf({ refused }: ReadEvents): ReadonlyMap<LogRecord, Refusal> {
  return new Map(refused.map(({ record, what }) => [record, what]));
}

function count(skipped: Map<string, number>, reason: string): void {
  skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
}

function keyOf({ key }: LogRecord): string | null {
  if (key === null) return null;
  try {
    return decoder.decode(key);
  } catch {
    return null;
  }
}
