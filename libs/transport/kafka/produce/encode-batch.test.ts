import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OutgoingRecord } from '../../port.ts';
import { RecordSet } from '../records/record-set.ts';
import { encodeBatch } from './encode-batch.ts';
import { takeRecords } from './take-records.ts';

const place = { producerId: 42n, producerEpoch: 3, sequence: 7 };
const bytes = fc.uint8Array({ maxLength: 300 });
const record = fc.record(
  {
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(fc.string(), bytes, { maxKeys: 3 }),
    timestamp: fc.oneof(fc.nat(), fc.integer({ min: 0, max: 4e15 })),
  },
  { requiredKeys: ['value'] },
);

/** What the reader, which checks the CRC, finds in a batch. */
function decode(batch: Buffer) {
  const set = new RecordSet(batch, {
    topic: 't',
    partition: 0,
    offset: 0,
    abortedTransactions: [],
  });
  return set.read(Number.MAX_SAFE_INTEGER);
}

const plain = (one: Uint8Array | null | undefined) =>
  one === null || one === undefined ? null : [...one];
const plainHeaders = (headers: OutgoingRecord['headers'] = {}) =>
  Object.entries(headers).map(([name, value]) => [name, [...value]]);

describe('a batch', () => {
  test.each(['none', 'gzip', 'zstd'] as const)('%s: is read as it was sent', (compression) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(record, { minLength: 1, maxLength: 20 }), {
          minLength: 1,
          maxLength: 5,
        }),
        async (sends) => {
          const now = 1_700_000_000_000;
          const parts = sends.map((records) => ({
            taken: takeRecords(records, { topic: 't', now }),
            indices: records.map((_, i) => i),
          }));
          const batch = await encodeBatch(parts, { ...place, compression });
          expect(batch.readBigInt64BE(43)).toBe(42n);
          expect(batch.readInt16BE(51)).toBe(3);
          expect(batch.readInt32BE(53)).toBe(7);
          const { records, next } = decode(batch);
          const sent = sends.flat();
          expect(next).toBe(sent.length);
          expect(
            records.map(({ offset, timestamp, key, value, headers }) => ({
              offset,
              timestamp,
              key: plain(key),
              value: plain(value),
              headers: plainHeaders(headers),
            })),
          ).toEqual(
            sent.map((one, offset) => ({
              offset,
              timestamp: one.timestamp ?? now,
              key: plain(one.key),
              value: plain(one.value),
              headers: plainHeaders(one.headers),
            })),
          );
        },
      ),
      { numRuns: 60, seed: 4 },
    ),
  );

  test('holds only the records asked for', async () => {
    const taken = takeRecords(
      ['a', 'b', 'c', 'd'].map((text) => ({ value: Buffer.from(text) })),
      { topic: 't', now: 0 },
    );
    const batch = await encodeBatch(
      [
        { taken, indices: [1, 3] },
        { taken, indices: [0] },
      ],
      { ...place, compression: 'none' },
    );
    expect(decode(batch).records.map(({ value }) => Buffer.from(value!).toString())).toEqual([
      'b',
      'd',
      'a',
    ]);
  });
});

test.each([-1, 0.5, Number.NaN, 4e15 + 1])('a timestamp of %s is refused', (timestamp) => {
  expect(() => takeRecords([{ value: null, timestamp }], { topic: 't', now: 0 })).toThrow(
    expect.objectContaining({
      code: 'PLB_TRANSPORT_RECORD',
      message: expect.stringContaining('record 0 to t'),
    }),
  );
});

test('a record beyond what brokers take in a request is refused', () => {
  const value = new Uint8Array(100 * 1024 * 1024);
  expect(() => takeRecords([{ value }], { topic: 't', now: 0 })).toThrow(
    expect.objectContaining({ code: 'PLB_TRANSPORT_RECORD' }),
  );
});
