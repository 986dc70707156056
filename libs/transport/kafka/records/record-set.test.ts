import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { LogRecord } from '../../port.ts';
import { BATCH_HEADER_BYTES } from './batch-header.ts';
import { encodeRecord, encodeRecordBatch, markerKey, varint } from './encode-record-batch.ts';
import { fetchFrom, type ModelLog, type ModelRecord, modelLog } from './log-model.ts';
import { RecordSet } from './record-set.ts';

const PLACE = { topic: 'clicks', partition: 3 };

function open(bytes: Uint8Array, offset = 0) {
  return new RecordSet(bytes, { ...PLACE, offset, abortedTransactions: [] });
}

function comparable({ headers, ...rest }: LogRecord | ModelRecord) {
  const entries = Array.isArray(headers) ? headers : Object.entries(headers);
  const plain = (value: Uint8Array | null) => (value === null ? null : [...value]);
  return {
    ...rest,
    key: plain(rest.key),
    value: plain(rest.value),
    headers: entries.map(([name, value]) => [name, [...value]]).sort(),
  };
}

const sizeOf = ({ key, value }: LogRecord) => (key?.length ?? 0) + (value?.length ?? 0);

/** Reads to the end in parts, with the promises of every part checked. */
function readInParts(set: RecordSet, options: { offset: number; maxBytes: number }): LogRecord[] {
  const records: LogRecord[] = [];
  let position = options.offset;
  while (!set.done) {
    const run = set.read(options.maxBytes);
    expect(run.from).toBe(position);
    expect(run.next).toBeGreaterThan(position);
    expect(run.next).toBe(set.next);
    const size = run.records.reduce((sum, one) => sum + sizeOf(one), 0);
    if (run.records.length > 1) expect(size).toBeLessThanOrEqual(options.maxBytes);
    for (const { offset } of run.records) {
      expect(offset).toBeGreaterThanOrEqual(position);
      position = offset + 1;
    }
    expect(run.next).toBeGreaterThanOrEqual(position);
    position = run.next;
    records.push(...run.records);
  }
  return records;
}

/** A start inside the log, by a number in [0, 1). */
const startIn = (log: ModelLog, part: number) => log.base + Math.floor(part * (log.end - log.base));

const part = fc.integer({ min: 0, max: 999 }).map((n) => n / 1000);
const maxBytes = fc.oneof(fc.nat(500), fc.constant(Number.POSITIVE_INFINITY));

describe('what is committed, once and in order', () => {
  test('from any offset, in parts of any size, over gaps, codecs and overlapping transactions', () => {
    let aborted = 0;
    fc.assert(
      fc.property(
        modelLog,
        fc.array(part, { minLength: 1, maxLength: 4 }),
        maxBytes,
        (log, parts, most) => {
          aborted += log.aborted.length;
          for (const offset of [log.base, ...parts.map((one) => startIn(log, one))]) {
            if (offset === log.end) continue;
            const { bytes, abortedTransactions } = fetchFrom(log, offset);
            const set = new RecordSet(bytes, { ...PLACE, offset, abortedTransactions });
            const records = readInParts(set, { offset, maxBytes: most });
            const expected = log.visible.filter((one) => one.offset >= offset);
            expect(records.map(comparable)).toEqual(expected.map(comparable));
            expect(set.next).toBe(log.end);
          }
        },
      ),
      { seed: 1, numRuns: 300 },
    );
    expect(aborted).toBeGreaterThan(100);
  });

  test('fetching on from `next` after cut-off answers gives the same', () => {
    fc.assert(
      fc.property(modelLog, fc.nat(3000), (log, room) => {
        const records: LogRecord[] = [];
        for (let offset = log.base; offset < log.end; ) {
          const { bytes, abortedTransactions } = fetchFrom(log, offset, room);
          const set = new RecordSet(bytes, { ...PLACE, offset, abortedTransactions });
          records.push(...readInParts(set, { offset, maxBytes: 1000 }));
          expect(set.missingBytes).toBe(0);
          expect(set.next).toBeGreaterThan(offset);
          offset = set.next;
        }
        expect(records.map(comparable)).toEqual(log.visible.map(comparable));
      }),
      { seed: 2, numRuns: 150 },
    );
  });

  test('a marker that compaction has taken out of its batch is passed', () => {
    const emptied = {
      baseOffset: 5,
      records: [],
      control: true,
      transactional: true,
      producerId: 1n,
    };
    const after = { baseOffset: 6, records: [{ delta: 0, value: Buffer.from('x') }] };
    const set = open(Buffer.concat([encodeRecordBatch(emptied), encodeRecordBatch(after)]), 5);
    expect(set.read().records.map(({ offset }) => offset)).toEqual([6]);
  });

  test('the second transaction of a producer is judged by itself', () => {
    const batch = (baseOffset: number, value: string) =>
      encodeRecordBatch({
        baseOffset,
        records: [{ delta: 0, key: markerKey('abort'), value: Buffer.from(value) }],
        transactional: true,
        producerId: 9n,
      });
    const end = (baseOffset: number, kind: 'abort' | 'commit') =>
      encodeRecordBatch({
        baseOffset,
        records: [{ delta: 0, key: markerKey(kind), value: Buffer.alloc(6) }],
        transactional: true,
        control: true,
        producerId: 9n,
      });
    const bytes = Buffer.concat([
      batch(0, 'void'),
      batch(1, 'void'),
      end(2, 'abort'),
      batch(3, 'good'),
      end(4, 'commit'),
      batch(5, 'void'),
      end(6, 'abort'),
    ]);
    const abortedTransactions = [5, 0].map((firstOffset) => ({ producerId: 9n, firstOffset }));
    const set = new RecordSet(bytes, { ...PLACE, offset: 0, abortedTransactions });
    const { records, next } = set.read();
    expect(records.map(({ value }) => Buffer.from(value ?? '').toString())).toEqual(['good']);
    expect(next).toBe(7);
  });

  test('records without headers share one object that nobody can change', () => {
    const records = [0, 1].map((delta) => ({ delta, value: Buffer.from('v') }));
    const [a, b] = open(encodeRecordBatch({ baseOffset: 0, records })).read().records;
    expect(a?.headers).toBe(b?.headers);
    expect(Object.isFrozen(a?.headers)).toBe(true);
  });

  test('a batch of 150,000 records, more than a call has arguments', () => {
    const records = Array.from({ length: 150_000 }, (_, delta) => ({ delta, value: null }));
    const set = open(encodeRecordBatch({ baseOffset: 10, records, codec: 'zstd' }), 10);
    const run = set.read();
    expect(run.records.length).toBe(150_000);
    expect(run.next).toBe(150_010);
  });
});

