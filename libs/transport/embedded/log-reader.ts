import type { DatabaseSync } from 'node:sqlite';
import type { Transferable } from 'node:worker_threads';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { CommittedOffset } from '../port.ts';
import { openLogForReading } from './log-database.ts';
import type { LogOptions, ReaderCalls, ReadReply, ReadRequest } from './protocol.ts';
import { verifyRecords } from './record-format.ts';

/** The handlers of the reading worker after its `open`. */
export class LogReader {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareStatements>;

  constructor(options: LogOptions) {
    this.#database = openLogForReading(options);
    this.#statements = prepareStatements(this.#database);
  }

  /** Stored batches that cover `offset` and what follows, as many as fit into `maxBytes`. */
  read(request: ReadRequest, transfer: Transferable[]): ReadReply {
    const { from, end, batches, payloads } = this.#snapshot(() => {
      const bounds = this.#statements.bounds.get(request.row);
      if (bounds === undefined) {
        throw new PlumblineError(
          'PLB_TRANSPORT_TOPIC',
          `Cannot read ${request.topic}: the topic must exist, got one that was deleted.`,
        );
      }
      const from = Math.max(request.offset, Number(bounds.start_offset));
      const limit = Number(bounds.end_offset);
      return { from, end: limit, ...this.#batches(request, { from, end: limit }) };
    });
    const payload = joined(payloads);
    transfer.push(payload.buffer);
    return { from, end, batches, payload };
  }

  describe({ topicId }: Parameters<ReaderCalls['describe']>[0]) {
    return this.#statements.described
      .all(topicId)
      .map((row) => ({ start: Number(row.start_offset), end: Number(row.end_offset) }));
  }

  committed(request: Parameters<ReaderCalls['committed']>[0]): (CommittedOffset | undefined)[] {
    const positions = new Array<CommittedOffset | undefined>(request.partitions).fill(undefined);
    for (const row of this.#statements.positions.all(request.group, request.topicId)) {
      positions[Number(row.partition)] = {
        offset: Number(row.position),
        metadata: String(row.metadata),
      };
    }
    return positions;
  }

  close(): void {
    this.#database.close();
  }

  #batches(request: ReadRequest, range: { readonly from: number; readonly end: number }) {
    const batches: { base: number; next: number; length: number }[] = [];
    const payloads: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    let expected = range.from;
    if (expected >= range.end) return { batches, payloads };
    for (const row of this.#statements.batches.iterate(request.row, request.row, range.from)) {
      const base = Number(row.base_offset);
      const next = Number(row.next_offset);
      const where = `${request.topic}/${request.partition} at offset ${base}`;
      if (base > expected || next <= expected) break;
      const payload = row.payload as Uint8Array<ArrayBuffer>;
      // Keys and values are never longer than their batch: whole batches that fit need no cutting.
      if (payloads.length > 0 && bytes + payload.byteLength > request.maxBytes) {
        return { batches, payloads };
      }
      verifyRecords(payload, where);
      batches.push({ base, next, length: payload.byteLength });
      payloads.push(payload);
      bytes += payload.byteLength;
      expected = next;
    }
    if (expected < range.end) throw missing(request, expected);
    return { batches, payloads };
  }

  /** Reads bounds and batches as they stood at one moment. */
  #snapshot<T>(body: () => T): T {
    this.#database.exec('BEGIN');
    try {
      return body();
    } finally {
      this.#database.exec('COMMIT');
    }
  }
}

function missing(request: ReadRequest, offset: number): PlumblineError {
  const where = `${request.topic}/${request.partition} at offset ${offset}`;
  return new PlumblineError(
    'PLB_WIRE_MALFORMED',
    `Cannot read the batch at ${where}: the log must be without gaps, got none there.`,
    { path: where, fix: 'Restore the log from a backup, or move the group past this offset.' },
  );
}

/** One buffer to hand over instead of many: a transfer costs more than copying a small batch. */
function joined(payloads: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only] = payloads;
  if (payloads.length === 1 && only !== undefined) return only;
  let length = 0;
  for (const payload of payloads) length += payload.byteLength;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const payload of payloads) {
    whole.set(payload, at);
    at += payload.byteLength;
  }
  return whole;
}

function prepareStatements(database: DatabaseSync) {
  return {
    bounds: database.prepare(
      'SELECT start_offset, end_offset FROM partitions WHERE id = ? AND topic_id NOTNULL',
    ),
    batches: database.prepare(
      `SELECT base_offset, next_offset, payload FROM batches
       WHERE partition_id = ? AND base_offset >=
         (SELECT max(base_offset) FROM batches WHERE partition_id = ? AND base_offset <= ?)
       ORDER BY base_offset`,
    ),
    described: database.prepare(
      'SELECT start_offset, end_offset FROM partitions WHERE topic_id = ? ORDER BY partition',
    ),
    positions: database.prepare(
      `SELECT partition, position, metadata FROM positions
       WHERE consumer_group = ? AND topic_id = ?`,
    ),
  };
}
