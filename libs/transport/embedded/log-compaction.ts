import type { DatabaseSync } from 'node:sqlite';
import type { LogRecord } from '../port.ts';
import { decodeRecords, RecordEncoder, verifyRecords } from './record-format.ts';

/** Batches read and rewritten in one transaction; writes wait no longer than that takes. */
const STEP_BYTES = 4 * 1024 * 1024;
/** Small batches are joined up to this size. */
const JOINED_BYTES = 512 * 1024;
const KEY_MAP_BYTES = 32 * 1024 * 1024;
const KEY_OVERHEAD = 80;

export interface CompactionOptions {
  readonly database: DatabaseSync;
  /** Runs a body in one transaction. */
  transaction(body: () => void): void;
  /** Tombstones in batches appended longer ago than this go too. */
  readonly tombstoneMs: number;
  readonly now: number;
  /** Bounds the memory for the last offset by key; what finds no room is left for the next pass. */
  readonly keyMapBytes?: number;
}

interface StoredBatch {
  readonly rowid: number;
  readonly base: number;
  readonly next: number;
  readonly appendedAt: number;
  readonly payload: Uint8Array;
}

/**
 * Rewrites a partition so that of the records with equal keys, up to the end it had at the call,
 * only the last is left. Offsets keep their numbers: a batch goes on covering the holes. Each step
 * is one transaction that is right by itself, so that it may be left off at any of them.
 *
 * @throws PLB_WIRE_MALFORMED when a batch is damaged; what was done until then stays
 */
export function* compactPartition(row: number, options: CompactionOptions): Generator<void> {
  const { database } = options;
  const partition = database.prepare(
    'SELECT start_offset, end_offset, clean_offset FROM partitions WHERE id = ? AND topic_id NOTNULL',
  );
  const before = partition.get(row);
  if (before === undefined) return;
  const last = new Map<string, number>();
  const { start_offset: start, end_offset: end, clean_offset: clean } = before;
  const upTo = yield* lastOffsets(last, {
    batches: batchReader(database, row, Number(end)),
    from: Math.max(Number(clean), Number(start)),
    room: options.keyMapBytes ?? KEY_MAP_BYTES,
  });

  const read = batchReader(database, row, upTo);
  const rewrite = batchRewriter(row, { ...options, last });
  const finish = database.prepare(
    'UPDATE partitions SET clean_offset = ?, clean_bytes = ? WHERE id = ?',
  );
  let kept = 0;
  for (let from = Number(start), more = true; more; ) {
    options.transaction(() => {
      const batches = partition.get(row) === undefined ? [] : read(from);
      kept += rewrite(batches);
      from = batches.at(-1)?.next ?? upTo;
      more = batches.length > 0 && from < upTo;
      if (batches.length > 0 && !more) finish.run(upTo, kept, row);
    });
    yield;
  }
}

/** Fills in the last offset of each key from `from` on; answers how far there was room. */
function* lastOffsets(
  last: Map<string, number>,
  source: { batches(from: number): StoredBatch[]; readonly from: number; readonly room: number },
): Generator<void, number> {
  let { room, from } = source;
  for (;;) {
    const batches = source.batches(from);
    if (batches.length === 0) return from;
    for (const batch of batches) {
      // Always one batch at least, so that a pass gets on.
      if (room <= 0) return batch.base;
      for (const { key, offset } of recordsOf(batch)) {
        if (key === null) continue;
        const name = keyName(key);
        if (!last.has(name)) room -= KEY_OVERHEAD + name.length;
        last.set(name, offset);
      }
      from = batch.next;
    }
    yield;
  }
}

