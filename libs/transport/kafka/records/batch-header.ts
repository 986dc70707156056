import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { crc32c } from './crc32c.ts';
import { type LogPlace, malformed, placeOf } from './malformed.ts';

/*
 * baseOffset i64 | length of what follows i32 | leader epoch i32 | magic i8 | CRC-32C u32 of what
 * follows | attributes i16 | lastOffsetDelta i32 | base timestamp i64 | max timestamp i64 |
 * producer id i64 | producer epoch i16 | base sequence i32 | count i32 | records
 */
const LENGTH_AT = 8;
const LENGTH_END = 12;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
export const BATCH_HEADER_BYTES = 61;
const MAGIC = 2;

/** The fields of a record batch's header that reading needs. */
export interface BatchHeader {
  /** Position of the batch in the record set, and behind it. */
  readonly at: number;
  readonly end: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  readonly codec: number;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly producerId: bigint;
  readonly baseTimestamp: number;
  /** The broker's time for all records of the batch, where the topic says so. */
  readonly appendTimestamp: number | undefined;
  readonly count: number;
}

/** What stands at a position: a whole batch, or the beginning of one of `size` bytes. */
export type FoundBatch =
  | { readonly kind: 'batch'; readonly header: BatchHeader }
  | { readonly kind: 'partial'; readonly size: number };

/**
 * Reads and checks the header of the batch at `at` (magic 2, KIP-98), its checksum included.
 * @throws PLB_WIRE_MALFORMED, PLB_WIRE_VERSION for the message formats before Kafka 0.11
 */
export function findBatch(bytes: Buffer, at: number, place: LogPlace): FoundBatch {
  const available = bytes.length - at;
  if (available < LENGTH_END) return { kind: 'partial', size: BATCH_HEADER_BYTES };
  const size = LENGTH_END + bytes.readInt32BE(at + LENGTH_AT);
  if (available > MAGIC_AT) checkMagic(bytes[at + MAGIC_AT]!, place);
  if (size < BATCH_HEADER_BYTES) {
    throw malformed(place, `a batch must have at least ${BATCH_HEADER_BYTES} bytes, got ${size}`);
  }
  if (available < size) return { kind: 'partial', size };
  const stored = bytes.readUInt32BE(at + CRC_AT);
  const actual = crc32c(bytes, at + ATTRIBUTES_AT, at + size);
  if (stored !== actual) {
    throw malformed(place, `the batch’s CRC-32C must be ${stored}, got ${actual}`);
  }
  return { kind: 'batch', header: headerOf(bytes, { at, size, place }) };
}

function headerOf(
  bytes: Buffer,
  { at, size, place }: { at: number; size: number; place: LogPlace },
): BatchHeader {
  const attributes = bytes.readInt16BE(at + ATTRIBUTES_AT);
  const baseOffset = int64(bytes, at);
  const lastOffsetDelta = bytes.readInt32BE(at + 23);
  const count = bytes.readInt32BE(at + 57);
  const lastOffset = baseOffset + lastOffsetDelta;
  if (baseOffset < 0 || lastOffsetDelta < 0 || lastOffset >= Number.MAX_SAFE_INTEGER) {
    throw malformed(place, `a batch claims the offsets ${baseOffset} to ${lastOffset}`);
  }
  if (count < 0 || count > lastOffsetDelta + 1) {
    throw malformed(place, `a batch of ${lastOffsetDelta + 1} offsets claims ${count} records`);
  }
  return {
    at,
    end: at + size,
    baseOffset,
    lastOffset,
    codec: attributes & 7,
    transactional: (attributes & 16) !== 0,
    control: (attributes & 32) !== 0,
    producerId: bytes.readBigInt64BE(at + 43),
    baseTimestamp: int64(bytes, at + 27),
    appendTimestamp: (attributes & 8) === 0 ? undefined : int64(bytes, at + 35),
    count,
  };
}

function checkMagic(magic: number, place: LogPlace) {
  if (magic === MAGIC) return;
  const fix = 'Let a current producer write the records again, into another topic.';
  const old = magic === 0 || magic === 1;
  throw new PlumblineError(
    'PLB_WIRE_VERSION',
    `Cannot read the records at ${placeOf(place)}: the message format must be ${MAGIC}, got ${magic}${
      old ? ' (of Kafka before 0.11, which Kafka 4 no longer writes)' : ''
    }.`,
    { path: placeOf(place), ...(old ? { fix } : {}) },
  );
}

/** Exact up to 2^53, as offsets and times are. */
function int64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
}
