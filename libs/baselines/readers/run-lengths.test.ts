import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRuns } from './run-lengths.ts';

/** A run of one number, or a group of packed ones, as the specification of Parquet writes them. */
type Part = { readonly value: number; readonly times: number } | { readonly packed: number[] };

function encode(parts: readonly Part[], width: number): Uint8Array {
  const bytes: number[] = [];
  const header = (value: number) => {
    for (let rest = value; ; rest >>>= 7) {
      bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
      if (rest <= 127) return;
    }
  };
  for (const part of parts) {
    if ('value' in part) {
      header(part.times * 2);
      for (let i = 0; i < width; i += 8) bytes.push((part.value >>> i) & 255);
      continue;
    }
    header((part.packed.length / 8) * 2 + 1);
    const bits = part.packed.flatMap((value) =>
      Array.from({ length: width }, (_, bit) => Math.floor(value / 2 ** bit) % 2),
    );
    for (let i = 0; i < bits.length; i += 8) {
      bytes.push(bits.slice(i, i + 8).reduce((byte, bit, place) => byte + bit * 2 ** place, 0));
    }
  }
  return Uint8Array.from(bytes);
}

const cases = fc.integer({ min: 1, max: 24 }).chain((width) => {
  const number = fc.integer({ min: 0, max: 2 ** width - 1 });
  const run = fc.record({ value: number, times: fc.integer({ min: 1, max: 300 }) });
  const packed = fc
    .integer({ min: 1, max: 4 })
    .chain((groups) =>
      fc.record({ packed: fc.array(number, { minLength: 8 * groups, maxLength: 8 * groups }) }),
    );
  return fc.record({
    width: fc.constant(width),
    parts: fc.array(fc.oneof<fc.Arbitrary<Part>[]>(run, packed), { minLength: 1, maxLength: 6 }),
  });
});

test('gives back what was packed, also where the last group is cut off', () => {
  fc.assert(
    fc.property(cases, fc.nat(7), ({ width, parts }, cut) => {
      const numbers = parts.flatMap((part) =>
        'value' in part ? Array<number>(part.times).fill(part.value) : part.packed,
      );
      const count = Math.max(1, numbers.length - cut);
      const out = new Uint32Array(count + 1).fill(77);
      const bytes = encode(parts, width);
      expect(decodeRuns(bytes, { width, count, out })).toBeLessThanOrEqual(bytes.length);
      expect([...out]).toEqual([...numbers.slice(0, count), 77]);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('refuses bytes that end early, empty runs and numbers that are too wide', () => {
  const out = new Uint32Array(64);
  const packed = encode([{ packed: [1, 2, 3, 4, 5, 6, 7, 0] }], 3);
  const decode = (bytes: Uint8Array, width = 3) => decodeRuns(bytes, { width, count: 8, out });
  expect(() => decode(packed.subarray(0, 3))).toThrow('end early');
  expect(() => decode(packed.subarray(0, 0))).toThrow('end early');
  expect(() => decode(Uint8Array.of(0, 1))).toThrow('run is empty');
  expect(() => decode(Uint8Array.of(255, 255, 255, 255, 255, 255))).toThrow('end early');
  expect(() => decode(packed, 25)).toThrow('25 bits');
});
