import { type Decoded, decodeJson } from '#libs/codecs/json.ts';
import { JsonBatchDecoder } from '#libs/codecs/json-batch.ts';
import type { Uncounted } from '#libs/profiles/block-builder.ts';
import type { StreamReading } from '#libs/profiles/definition.ts';
import { compilePath } from '#libs/profiles/json-path.ts';
import { parseTimestamp } from '#libs/profiles/timestamp.ts';
import { END_OF_INPUT_HEADER } from '#libs/transport/names.ts';
import type { LogRecord } from '#libs/transport/port.ts';

/** Event times beyond these lie outside of what a calendar can show. */
const EARLIEST = Date.UTC(0, 0, 1) - 1900 * 366 * 86_400_000;
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** What a record turned out to be: an event with its time, or the reason why it is not counted. */
export type ReadRecord =
  | { readonly kind: 'event'; readonly row: object; readonly time: number }
  | { readonly kind: 'uncounted'; readonly what: Exclude<Uncounted, 'other_version'> };

/** Reads records: one by itself, or several in a row, which is faster and gives the same. */
export interface EventReader {
  (record: LogRecord): ReadRecord;
  readonly many: (records: readonly LogRecord[]) => readonly ReadRecord[];
}

const latin1 = new TextDecoder('latin1');

/** A reader of the records of one stream. It looks at nothing but the record: no clock. */
export function createEventReader(reading: StreamReading): EventReader {
  const timeOf = compilePath(reading.time);
  const decoder = new JsonBatchDecoder();

  /** What can be said without reading the event, and its bytes otherwise. */
  function open({ value, headers }: LogRecord): ReadRecord | Uint8Array {
    if (END_OF_INPUT_HEADER in headers) return { kind: 'uncounted', what: 'end' };
    if (isSynthetic(headers.baggage)) return { kind: 'uncounted', what: 'synthetic' };
    if (value === null || value.length === 0) return { kind: 'uncounted', what: 'empty' };
    if (value.length > reading.maxEventBytes) return { kind: 'uncounted', what: 'too_large' };
    return value;
  }

  function place(decoded: Decoded, timestamp: number): ReadRecord {
    if (decoded.kind === 'bad') return { kind: 'uncounted', what: decoded.reason };
    const source = timeOf(decoded.event);
    if (source === undefined || source === null) return { kind: 'uncounted', what: 'no_time' };
    const time = parseTimestamp(source);
    if (!(time >= EARLIEST && time <= LATEST)) return { kind: 'uncounted', what: 'bad_time' };
    if (time > timestamp + reading.maxAheadMs) return { kind: 'uncounted', what: 'future' };
    return { kind: 'event', row: decoded.event, time };
  }

  function read(record: LogRecord): ReadRecord {
    const opened = open(record);
    return opened instanceof Uint8Array ? place(decodeJson(opened), record.timestamp) : opened;
  }

  function many(records: readonly LogRecord[]): readonly ReadRecord[] {
    const refused: (ReadRecord | null)[] = [];
    const values: Uint8Array[] = [];
    for (const record of records) {
      const opened = open(record);
      const readable = opened instanceof Uint8Array;
      if (readable) values.push(opened);
      refused.push(readable ? null : opened);
    }
    const decoded = decoder.decode(values);
    let next = 0;
    return refused.map((refusal, i) => refusal ?? place(decoded[next++]!, records[i]!.timestamp));
  }

  return Object.assign(read, { many });
}

/** Whether W3C baggage marks the event as one of Plumbline's own (`synthetic=true`). */
function isSynthetic(baggage: Uint8Array | undefined): boolean {
  if (baggage === undefined) return false;
  return latin1
    .decode(baggage)
    .split(',')
    .some((member) => /^\s*synthetic\s*=\s*true\s*(;|$)/.test(member));
}