describe('what is not whole', () => {
  const whole = encodeRecordBatch({
    baseOffset: 4,
    records: [{ delta: 0, value: Buffer.alloc(99) }],
  });

  test('the beginning of a first batch tells how many bytes it needs', () => {
    for (const length of [1, 11, 12, 60, whole.length - 1]) {
      const set = open(whole.subarray(0, length), 4);
      expect(set.read()).toEqual({ from: 4, next: 4, records: [] });
      expect(set.missingBytes).toBe(length < 12 ? BATCH_HEADER_BYTES : whole.length);
      expect(set.done).toBe(true);
    }
    const empty = open(Buffer.alloc(0), 4);
    expect(empty.read()).toEqual({ from: 4, next: 4, records: [] });
    expect(empty.missingBytes).toBe(0);
  });
});

describe('damage', () => {
  const at = (code: string) => expect.objectContaining({ code });

  test('a flipped bit anywhere behind a batch’s length and epoch is found, and named', () => {
    const bytes = Buffer.concat(
      [0, 2].map((baseOffset) =>
        encodeRecordBatch({
          baseOffset,
          records: [{ delta: 0 }, { delta: 1, value: Buffer.from('value') }],
        }),
      ),
    );
    const second = bytes.length / 2;
    for (let position = second + 16; position < bytes.length; position += 1) {
      const damaged = Buffer.from(bytes);
      damaged[position]! ^= 1 << (position % 8);
      const set = open(damaged);
      // What stands before the damage is good.
      expect(set.read()).toMatchObject({ from: 0, next: 2, records: { length: 2 } });
      expect(() => set.read()).toThrow(/clicks\/3@2/);
      expect(() => set.read()).toThrow(/clicks\/3@2/);
      expect(set.next).toBe(2);
    }
  });

  test('random damage ends in a coded error behind the records before it', () => {
    // The base offset is the one field of use that no checksum covers.
    const change = fc.tuple(fc.nat(), fc.integer({ min: 8, max: 5000 }), fc.nat(255));
    let errors = 0;
    fc.assert(
      fc.property(modelLog, fc.array(change, { minLength: 1, maxLength: 3 }), (log, changes) => {
        if (log.batches.length === 0) return;
        const batches = log.batches.map((batch) => Buffer.from(batch.bytes));
        for (const [index, position, byte] of changes) {
          const batch = batches[index % batches.length]!;
          batch[Math.max(8, position % batch.length)] = byte;
        }
        const { abortedTransactions } = fetchFrom(log, log.base);
        const place = { ...PLACE, offset: log.base };
        const set = new RecordSet(Buffer.concat(batches), { ...place, abortedTransactions });
        const records: LogRecord[] = [];
        try {
          while (!set.done) records.push(...set.read(1000).records);
        } catch (error) {
          if (!(error instanceof PlumblineError)) throw error;
          expect(['PLB_WIRE_MALFORMED', 'PLB_WIRE_VERSION']).toContain(error.code);
          errors += 1;
        }
        const expected = log.visible.filter(({ offset }) => offset < set.next);
        expect(records.map(comparable)).toEqual(expected.map(comparable));
      }),
      { seed: 3, numRuns: 400 },
    );
    expect(errors).toBeGreaterThan(200);
  });

  test('damage under a right checksum ends in a coded error or in rising offsets', () => {
    const body = Buffer.concat(
      Array.from({ length: 20 }, (_, delta) =>
        encodeRecord({
          delta,
          key: Buffer.from('key'),
          value: Buffer.alloc(delta),
          headers: [['name', null]],
        }),
      ),
    );
    const change = fc.tuple(fc.nat(body.length - 1), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('none', 'gzip'),
        (changes, codec) => {
          const damaged = Buffer.from(body);
          for (const [position, byte] of changes) damaged[position] = byte;
          const batch = {
            baseOffset: 0,
            records: [],
            count: 20,
            lastOffsetDelta: 19,
            body: damaged,
          };
          try {
            const run = open(
              encodeRecordBatch({ ...batch, codec: codec as 'none' | 'gzip' }),
            ).read();
            expect(run.records.length).toBe(20);
            run.records.forEach(({ offset }, index) => void expect(offset).toBe(index));
          } catch (error) {
            expect(error).toEqual(at('PLB_WIRE_MALFORMED'));
          }
        },
      ),
      { seed: 4, numRuns: 1000 },
    );
  });

  test.each([
    ['a count below the records', { count: 1 }, /bytes follow/],
    ['a count above the records', { count: 3, lastOffsetDelta: 2 }, /beyond|not end/],
    ['a count above the offsets', { count: 3 }, /claims 3 records/],
    ['a negative count', { count: -1 }, /claims -1 records/],
    ['negative offsets', { baseOffset: -5 }, /claims the offsets/],
    ['offsets that numbers cannot hold', { baseOffset: 2 ** 53 }, /claims the offsets/],
    ['offsets that do not rise', { records: [{ delta: 1 }, { delta: 1 }] }, /must rise/],
    [
      'an offset beyond the batch',
      { lastOffsetDelta: 1, records: [{ delta: 0 }, { delta: 2 }] },
      /must rise/,
    ],
    ['a length without end', { body: Buffer.alloc(30, 0xff) }, /does not end|beyond/],
    ['a negative length', { body: Buffer.concat([varint(-3), Buffer.alloc(9)]) }, /beyond/],
  ])('%s', (_, changes, message) => {
    const records = [{ delta: 0 }, { delta: 1 }];
    const set = open(encodeRecordBatch({ baseOffset: 0, records, ...changes }));
    expect(() => set.read()).toThrow(at('PLB_WIRE_MALFORMED') && message);
  });

  test('of a batch that is damaged under a right checksum nothing is given out', () => {
    const good = { baseOffset: 0, records: [{ delta: 0 }, { delta: 1 }] };
    const body = Buffer.concat([encodeRecord({ delta: 0 }), Buffer.alloc(20, 0xff)]);
    const bad = { baseOffset: 2, records: [], lastOffsetDelta: 1, count: 2, body };
    const set = open(Buffer.concat([encodeRecordBatch(good), encodeRecordBatch(bad)]));
    expect(set.read()).toMatchObject({ from: 0, next: 2, records: { length: 2 } });
    const errors = [0, 1].map(() => {
      try {
        return set.read();
      } catch (error) {
        return error;
      }
    });
    expect(errors[0]).toEqual(at('PLB_WIRE_MALFORMED'));
    expect(errors[1]).toBe(errors[0]);
  });

  test('a record longer than its fields', () => {
    const record = encodeRecord({ delta: 0 });
    const body = Buffer.concat([varint(record.length), record.subarray(1), Buffer.alloc(1)]);
    const set = open(encodeRecordBatch({ baseOffset: 0, records: [], count: 1, body }));
    expect(() => set.read()).toThrow(/does not end where its length says/);
  });

  test('batches whose offsets go back', () => {
    const batch = (baseOffset: number) =>
      encodeRecordBatch({ baseOffset, records: [{ delta: 0 }] });
    const set = open(Buffer.concat([batch(8), batch(7)]));
    expect(set.read()).toMatchObject({ from: 0, next: 9, records: { length: 1 } });
    expect(() => set.read()).toThrow(/follows/);
  });

  test('compressed records that are none', () => {
    const batch = encodeRecordBatch({ baseOffset: 0, records: [{ delta: 0 }], codec: 'none' });
    batch[22] = 4;
    const repaired = encodeRecordBatch({
      baseOffset: 0,
      records: [],
      count: 1,
      body: Buffer.alloc(9),
    });
    expect(() => open(batch).read()).toThrow(/CRC/);
    expect(open(repaired).done).toBe(false);
    expect(() => open(repaired).read()).toThrow(at('PLB_WIRE_MALFORMED'));
  });

  test.each([0, 1, 3])('message format %i is refused in words', (magic) => {
    const old = Buffer.alloc(40);
    old.writeInt32BE(28, 8);
    old[16] = magic;
    expect(() => open(old).read()).toThrow(at('PLB_WIRE_VERSION'));
    expect(() => open(old).read()).toThrow(`the message format must be 2, got ${magic}`);
  });
});
