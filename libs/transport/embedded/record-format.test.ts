import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogRecord } from '../port.ts';
import { decodeRecords, MAX_TIMESTAMP, RecordEncoder, verifyRecords } from './record-format.ts';

const bytes = fc.uint8Array({ maxLength: 200 });
const record = fc.record({
  hole: fc.oneof(
    fc.constant(0),
    fc.nat(5),
    fc.maxSafeNat().map((n) => Math.floor(n / 1024)),
  ),
  timestamp: fc.oneof(fc.nat(2 ** 30), fc.integer({ min: 0, max: MAX_TIMESTAMP })),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'é', '')), bytes, {
    maxKeys: 3,
  }),
});

function encode(records: readonly LogRecord[], base: number): Uint8Array {
  const encoder = new RecordEncoder();
  for (const one of records) {
    encoder.add(one, { offset: one.offset - base, timestamp: one.timestamp });
  }
  const { buffer, length, count } = encoder.finish();
  expect(count).toBe(records.length);
  return new Uint8Array(buffer, 0, length);
}

function comparable(one: LogRecord) {
  return { ...one, headers: Object.entries(one.headers).sort() };
}

const batch = fc
  .tuple(fc.nat(2 ** 40), fc.array(record, { maxLength: 20 }))
  .map(([base, parts]) => {
    let next = base;
    const records = parts.map(({ hole, ...rest }) => {
      const offset = next + hole;
      next = offset + 1;
      return { offset, ...rest };
    });
    return { base, records: records.filter((one) => one.offset < 2 ** 52) };
  });

test('what was encoded is decoded, holes, nulls, empty bytes and odd header names included', () => {
  fc.assert(
    fc.property(batch, ({ base, records }) => {
      const payload = encode(records, base);
      verifyRecords(payload, 'test');
      const into: LogRecord[] = [];
      decodeRecords(payload, { base, into });
      expect(into.map(comparable)).toEqual(records.map(comparable));
    }),
    { seed: 1 },
  );
});

test('decoding in parts by offset and size gives every record once, within the size', () => {
  fc.assert(
    fc.property(batch, fc.integer({ min: 0, max: 500 }), ({ base, records }, maxBytes) => {
      const payload = encode(records, base);
      const seen: LogRecord[] = [];
      let from: number | undefined = base;
      while (from !== undefined) {
        const into: LogRecord[] = [];
        const part = decodeRecords(payload, { base, from, maxBytes, into });
        expect(part.bytes <= maxBytes || into.length === 1).toBe(true);
        seen.push(...into);
        from = part.stoppedAt;
      }
      expect(seen.map(comparable)).toEqual(records.map(comparable));
    }),
    { seed: 2 },
  );
});

test('any flipped bit and any torn end is noticed', () => {
  const payload = encode(
    [{ offset: 3, timestamp: 5, key: null, value: new Uint8Array(40), headers: {} }],
    3,
  );
  for (let bit = 0; bit < payload.length * 8; bit += 1) {
    const damaged = payload.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => verifyRecords(damaged, 'orders/3 at offset 3')).toThrow('orders/3 at offset 3');
  }
  for (let length = 0; length < payload.length; length += 1) {
    expect(() => verifyRecords(payload.subarray(0, length), 'x')).toThrow(
      expect.objectContaining({ code: 'PLB_WIRE_MALFORMED' }),
    );
  }
});
