import { createCodec } from '#libs/codecs/codec.ts';
import type { Uncounted } from '#libs/profiles/block-builder.ts';
import type { ProfileDefinition, StreamReading } from '#libs/profiles/definition.ts';
import type { EventRows } from '#libs/profiles/field-column.ts';
import { createSampler } from '#libs/profiles/sampler.ts';
import { ABSENT, columnOf, createColumns, NULL } from '#libs/profiles/value-column.ts';
import { END_OF_INPUT_HEADER } from '#libs/transport/names.ts';
import type { LogRecord } from '#libs/transport/port.ts';

/** Event times beyond these lie outside of what a calendar can show. */
const EARLIEST = Date.UTC(0, 0, 1) - 1900 * 366 * 86_400_000;
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Why events are not counted. */
export type Refusal = Exclude<Uncounted, 'other_version'>;

/** Events of one record that are not counted, for one reason: all of it, or some of its rows. */
export interface RefusedEvents {
  readonly record: LogRecord;
  readonly what: Refusal;
  events: number;
}

/** What some records hold. */
export interface ReadEvents extends EventRows {
  /** In the order of the records. */
  readonly refused: readonly RefusedEvents[];
  /** Lowest and highest log timestamp of the real events; `first > last` without any. */
  readonly first: number;
  readonly last: number;
  /** The last of the records says that the input is over; `null` where all are synthetic. */
  readonly ended: boolean | null;
}

/**
 * Reads records, in any number: what one of them gives does not depend on the others. What it gives
 * is good until the next call.
 */
export type EventReader = (records: readonly LogRecord[]) => ReadEvents;

const latin1 = new TextDecoder('latin1');

/**
 * A reader of the records of one stream, for all the values that its profiles need. It looks at
 * nothing but the records: no clock.
 *
 * @throws PLB_CONFIG_INVALID for a path that is not understood, PLB_INTERNAL where `loadCodec` was
 * not called for the stream's codec.
 */
export function createEventReader(
  reading: StreamReading,
  definitions: readonly Pick<ProfileDefinition, 'layout' | 'modelVersion'>[],
): EventReader {
  const columns = createColumns([
    reading.time,
    ...definitions.flatMap(({ layout }) => layout.fields.map(({ spec }) => spec.path)),
    ...definitions.flatMap(({ layout }) => layout.segments?.by.map(({ path }) => path) ?? []),
    ...definitions.flatMap(({ modelVersion }) => modelVersion?.path ?? []),
  ]);
  const codec = createCodec(reading.codec, { columns, time: reading.time });
  const timeColumn = columnOf(columns, reading.time);
  const isSampled = createSampler(reading.sampling);

  /** Why a record is not counted, as far as that can be said without reading its value. */
  function refusal(record: LogRecord): Refusal | null {
    const { value, headers } = record;
    if (END_OF_INPUT_HEADER in headers) return 'end';
    if (isSynthetic(headers.baggage)) return 'synthetic';
    if (!isSampled(record)) return 'sampled_out';
    if (value === null || value.length === 0) return 'empty';
    return value.length > reading.maxEventBytes ? 'too_large' : null;
  }

  /** Why the event in a row is not counted, or its time. */
  function timeOf(row: number, timestamp: number): number | 'no_time' | 'bad_time' | 'future' {
    const kind = timeColumn.kinds[row];
    if (kind === ABSENT || kind === NULL) return 'no_time';
    const time = timeColumn.time(row);
    if (!(time >= EARLIEST && time <= LATEST)) return 'bad_time';
    return time > timestamp + reading.maxAheadMs ? 'future' : time;
  }

  return (records) => {
    const refusals: (Refusal | null)[] = [];
    const values: Uint8Array[] = [];
    for (const record of records) {
      const refused = refusal(record);
      refusals.push(refused);
      if (refused === null && record.value !== null) values.push(record.value);
    }
    const outcomes = codec.decode(values);
    let total = 0;
    for (const outcome of outcomes) if (typeof outcome === 'number') total += outcome;
    const times = new Float64Array(total);
    const rows = new Int32Array(total);
    const refused: RefusedEvents[] = [];
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    let ended: boolean | null = null;
    let row = 0;
    let counted = 0;
    let next = 0;
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      const { timestamp } = record;
      const outcome = refusals[i] ?? outcomes[next++]!;
      if (typeof outcome === 'string') {
        refused.push({ record, what: outcome, events: 1 });
        // Plumbline's own records are no sign of life of the stream.
        if (outcome === 'synthetic') continue;
        ended = outcome === 'end';
        if (ended) continue;
      } else {
        const begin = refused.length;
        for (const end = row + outcome; row < end; row++) {
          const time = timeOf(row, timestamp);
          if (typeof time === 'number') {
            times[row] = time;
            rows[counted++] = row;
          } else addRefused(refused, begin, { record, what: time });
        }
        ended = false;
      }
      if (timestamp < first) first = timestamp;
      if (timestamp > last) last = timestamp;
    }
    return { columns, times, rows: rows.subarray(0, counted), refused, first, last, ended };
  };
}

/** Counts an event of a record; what is said of that record begins at `begin`. */
function addRefused(
  refused: RefusedEvents[],
  begin: number,
  { record, what }: Omit<RefusedEvents, 'events'>,
): void {
  for (let i = begin; i < refused.length; i++) {
    if (refused[i]!.what === what) {
      refused[i]!.events++;
      return;
    }
  }
  refused.push({ record, what, events: 1 });
}

/** Whether W3C baggage marks the event as one of Plumbline's own (`synthetic=true`). */
function isSynthetic(baggage: Uint8Array | undefined): boolean {
  if (baggage === undefined) return false;
  return latin1
    .decode(baggage)
    .split(',')
    .some((member) => /^\s*synthetic\s*=\s*true\s*(;|$)/.test(member));
}
