import { gzipSync, zstdCompressSync } from 'node:zlib';
import crc32C from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import lz4 from 'lz4js';
import snappy from 'snappyjs';

/** A record of a test's batch. */
export interface TestRecord {
  readonly delta: number;
  readonly timestampDelta?: number;
  readonly key?: Uint8Array | null;
  readonly value?: Uint8Array | null;
  readonly headers?: readonly (readonly [name: string, value: Uint8Array | null])[];
}

export const TEST_CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd', 'xerial'] as const;
export type TestCodec = (typeof TEST_CODECS)[number];

export interface TestBatch {
  readonly baseOffset: number;
  readonly records: readonly TestRecord[];
  readonly lastOffsetDelta?: number;
  readonly codec?: TestCodec;
  readonly transactional?: boolean;
  readonly control?: boolean;
  readonly producerId?: bigint;
  readonly baseTimestamp?: number;
  readonly appendTimestamp?: number;
  /** Instead of the records' own. */
  readonly count?: number;
  readonly body?: Uint8Array;
}

const CODEC_NUMBER = { none: 0, gzip: 1, snappy: 2, xerial: 2, lz4: 3, zstd: 4 };

/** Writes a record batch of magic 2, knowing nothing of the decoder under test. */
export function encodeRecordBatch(batch: TestBatch): Buffer {
  const { records, codec = 'none', baseTimestamp = 1_700_000_000_000 } = batch;
  const body = compress(
    Buffer.from(batch.body ?? Buffer.concat(records.map((record) => encodeRecord(record)))),
    codec,
  );
  const checked = Buffer.alloc(40);
  const attributes =
    CODEC_NUMBER[codec] |
    (batch.appendTimestamp === undefined ? 0 : 8) |
    (batch.transactional === true ? 16 : 0) |
    (batch.control === true ? 32 : 0);
  checked.writeInt16BE(attributes, 0);
  checked.writeInt32BE(batch.lastOffsetDelta ?? records.at(-1)?.delta ?? 0, 2);
  checked.writeBigInt64BE(BigInt(baseTimestamp), 6);
  checked.writeBigInt64BE(BigInt(batch.appendTimestamp ?? baseTimestamp), 14);
  checked.writeBigInt64BE(batch.producerId ?? -1n, 22);
  checked.writeInt16BE(batch.producerId === undefined ? -1 : 0, 30);
  checked.writeInt32BE(-1, 32);
  checked.writeInt32BE(batch.count ?? records.length, 36);
  const head = Buffer.alloc(21);
  head.writeBigInt64BE(BigInt(batch.baseOffset), 0);
  head.writeInt32BE(9 + checked.length + body.length, 8);
  head[16] = 2;
  head.writeUInt32BE(crc32C(Buffer.concat([checked, body])), 17);
  return Buffer.concat([head, checked, body]);
}

/** The key of a control record: version 0, then 0 for an abort and 1 for a commit. */
export function markerKey(kind: 'abort' | 'commit'): Buffer {
  return Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1]);
}

export function encodeRecord(record: TestRecord): Buffer {
  const { headers = [] } = record;
  const fields = Buffer.concat([
    Buffer.from([0]),
    varint(record.timestampDelta ?? 0),
    varint(record.delta),
    sized(record.key ?? null),
    sized(record.value ?? null),
    varint(headers.length),
    ...headers.flatMap(([name, value]) => [sized(Buffer.from(name)), sized(value)]),
  ]);
  return Buffer.concat([varint(fields.length), fields]);
}

function sized(bytes: Uint8Array | null): Buffer {
  return bytes === null ? varint(-1) : Buffer.concat([varint(bytes.length), bytes]);
}

export function varint(value: number): Buffer {
  const wide = BigInt(value);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

function compress(bytes: Buffer, codec: TestCodec): Buffer {
  switch (codec) {
    case 'none':
      return bytes;
    case 'gzip':
      return gzipSync(bytes);
    case 'zstd':
      return zstdCompressSync(bytes);
    case 'lz4':
      return Buffer.from(lz4.compress(bytes));
    case 'snappy':
      return Buffer.from(snappy.compress(bytes));
    case 'xerial':
      return xerial(bytes);
  }
}

/** The stream of snappy-java, here with blocks of 100 bytes. */
function xerial(bytes: Buffer): Buffer {
  const parts = [Buffer.from('82534e41505059000000000100000001', 'hex')];
  for (let at = 0; at < bytes.length; at += 100) {
    const block = Buffer.from(snappy.compress(bytes.subarray(at, at + 100)));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}
