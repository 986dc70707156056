import { CompressionError } from '#libs/codecs/compression-error.ts';
import type { LogRecord, TopicPartition } from '../../port.ts';
import { type AbortedTransaction, AbortedTransactions } from './aborted-transactions.ts';
import { BATCH_HEADER_BYTES, type BatchHeader, findBatch } from './batch-header.ts';
import { BatchRecords } from './batch-records.ts';
import { decompress } from './decompress.ts';
import { type LogPlace, malformed } from './malformed.ts';

/** The type of a control record follows its version in the key; 1 is a commit. */
const ABORT = 0;

export interface RecordSetOptions extends TopicPartition {
  /** Records before it, at the beginning of the first batch, were not asked for. */
  readonly offset: number;
  readonly abortedTransactions: readonly AbortedTransaction[];
}

/** Consecutive records of a set: the range [from, next) has been read completely. */
export interface RecordRun {
  readonly from: number;
  readonly next: number;
  readonly records: readonly LogRecord[];
}

/**
 * The record batches of one partition in a Fetch response, decoded as they are asked for: each
 * batch is checked and decompressed when reading reaches it, so that memory and time of one call
 * stay bounded by one batch and `maxBytes`. Shows what is committed: records of aborted
 * transactions and control records are left out, their offsets covered by `next`, as are offsets
 * that compaction removed. A batch cut off at the end is not part of the set.
 *
 * Keys and values are views into the fetched (or decompressed) bytes; nobody writes to these again,
 * but whoever keeps one small value for long should copy it, as it keeps the whole buffer alive.
 */
export class RecordSet {
  readonly #bytes: Buffer;
  readonly #place: TopicPartition;
  readonly #aborted: AbortedTransactions;
  #at = 0;
  #next: number;
  #open: { readonly records: BatchRecords; readonly header: BatchHeader } | undefined;
  #expected = 0;
  #partial = 0;
  #failure: unknown;

  constructor(bytes: Uint8Array, options: RecordSetOptions) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#place = options;
    this.#aborted = new AbortedTransactions(options.abortedTransactions);
    this.#next = options.offset;
  }

  /** The offset at which reading goes on. */
  get next(): number {
    return this.#next;
  }

  /** Whether all that the set holds has been read. */
  get done(): boolean {
    return this.#open === undefined && this.#at >= this.#bytes.length;
  }

  /** Not 0 once reading has found nothing but the beginning of a batch: the bytes it needs. */
  get missingBytes(): number {
    return this.#partial;
  }

  /**
   * Reads on, up to `maxBytes` of keys and values, but at least one record if there is one.
   * @throws PLB_WIRE_MALFORMED, PLB_WIRE_VERSION with topic, partition and offset, after the
   *   records before the damaged batch were given out
   */
  read(maxBytes = Number.POSITIVE_INFINITY): RecordRun {
    if (this.#failure !== undefined) throw this.#failure;
    const from = this.#next;
    const records: LogRecord[] = [];
    const budget = { left: maxBytes };
    try {
      while (this.#open !== undefined || this.#openBatch()) {
        const batch = this.#open;
        if (batch === undefined) continue;
        const finished = batch.records.read(records, { from: this.#next, budget });
        if (!finished) {
          this.#next = Math.max(this.#next, records.at(-1)!.offset + 1);
          break;
        }
        this.#close(batch.header);
      }
    } catch (error) {
      this.#failure = error;
      if (this.#next === from) throw error;
      // The batches before the damaged one are good.
      const good = records.filter(({ offset }) => offset < this.#next);
      return { from, next: this.#next, records: good };
    }
    return { from, next: this.#next, records };
  }

  /** Goes to the next batch and opens it if it holds records to give out; false at the end. */
  #openBatch(): boolean {
    const place = this.#here();
    const found =
      this.#at < this.#bytes.length ? findBatch(this.#bytes, this.#at, place) : undefined;
    if (found?.kind !== 'batch') {
      if (found !== undefined && this.#at === 0) this.#partial = found.size;
      this.#at = this.#bytes.length;
      return false;
    }
    const { header } = found;
    if (header.baseOffset < this.#expected) {
      throw malformed(
        place,
        `a batch at offset ${header.baseOffset} follows one to ${this.#expected}`,
      );
    }
    const hidden = header.control ? this.#control(header) : this.#aborted.covers(header);
    if (hidden || header.count === 0 || header.lastOffset < this.#next) this.#close(header);
    else this.#open = { header, records: this.#recordsOf(header) };
    return true;
  }

  #close(header: BatchHeader) {
    this.#open = undefined;
    this.#at = header.end;
    this.#expected = header.lastOffset + 1;
    this.#next = Math.max(this.#next, this.#expected);
  }

  #control(header: BatchHeader): boolean {
    // Compaction may leave the batch of a marker without the marker.
    const key = header.count === 0 ? null : this.#recordsOf(header).firstKey();
    if (key !== null && key.length >= 4 && key[2] === 0 && key[3] === ABORT)
      this.#aborted.end(header);
    return true;
  }

  #recordsOf(header: BatchHeader): BatchRecords {
    const place = this.#here();
    const at = header.at + BATCH_HEADER_BYTES;
    if (header.codec === 0) {
      return new BatchRecords(this.#bytes, { at, end: header.end, header, place });
    }
    try {
      const bytes = decompress(this.#bytes.subarray(at, header.end), header);
      return new BatchRecords(bytes, { at: 0, end: bytes.length, header, place });
    } catch (error) {
      if (error instanceof CompressionError) throw malformed(place, error.message, error);
      throw error;
    }
  }

  #here(): LogPlace {
    return { topic: this.#place.topic, partition: this.#place.partition, offset: this.#next };
  }
}
