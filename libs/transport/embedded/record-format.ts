import { crc32 } from 'node:zlib';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { LogRecord, RecordHeaders } from '../port.ts';

/*
 * One stored batch: version u8 | crc32 u32 of all that follows | count u32 | first timestamp f64,
 * then per record, as varints: offsets skipped since the record before (compaction leaves holes),
 * zigzag timestamp difference, key length + 1 (0 is null), key, value length + 1, value, header
 * count, and per header name length, name, value length, value. Little-endian throughout.
 */
const VERSION = 1;
/** The format's timestamps go from 0 to here, so that twice a difference is still exact. */
export const MAX_TIMESTAMP = 4e15;
const COUNT_AT = 5;
const TIMESTAMP_AT = 9;
const PREAMBLE = 17;
/** Two lengths, a timestamp, a hole and a header count, each at its longest. */
const RECORD_OVERHEAD = 48;
const NO_HEADERS: RecordHeaders = Object.freeze({});
const FIRST_CAPACITY = 1024;

/** What the encoder needs of a record. */
export interface EncodableRecord {
  readonly key?: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: RecordHeaders;
}

/** A finished batch; its buffer is its own, to be transferred, and may be longer than `length`. */
export interface EncodedRecords {
  readonly buffer: ArrayBuffer;
  readonly length: number;
  readonly count: number;
}

/** Writes records into one growing buffer; begins anew after each `finish`. */
export class RecordEncoder {
  #bytes: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  #at = PREAMBLE;
  #count = 0;
  #timestamp = 0;
  #nextOffset = 0;

  get count(): number {
    return this.#count;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#at;
  }

  /** `offset` counts from the batch's base and rises from record to record. */
  add(record: EncodableRecord, place: { readonly offset: number; readonly timestamp: number }) {
    const key = record.key ?? null;
    const { value } = record;
    const names = record.headers === undefined ? [] : Object.keys(record.headers);
    this.#reserve(RECORD_OVERHEAD + (key?.byteLength ?? 0) + (value?.byteLength ?? 0));
    if (this.#count === 0) {
      this.#bytes.writeDoubleLE(place.timestamp, TIMESTAMP_AT);
      this.#timestamp = place.timestamp;
    }
    this.#varint(place.offset - this.#nextOffset);
    const step = place.timestamp - this.#timestamp;
    this.#varint(step < 0 ? -2 * step - 1 : 2 * step);
    this.#nullable(key);
    this.#nullable(value);
    this.#varint(names.length);
    for (const name of names) this.#header(name, record.headers?.[name] ?? new Uint8Array());
    this.#timestamp = place.timestamp;
    this.#nextOffset = place.offset + 1;
    this.#count += 1;
  }

