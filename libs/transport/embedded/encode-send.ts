import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { murmur2 } from '../murmur2.ts';
import type { OutgoingRecord } from '../port.ts';
import type { TopicState } from './protocol.ts';
import { type EncodedRecords, MAX_TIMESTAMP, RecordEncoder } from './record-format.ts';

/** A stored batch ends with the record that reaches this, so that reading in parts stays cheap. */
const BATCH_BYTES = 256 * 1024;
/** SQLite stores no more than 10⁹ bytes in a row; far below it, memory is what matters. */
const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/** What one `send` appends to one partition. */
export interface EncodedPart {
  readonly partition: number;
  readonly count: number;
  readonly batches: readonly EncodedRecords[];
}

export interface EncodeSendOptions {
  readonly topic: TopicState;
  readonly now: number;
  /** Gives the partitions turns, for records with neither partition nor key. */
  turn(): number;
}

/**
 * Sorts the records of one `send` by partition and encodes them, in partition order.
 * @throws PLB_TRANSPORT_TOPIC for a partition that is not there, PLB_TRANSPORT_RECORD for a record
 * that cannot be stored; nothing has been appended then
 */
export function encodeSend(
  records: readonly OutgoingRecord[],
  options: EncodeSendOptions,
): readonly EncodedPart[] {
  const parts = new Map<number, { encoder: RecordEncoder; batches: EncodedRecords[]; n: number }>();
  for (const [index, record] of records.entries()) {
    const timestamp = record.timestamp ?? options.now;
    const partition = partitionOf(record, options);
    checkRecord(record, { index, timestamp, topic: options.topic });
    let part = parts.get(partition);
    if (part === undefined) {
      part = { encoder: new RecordEncoder(), batches: [], n: 0 };
      parts.set(partition, part);
    }
    part.encoder.add(record, { offset: part.encoder.count, timestamp });
    part.n += 1;
    if (part.encoder.length >= BATCH_BYTES) part.batches.push(part.encoder.finish());
  }
  return [...parts]
    .sort(([a], [b]) => a - b)
    .map(([partition, { encoder, batches, n }]) => ({
      partition,
      count: n,
      batches: encoder.count === 0 ? batches : [...batches, encoder.finish()],
    }));
}

function partitionOf(record: OutgoingRecord, { topic, turn }: EncodeSendOptions): number {
  const count = topic.partitions.length;
  const { partition, key } = record;
  if (partition === undefined) {
    const spread = key === undefined || key === null ? turn() : murmur2(key) & 0x7fffffff;
    return spread % count;
  }
  if (topic.partitions[partition] === undefined) {
    throw new PlumblineError(
      'PLB_TRANSPORT_TOPIC',
      `Cannot send to ${topic.topic}: partition must be from 0 to ${count - 1}, got ${partition}.`,
    );
  }
  return partition;
}

function checkRecord(
  record: OutgoingRecord,
  place: { readonly index: number; readonly timestamp: number; readonly topic: TopicState },
): void {
  const { index, timestamp, topic } = place;
  const refuse = (what: string) =>
    new PlumblineError(
      'PLB_TRANSPORT_RECORD',
      `Cannot send record ${index} to ${topic.topic}: ${what}.`,
    );
  if (!Number.isInteger(timestamp) || timestamp < 0 || timestamp > MAX_TIMESTAMP) {
    throw refuse(`timestamp must be whole milliseconds since 1970, got ${timestamp}`);
  }
  if (topic.cleanup === 'compact' && (record.key ?? null) === null) {
    throw refuse('key must be there in a compacted topic, got none');
  }
  const bytes = (record.key?.byteLength ?? 0) + (record.value?.byteLength ?? 0);
  if (bytes > MAX_RECORD_BYTES) {
    throw refuse(`key and value must be ${MAX_RECORD_BYTES} bytes at most, got ${bytes}`);
  }
}