/** Answers a function that rewrites consecutive batches and tells the bytes they have then. */
function batchRewriter(
  row: number,
  options: CompactionOptions & { readonly last: ReadonlyMap<string, number> },
): (batches: readonly StoredBatch[]) => number {
  const { database, last, tombstoneMs } = options;
  const remove = database.prepare('DELETE FROM batches WHERE rowid = ?');
  const insert = database.prepare(
    `INSERT INTO batches (partition_id, base_offset, next_offset, appended_at, payload)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const adjust = database.prepare('UPDATE partitions SET bytes = bytes + ? WHERE id = ?');
  const horizon = options.now - tombstoneMs;

  const isKept = (record: LogRecord, batch: StoredBatch): boolean => {
    if (record.key === null) return true;
    if ((last.get(keyName(record.key)) ?? record.offset) > record.offset) return false;
    return record.value !== null || batch.appendedAt >= horizon;
  };

  const write = (group: readonly StoredBatch[], kept: readonly LogRecord[]): number => {
    const [first] = group;
    const final = group.at(-1);
    if (first === undefined || final === undefined) return 0;
    const encoder = new RecordEncoder();
    for (const record of kept) {
      const place = { offset: record.offset - first.base, timestamp: record.timestamp };
      encoder.add(record, place);
    }
    const { buffer, length } = encoder.finish();
    for (const { rowid } of group) remove.run(rowid);
    const appendedAt = Math.max(...group.map((batch) => batch.appendedAt));
    insert.run(row, first.base, final.next, appendedAt, new Uint8Array(buffer, 0, length));
    return length;
  };

  return (batches) => {
    let before = 0;
    let after = 0;
    let group: StoredBatch[] = [];
    let kept: LogRecord[] = [];
    let size = 0;
    let changed = false;
    const flush = () => {
      const [only] = group;
      if (group.length === 1 && only !== undefined && !changed) after += only.payload.byteLength;
      else after += write(group, kept);
      group = [];
      kept = [];
      size = 0;
      changed = false;
    };
    for (const batch of batches) {
      before += batch.payload.byteLength;
      const all = recordsOf(batch);
      const left = all.filter((record) => isKept(record, batch));
      // Upper estimate; in a batch where nothing is left it is the preamble only.
      const bytes = left.length === 0 ? 0 : batch.payload.byteLength;
      const [first] = group;
      const fits = first === undefined || sameAge(first, batch, options.tombstoneMs, horizon);
      if (!fits || size + bytes > JOINED_BYTES) flush();
      group.push(batch);
      for (const record of left) kept.push(record);
      size += bytes;
      changed ||= left.length < all.length;
    }
    flush();
    adjust.run(after - before, row);
    return after;
  };
}

/**
 * Whether two batches may be joined. A joined batch is as young as its youngest part, so batches
 * whose tombstones still count are joined within a slice of time only: else a busy partition's
 * tombstones would stay young for ever.
 */
function sameAge(a: StoredBatch, b: StoredBatch, tombstoneMs: number, horizon: number): boolean {
  const slice = (batch: StoredBatch) =>
    batch.appendedAt < horizon ? -1 : Math.floor((4 * batch.appendedAt) / Math.max(1, tombstoneMs));
  return slice(a) === slice(b);
}

/** Reads whole batches from an offset on, up to `end`, about a step's worth. */
function batchReader(
  database: DatabaseSync,
  row: number,
  end: number,
): (from: number) => StoredBatch[] {
  const select = database.prepare(
    `SELECT rowid, base_offset, next_offset, appended_at, payload FROM batches
     WHERE partition_id = ? AND base_offset >= ? AND base_offset < ? ORDER BY base_offset`,
  );
  return (from) => {
    const batches: StoredBatch[] = [];
    let bytes = 0;
    for (const found of select.iterate(row, from, end)) {
      const payload = found.payload as Uint8Array;
      verifyRecords(payload, `partition row ${row} at offset ${found.base_offset}`);
      batches.push({
        rowid: Number(found.rowid),
        base: Number(found.base_offset),
        next: Number(found.next_offset),
        appendedAt: Number(found.appended_at),
        payload,
      });
      bytes += payload.byteLength;
      if (bytes >= STEP_BYTES) break;
    }
    return batches;
  };
}

function recordsOf(batch: StoredBatch): LogRecord[] {
  const into: LogRecord[] = [];
  decodeRecords(batch.payload, { base: batch.base, into });
  return into;
}

/** A key as a map's key: one character a byte, exact. */
function keyName(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