  finish(): EncodedRecords {
    const bytes = this.#bytes;
    const length = this.#at;
    if (this.#count === 0) bytes.writeDoubleLE(0, TIMESTAMP_AT);
    bytes.writeUInt32LE(this.#count, COUNT_AT);
    bytes[0] = VERSION;
    bytes.writeUInt32LE(crc32(bytes.subarray(COUNT_AT, length)), 1);
    const encoded = { buffer: bytes.buffer, length, count: this.#count };
    this.#bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
    this.#at = PREAMBLE;
    this.#count = 0;
    this.#nextOffset = 0;
    return encoded;
  }

  #header(name: string, value: Uint8Array) {
    const nameLength = Buffer.byteLength(name);
    this.#reserve(RECORD_OVERHEAD + nameLength + value.byteLength);
    this.#varint(nameLength);
    this.#at += this.#bytes.write(name, this.#at, 'utf8');
    this.#varint(value.byteLength);
    this.#bytes.set(value, this.#at);
    this.#at += value.byteLength;
  }

  #nullable(bytes: Uint8Array | null) {
    if (bytes === null) {
      this.#bytes[this.#at++] = 0;
      return;
    }
    this.#varint(bytes.byteLength + 1);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.byteLength;
  }

  #varint(value: number) {
    let rest = value;
    // Arithmetic above 2^31, where bit operators would wrap.
    while (rest > 0x7fffffff) {
      this.#bytes[this.#at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.#at++] = rest;
  }

  #reserve(more: number) {
    if (this.#at + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.#at + more));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/**
 * Checks version and checksum of a stored batch.
 * @param where names topic, partition and offset in the message
 * @throws PLB_WIRE_MALFORMED, PLB_WIRE_VERSION
 */
export function verifyRecords(payload: Uint8Array, where: string): void {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const whole = payload.byteLength >= PREAMBLE;
  // The version byte stands outside the checksum: an unknown version may check in another way.
  if (whole && payload[0] !== VERSION) {
    throw new PlumblineError(
      'PLB_WIRE_VERSION',
      `Cannot read the batch at ${where}: its format version must be ${VERSION}, got ${payload[0]}.`,
    );
  }
  const stored = whole ? view.getUint32(1, true) : undefined;
  const actual = whole ? crc32(payload.subarray(COUNT_AT)) : undefined;
  if (stored === undefined || stored !== actual) {
    throw new PlumblineError(
      'PLB_WIRE_MALFORMED',
      `Cannot read the batch at ${where}: its checksum must be ${stored ?? 'there'}, got ${
        actual ?? `${payload.byteLength} bytes`
      }.`,
      { path: where, fix: 'Restore the log from a backup, or move the group past this offset.' },
    );
  }
}

export interface DecodeOptions {
  /** Offset of the batch's beginning. */
  readonly base: number;
  /** Records before this offset are skipped. */
  readonly from?: number;
  /** Stops before the record that would exceed this many bytes of keys and values in `into`. */
  readonly maxBytes?: number;
  /** Bytes of keys and values already in `into`. */
  readonly bytes?: number;
  /** The records are appended here; their bytes are views into the payload. */
  readonly into: LogRecord[];
}

/**
 * Reads the records of a verified batch. `stoppedAt` is the offset of the first record that found
 * no room; a record always finds room in an empty `into`.
 */
export function decodeRecords(
  payload: Uint8Array,
  options: DecodeOptions,
): { readonly bytes: number; readonly stoppedAt: number | undefined } {
  const { into, from = options.base, maxBytes = Number.POSITIVE_INFINITY } = options;
  const cursor = new Cursor(payload);
  const count = cursor.view.getUint32(COUNT_AT, true);
  let timestamp = cursor.view.getFloat64(TIMESTAMP_AT, true);
  let offset = options.base - 1;
  let bytes = options.bytes ?? 0;
  for (let index = 0; index < count; index += 1) {
    offset += 1 + cursor.varint();
    const step = cursor.varint();
    timestamp += step % 2 === 0 ? step / 2 : -(step + 1) / 2;
    const key = cursor.nullable();
    const value = cursor.nullable();
    const headers = cursor.headers();
    if (offset < from) continue;
    const size = (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
    if (into.length > 0 && bytes + size > maxBytes) return { bytes, stoppedAt: offset };
    bytes += size;
    into.push({ offset, timestamp, key, value, headers });
  }
  return { bytes, stoppedAt: undefined };
}

class Cursor {
  readonly view: DataView;
  readonly #bytes: Uint8Array;
  #at = PREAMBLE;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  varint(): number {
    let byte = this.#bytes[this.#at++] ?? 0;
    if (byte < 128) return byte;
    let value = byte & 127;
    let scale = 128;
    do {
      byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value;
  }

  nullable(): Uint8Array | null {
    const length = this.varint();
    return length === 0 ? null : this.#take(length - 1);
  }

  headers(): RecordHeaders {
    const count = this.varint();
    if (count === 0) return NO_HEADERS;
    // Without a prototype a header may be called anything, `__proto__` included.
    const headers: Record<string, Uint8Array> = Object.create(null);
    for (let index = 0; index < count; index += 1) {
      const name = Buffer.from(this.#take(this.varint())).toString('utf8');
      headers[name] = this.#take(this.varint());
    }
    return headers;
  }

  #take(length: number): Uint8Array {
    const taken = new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, length);
    this.#at += length;
    return taken;
  }
}
