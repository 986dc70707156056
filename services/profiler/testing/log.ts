import { END_OF_INPUT_HEADER } from '#libs/transport/names.ts';
import type { LogRecord, RecordBatch } from '#libs/transport/port.ts';

const encoder = new TextEncoder();

/** A record of which a test names only what it is about. */
export function logRecord(
  value: string | null,
  given: Partial<Omit<LogRecord, 'value' | 'headers'>> & {
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): LogRecord {
  const { headers = {}, ...rest } = given;
  return {
    ...{ offset: 0, timestamp: 0, key: null },
    ...rest,
    value: value === null ? null : encoder.encode(value),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [name, encoder.encode(text)]),
    ),
  };
}

export const PROBE = logRecord('{"t": 0}', { headers: { baggage: 'synthetic=true' } });
export const END = logRecord(null, { headers: { [END_OF_INPUT_HEADER]: 'true' } });

/** Records at consecutive offsets from `from` on, as one batch. */
export function batchOf(
  records: readonly LogRecord[],
  { from, next = from + records.length }: { readonly from: number; readonly next?: number },
): RecordBatch {
  return {
    ...{ topic: 'flights', partition: 3, from, next, end: next },
    records: records.map((record, i) => ({ ...record, offset: from + i })),
  };
}
