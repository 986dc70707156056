import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader.ts';

const malformed = expect.objectContaining({ code: 'PLB_WIRE_MALFORMED' });
const METHODS = ['byte', 'varint', 'count', 'signed', 'double', 'uint32', 'text', 'bytes'] as const;

describe('ByteReader', () => {
  it('reads any bytes or says that they are malformed, and never passes the end', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.array(fc.constantFrom(...METHODS), { maxLength: 12 }),
        (bytes, methods) => {
          const reader = new ByteReader(bytes);
          for (const method of methods) {
            try {
              reader[method]();
            } catch (error) {
              expect(error).toEqual(malformed);
            }
            expect(reader.position).toBeLessThanOrEqual(bytes.length);
            expect(reader.position + reader.remaining).toBe(bytes.length);
          }
        },
      ),
      { seed: 72, numRuns: 500 },
    );
  });

  it.each(METHODS)('finds %s missing beyond the end', (method) => {
    expect(() => new ByteReader(new Uint8Array(0))[method]()).toThrow(malformed);
  });

  it('refuses numbers above the largest safe integer', () => {
    const tooLong = Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 1);
    const tooLarge = Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 31);
    expect(() => new ByteReader(tooLong).varint()).toThrow(malformed);
    expect(() => new ByteReader(tooLarge).varint()).toThrow(malformed);
    expect(() => new ByteReader(Uint8Array.of(2, 0)).signed()).toThrow(malformed);
  });

  it('refuses a count of things that cannot follow', () => {
    expect(new ByteReader(Uint8Array.of(2, 0, 0, 0, 0)).count(2)).toBe(2);
    expect(() => new ByteReader(Uint8Array.of(2, 0, 0, 0)).count(2)).toThrow(malformed);
  });

  it('has no negative zero', () => {
    expect(new ByteReader(Uint8Array.of(0, 1)).signed()).toBe(0);
  });

  it('refuses text that is not UTF-8', () => {
    for (const bytes of [
      [1, 0xff],
      [2, 0xc0, 0x80],
      [3, 0xed, 0xa0, 0x80],
    ]) {
      expect(() => new ByteReader(Uint8Array.from(bytes)).text()).toThrow(malformed);
    }
  });

  it('reads bytes that begin inside a larger buffer', () => {
    const whole = new Uint8Array(32);
    new DataView(whole.buffer).setFloat64(5, 0.25, true);
    expect(new ByteReader(whole.subarray(5, 13)).double()).toBe(0.25);
    expect(() => new ByteReader(whole.subarray(5, 12)).double()).toThrow(malformed);
  });
});
