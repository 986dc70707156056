import type { LogRecord, RecordHeaders } from '../../port.ts';
import type { BatchHeader } from './batch-header.ts';
import { type LogPlace, malformed } from './malformed.ts';

const NO_HEADERS: RecordHeaders = Object.freeze({});

/**
 * Objects that inherit nothing, so that a header may be called anything, `__proto__` included. An
 * object of `Object.create(null)` is a hash table and costs five times as much memory and time.
 */
const HeaderTable = function HeaderTable() {} as unknown as new () => Record<string, Uint8Array>;
HeaderTable.prototype = Object.create(null);

/** How much more a reader may take; `left` is counted down by the bytes of keys and values. */
export interface Budget {
  left: number;
}

/**
 * Reads the records of one batch, as much at a time as is asked for. Keys, values and header values
 * are views into `bytes`, which must not be written to again; they keep it alive.
 */
export class BatchRecords {
  readonly #bytes: Buffer;
  readonly #buffer: ArrayBufferLike;
  readonly #header: BatchHeader;
  readonly #place: LogPlace;
  readonly #end: number;
  readonly #names: string[] = [];
  #at: number;
  #remaining: number;
  #delta = -1;

  constructor(
    bytes: Buffer,
    options: { at: number; end: number; header: BatchHeader; place: LogPlace },
  ) {
    this.#bytes = bytes;
    this.#buffer = bytes.buffer;
    this.#header = options.header;
    this.#place = options.place;
    this.#at = options.at;
    this.#end = options.end;
    this.#remaining = options.header.count;
  }

  /** The first record's key, which tells what a control batch is for. */
  firstKey(): Uint8Array | null {
    const into: LogRecord[] = [];
    this.read(into, { from: 0, budget: { left: 0 } });
    return into[0]?.key ?? null;
  }

  /**
   * Appends records from offset `from` on. A record that exceeds the budget waits for the next
   * call, but for the first one of an empty `into`.
   * @returns whether the batch has been read to its end
   * @throws PLB_WIRE_MALFORMED
   */
  read(into: LogRecord[], { from, budget }: { from: number; budget: Budget }): boolean {
    const { baseOffset, baseTimestamp, appendTimestamp } = this.#header;
    const bytes = this.#bytes;
    for (; this.#remaining > 0; this.#remaining -= 1) {
      const start = this.#at;
      const length = this.#varint();
      const end = this.#at + length;
      if (length < 0 || end > this.#end) throw this.#damaged('a record reaches beyond its batch');
      this.#at += 1; // Attributes of a record mean nothing yet.
      const timestampDelta = this.#varint();
      const delta = this.#varint();
      const key = this.#bytesOrNull(end);
      const value = this.#bytesOrNull(end);
      const headers = bytes[this.#at] === 0 ? this.#noHeaders() : this.#headers(end);
      if (this.#at !== end) throw this.#damaged('a record does not end where its length says');
      const offset = baseOffset + delta;
      if (delta <= this.#delta || offset > this.#header.lastOffset) {
        throw this.#damaged('offsets of records must rise within their batch');
      }
      if (offset >= from) {
        const size = (key === null ? 0 : key.length) + (value === null ? 0 : value.length);
        if (size > budget.left && into.length > 0) {
          this.#at = start;
          return false;
        }
        budget.left -= size;
        const timestamp = appendTimestamp ?? baseTimestamp + timestampDelta;
        into.push({ offset, timestamp, key, value, headers });
      }
      this.#delta = delta;
    }
    if (this.#at !== this.#end) throw this.#damaged('bytes follow after the last record');
    return true;
  }

  /** Zigzag; of up to 64 bits, exact up to 2^53. */
  #varint(): number {
    const bytes = this.#bytes;
    const first = bytes[this.#at++]!;
    if (first < 128) return (first >>> 1) ^ -(first & 1);
    const second = bytes[this.#at++]!;
    const low = (first & 127) | ((second & 127) << 7);
    if (second < 128) return (low >>> 1) ^ -(low & 1);
    return this.#longVarint(low);
  }

  #longVarint(low: number): number {
    let value = low;
    // Arithmetic, as bit operators would wrap at 32 bits.
    for (let scale = 0x4000; ; scale *= 128) {
      const byte = this.#at < this.#end ? this.#bytes[this.#at++] : undefined;
      if (byte === undefined || scale > 2 ** 63) throw this.#damaged('a number does not end');
      value += (byte & 127) * scale;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  }

  #bytesOrNull(end: number): Uint8Array | null {
    const length = this.#varint();
    return length === -1 ? null : this.#take(length, end);
  }

  #take(length: number, end: number): Uint8Array {
    const at = this.#at;
    if (length < 0 || at + length > end) throw this.#damaged('a field reaches beyond its record');
    this.#at = at + length;
    return new Uint8Array(this.#buffer, this.#bytes.byteOffset + at, length);
  }

  #noHeaders(): RecordHeaders {
    this.#at += 1;
    return NO_HEADERS;
  }

  /** The last of several headers of one name counts; one without a value is empty. */
  #headers(end: number): RecordHeaders {
    const count = this.#varint();
    if (count < 0 || count > end - this.#at) throw this.#damaged('a record has too few headers');
    const headers = new HeaderTable();
    for (let index = 0; index < count; index += 1) {
      const name = this.#name(index, end);
      headers[name] = this.#bytesOrNull(end) ?? new Uint8Array();
    }
    return headers;
  }

  /** Records of one producer mostly have the same headers: decoding each name once is enough. */
  #name(index: number, end: number): string {
    const length = this.#varint();
    const from = this.#at;
    const to = from + length;
    if (length < 0 || to > end) throw this.#damaged('a header’s name reaches beyond its record');
    this.#at = to;
    const last = this.#names[index];
    if (last !== undefined && last.length === length) {
      let same = 0;
      while (same < length && last.charCodeAt(same) === this.#bytes[from + same]) same += 1;
      if (same === length) return last;
    }
    const name = this.#bytes.toString('utf8', from, to);
    // Only names in ASCII have a character for each byte, which the comparison above relies on.
    this.#names[index] = name;
    return name;
  }

  #damaged(what: string) {
    return malformed(this.#place, what);
  }
}
