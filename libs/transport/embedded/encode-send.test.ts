import { expect, test } from 'vitest';
import type { LogRecord, OutgoingRecord } from '../port.ts';
import { encodeSend } from './encode-send.ts';
import { decodeRecords } from './record-format.ts';

const partitions = [0, 1, 2].map((partition) => ({ row: partition, partition, end: 0 }));
const topic = {
  topic: 't',
  id: 'i',
  cleanup: 'delete' as const,
  retentionMs: undefined,
  partitions,
};

function encode(records: readonly OutgoingRecord[], cleanup: 'compact' | 'delete' = 'delete') {
  let turn = 0;
  return encodeSend(records, { topic: { ...topic, cleanup }, now: 77, turn: () => turn++ });
}

test.each([-1, 1.5, Number.NaN, 1e16])('the timestamp %d is refused', (timestamp) => {
  expect(() => encode([{ value: null }, { value: null, timestamp }])).toThrow(
    expect.objectContaining({
      code: 'PLB_TRANSPORT_RECORD',
      message: expect.stringContaining(`record 1 to t: timestamp must be`),
    }),
  );
});

test('a compacted topic takes keyed records only, and no topic a partition it has not', () => {
  expect(() => encode([{ value: null }], 'compact')).toThrow('key must be there');
  expect(encode([{ key: new Uint8Array(), value: null }], 'compact').length).toBe(1);
  for (const partition of [-1, 3, 0.5]) {
    expect(() => encode([{ value: null, partition }])).toThrow(
      expect.objectContaining({ code: 'PLB_TRANSPORT_TOPIC' }),
    );
  }
});

test('a long send becomes several batches a partition, in order and without a gap', () => {
  const records = Array.from({ length: 300 }, (_, i) => ({
    partition: 2 - (i % 2),
    value: new Uint8Array(5000).fill(i),
  }));
  const parts = encode(records);
  expect(parts.map(({ partition, count }) => [partition, count])).toEqual([
    [1, 150],
    [2, 150],
  ]);
  for (const { partition, batches } of parts) {
    expect(batches.length).toBeGreaterThan(1);
    const into: LogRecord[] = [];
    for (const { buffer, length } of batches) {
      expect(length).toBeLessThan(300_000);
      decodeRecords(new Uint8Array(buffer, 0, length), { base: into.length, into });
    }
    expect(into.map(({ offset }) => offset)).toEqual(Array.from({ length: 150 }, (_, i) => i));
    const sent = records.filter((record) => record.partition === partition);
    expect(into.map(({ value }) => value?.[0])).toEqual(sent.map(({ value }) => value[0]));
    expect(into.every(({ timestamp }) => timestamp === 77)).toBe(true);
  }
});
