import type { LogRecord, RecordBatch } from '#libs/transport/port.ts';

const NEWLINE = 10;
/** What a member of a consumer group gets at a time unless it asks for something else. */
const BATCH_BYTES = 1024 * 1024;
/** The events are of 2001; what matters is that none is ahead of its log timestamp. */
const LOG_TIMESTAMP = Date.UTC(2026, 0, 1);
const NO_HEADERS = Object.freeze({});

/** Where the records are said to stand. */
export const PLACE = { topic: 'flights', partition: 0 } as const;

/**
 * Splits NDJSON into the batches of records that a transport would hand over: their bytes are views
 * into the log's.
 */
export function* recordBatches(ndjson: Buffer, position = 0): Generator<RecordBatch> {
  const { buffer, byteOffset } = ndjson;
  let records: LogRecord[] = [];
  let from = position;
  let offset = position;
  let bytes = 0;
  let begin = 0;
  for (let end = ndjson.indexOf(NEWLINE); end !== -1; end = ndjson.indexOf(NEWLINE, begin)) {
    const value = new Uint8Array(buffer, byteOffset + begin, end - begin);
    records.push({ offset, timestamp: LOG_TIMESTAMP, key: null, value, headers: NO_HEADERS });
    offset++;
    bytes += value.length;
    begin = end + 1;
    if (bytes < BATCH_BYTES && begin < ndjson.length) continue;
    yield { ...PLACE, from, next: offset, end: offset, records };
    records = [];
    from = offset;
    bytes = 0;
  }
}
