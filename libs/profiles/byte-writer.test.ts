import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

type Step =
  | readonly ['varint' | 'signed' | 'double' | 'byte' | 'uint32', number]
  | readonly ['text', string]
  | readonly ['bytes', Uint8Array];

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constant('varint' as const), fc.maxSafeNat()),
  fc.tuple(fc.constant('signed' as const), fc.maxSafeInteger()),
  fc.tuple(fc.constant('double' as const), fc.double()),
  fc.tuple(fc.constant('byte' as const), fc.nat(255)),
  fc.tuple(fc.constant('uint32' as const), fc.nat(2 ** 32 - 1)),
  fc.tuple(
    fc.constant('text' as const),
    fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\ufeff', '\ufeffa', '', '\0')),
  ),
  fc.tuple(fc.constant('bytes' as const), fc.uint8Array({ maxLength: 3000 })),
);

function write(writer: ByteWriter, [kind, value]: Step): void {
  if (kind === 'text') writer.text(value);
  else if (kind === 'bytes') writer.bytes(value);
  else writer[kind](value);
}

describe('ByteWriter', () => {
  it('writes what ByteReader reads, whatever the sequence and the size', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const writer = new ByteWriter();
        for (const each of steps) write(writer, each);
        expect(writer.view()).toEqual(writer.finish());
        const reader = new ByteReader(writer.finish());
        for (const [kind, value] of steps) expect([kind, reader[kind]()]).toEqual([kind, value]);
        expect(reader.remaining).toBe(0);
      }),
      { seed: 71, numRuns: 200 },
    );
  });

  it.each([0, 127, 128, 2 ** 28, 2 ** 49 - 1, 2 ** 52, Number.MAX_SAFE_INTEGER])(
    'holds %d as a varint in at most eight bytes, and with either sign',
    (value) => {
      const writer = new ByteWriter();
      writer.varint(value);
      expect(writer.view().length).toBe(Math.max(1, Math.ceil(Math.log2(value + 1) / 7)));
      writer.signed(value);
      writer.signed(-value);
      const reader = new ByteReader(writer.finish());
      expect([reader.varint(), reader.signed(), reader.signed()]).toEqual([
        value,
        value,
        0 - value,
      ]);
    },
  );

  it.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses the varint %d',
    (value) => {
      expect(() => new ByteWriter().varint(value)).toThrow(RangeError);
    },
  );

  it.each([0.5, 2 ** 53, -(2 ** 53), Number.NaN, Number.NEGATIVE_INFINITY])(
    'refuses the signed number %d',
    (value) => {
      expect(() => new ByteWriter().signed(value)).toThrow(RangeError);
    },
  );
});
