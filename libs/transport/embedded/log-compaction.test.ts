import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogRecord } from '../port.ts';
import { type CompactionOptions, compactPartition } from './log-compaction.ts';
import { openLogForWriting } from './log-database.ts';
import { decodeRecords, RecordEncoder, verifyRecords } from './record-format.ts';

let directory: string;
let database: DatabaseSync;
let nextRow = 1;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-compaction-'));
  database = openLogForWriting({
    directory,
    durability: 'normal',
    maxBytes: undefined,
    compactAfterBytes: 1,
    tombstoneMs: 1,
  });
});

afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Entry {
  readonly key: string;
  readonly value: string | null;
}

/** A partition in the database, with what was appended to it. */
function newPartition() {
  const row = nextRow++;
  database
    .prepare("INSERT INTO partitions (id, topic_id, partition) VALUES (?, 't', ?)")
    .run(row, row);
  const appended: Entry[] = [];
  const append = (entries: readonly Entry[], appendedAt: number) => {
    const encoder = new RecordEncoder();
    for (const [offset, { key, value }] of entries.entries()) {
      const bytes = { key: Buffer.from(key), value: value === null ? null : Buffer.from(value) };
      encoder.add(bytes, { offset, timestamp: appendedAt });
    }
    const { buffer, length } = encoder.finish();
    const base = appended.length;
    appended.push(...entries);
    database
      .prepare('INSERT INTO batches VALUES (?, ?, ?, ?, ?)')
      .run(row, base, appended.length, appendedAt, new Uint8Array(buffer, 0, length));
    database
      .prepare('UPDATE partitions SET end_offset = ?, bytes = bytes + ? WHERE id = ?')
      .run(appended.length, length, row);
  };
  return { row, appended, append };
}

function run(row: number, options: Partial<CompactionOptions> & { readonly steps?: number }) {
  const transaction = (body: () => void) => {
    database.exec('BEGIN');
    body();
    database.exec('COMMIT');
  };
  const work = compactPartition(row, {
    database,
    transaction,
    tombstoneMs: 1000,
    now: 0,
    ...options,
  });
  for (let step = 0; step < (options.steps ?? Number.POSITIVE_INFINITY); step += 1) {
    if (work.next().done === true) return;
  }
}

/** All records left; checks that the batches lie end to end and that the sums are right. */
function stored(row: number, end: number): LogRecord[] {
  const records: LogRecord[] = [];
  let next = 0;
  let bytes = 0;
  const rows = database.prepare(
    'SELECT * FROM batches WHERE partition_id = ? ORDER BY base_offset',
  );
  for (const batch of rows.all(row)) {
    expect(batch.base_offset).toBe(next);
    next = Number(batch.next_offset);
    const payload = batch.payload as Uint8Array;
    verifyRecords(payload, 'test');
    decodeRecords(payload, { base: Number(batch.base_offset), into: records });
    bytes += payload.byteLength;
  }
  expect(next).toBe(end);
  const sums = database.prepare('SELECT bytes, clean_bytes FROM partitions WHERE id = ?').get(row);
  expect(sums?.bytes).toBe(bytes);
  expect(Number(sums?.clean_bytes)).toBeLessThanOrEqual(bytes);
  return records;
}

function entryOf({ key, value }: LogRecord): Entry {
  return {
    key: Buffer.from(key ?? []).toString(),
    value: value === null ? null : Buffer.from(value).toString(),
  };
}

const entry = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  value: fc.option(fc.string({ maxLength: 5 })),
});
const batches = fc.array(fc.array(entry, { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 12,
});

test('passes broken off anywhere, with little memory, keep each last record in its place', () => {
  const passes = fc.array(
    fc.record({
      after: fc.nat(12),
      steps: fc.nat(4),
      keyMapBytes: fc.constantFrom(1, 200, 10_000),
    }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(batches, passes, (sends, planned) => {
      const { row, appended, append } = newPartition();
      for (const [index, entries] of sends.entries()) {
        append(entries, 1000);
        for (const pass of planned) if (pass.after === index) run(row, pass);
      }
      const left = stored(row, appended.length);
      for (const record of left) expect(entryOf(record)).toEqual(appended[record.offset]);
      const lastOffsets = new Map(appended.map(({ key }, offset) => [key, offset]));
      const offsets = left.map(({ offset }) => offset);
      expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
      expect(offsets).toEqual(expect.arrayContaining([...lastOffsets.values()]));

      run(row, {});
      const least = stored(row, appended.length).map(({ offset }) => offset);
      expect(least).toEqual([...lastOffsets.values()].sort((a, b) => a - b));
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('a tombstone goes once it is old, and only with the records it deleted', () => {
  const { row, appended, append } = newPartition();
  append(
    [
      { key: 'a', value: '1' },
      { key: 'b', value: '1' },
    ],
    0,
  );
  append([{ key: 'a', value: null }], 100);
  const left = () => stored(row, appended.length).map(entryOf);
  // Appended every 50 ms and joined with what came before, small batches must not keep it young,
  // nor must older ones make it old.
  for (let now = 150; now <= 1600; now += 50) {
    append([{ key: 'c', value: `${now}` }], now);
    run(row, { now });
    if (now <= 1100) expect(left()).toContainEqual({ key: 'a', value: null });
  }
  expect(left()).toEqual([
    { key: 'b', value: '1' },
    { key: 'c', value: '1600' },
  ]);
});

test('many small batches become few', () => {
  const { row, append } = newPartition();
  for (let i = 0; i < 500; i += 1) append([{ key: `${i}`, value: 'x'.repeat(100) }], 0);
  run(row, { now: 10_000 });
  expect(stored(row, 500).length).toBe(500);
  const count = database.prepare('SELECT count(*) AS n FROM batches WHERE partition_id = ?');
  expect(count.get(row)?.n).toBe(1);
});
