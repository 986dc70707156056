import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';
import type { KafkaCompression } from '../kafka-settings.ts';
import { crc32c } from '../records/crc32c.ts';
import type { TakenRecords } from './take-records.ts';
import { sizeOfUnsigned, writeUnsigned, zigzag } from './varint.ts';

const HEADER_BYTES = 61;
const MAGIC = 2;
/** Number of the codec in the batch's attributes, and the function. */
const CODECS = {
  gzip: [1, promisify(gzip)],
  zstd: [4, promisify(zstdCompress)],
} as const satisfies Record<Exclude<KafkaCompression, 'none'>, unknown>;

/** Some of the records of one `send`, in order. */
export interface BatchPart {
  readonly taken: TakenRecords;
  readonly indices: readonly number[];
}

/** Who writes, and the number of the batch's first record: by them a broker knows a repetition. */
export interface ProducerPlace {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly sequence: number;
}

/** One record batch (format 2) as it is appended to a partition. */
export async function encodeBatch(
  parts: readonly BatchPart[],
  options: ProducerPlace & { readonly compression: KafkaCompression },
): Promise<Buffer> {
  let base = Number.POSITIVE_INFINITY;
  let latest = 0;
  let count = 0;
  for (const { taken, indices } of parts) {
    count += indices.length;
    for (const index of indices) {
      const timestamp = taken.timestamps[index]!;
      if (timestamp < base) base = timestamp;
      if (timestamp > latest) latest = timestamp;
    }
  }
  const records = encodeRecords(parts, base);
  const { compression } = options;
  const [codec, body] =
    compression === 'none'
      ? ([0, records] as const)
      : ([CODECS[compression][0], await CODECS[compression][1](records)] as const);
  const batch = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(-1, 12);
  batch.writeInt8(MAGIC, 16);
  batch.writeInt16BE(codec, 21);
  batch.writeInt32BE(count - 1, 23);
  batch.writeBigInt64BE(BigInt(base), 27);
  batch.writeBigInt64BE(BigInt(latest), 35);
  batch.writeBigInt64BE(options.producerId, 43);
  batch.writeInt16BE(options.producerEpoch, 51);
  batch.writeInt32BE(options.sequence, 53);
  batch.writeInt32BE(count, 57);
  batch.set(body, HEADER_BYTES);
  batch.writeUInt32BE(crc32c(batch, 21), 17);
  return batch;
}

function encodeRecords(parts: readonly BatchPart[], base: number): Buffer {
  let size = 0;
  eachRecord(parts, base, ({ length }) => {
    size += sizeOfUnsigned(zigzag(length)) + length;
  });
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  eachRecord(parts, base, ({ length, age, delta, bodies, start, end }) => {
    at = writeUnsigned(bytes, at, zigzag(length));
    bytes[at++] = 0; // Attributes: none exist.
    at = writeUnsigned(bytes, at, age);
    at = writeUnsigned(bytes, at, delta);
    at += bodies.copy(bytes, at, start, end);
  });
  return bytes;
}

interface PlacedRecord {
  /** Of all that follows the length itself. */
  readonly length: number;
  readonly age: number;
  readonly delta: number;
  readonly bodies: Buffer;
  readonly start: number;
  readonly end: number;
}

function eachRecord(
  parts: readonly BatchPart[],
  base: number,
  visit: (record: PlacedRecord) => void,
): void {
  let offset = 0;
  for (const { taken, indices } of parts) {
    const { bodies, ends, timestamps } = taken;
    for (const index of indices) {
      const start = index === 0 ? 0 : ends[index - 1]!;
      const end = ends[index]!;
      const age = zigzag(timestamps[index]! - base);
      const delta = zigzag(offset++);
      const length = 1 + sizeOfUnsigned(age) + sizeOfUnsigned(delta) + end - start;
      visit({ length, age, delta, bodies, start, end });
    }
  }
}
