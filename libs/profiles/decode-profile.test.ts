import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { decodeProfile } from './decode-profile.ts';
import { encodeProfile } from './encode-profile.ts';
import { categoricalLayout, EVERY_KIND, layoutOf, numericLayout, spec } from './testing/layouts.ts';
import { countRows, plain, rowArbitrary } from './testing/rows.ts';

const malformed = expect.objectContaining({ code: 'PLB_WIRE_MALFORMED' });
const rows = fc.array(rowArbitrary, { maxLength: 40 });

function write(fill: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  fill(writer);
  return writer.finish();
}

describe('decodeProfile', () => {
  it('reads back every kind of counts', () => {
    fc.assert(
      fc.property(rows, (events) => {
        const profile = countRows(EVERY_KIND, events);
        const reader = new ByteReader(write((writer) => encodeProfile(writer, profile)));
        expect(plain(decodeProfile(reader, EVERY_KIND))).toEqual(plain(profile));
        expect(reader.remaining).toBe(0);
      }),
      { seed: 83, numRuns: 200 },
    );
  });

  it('answers nothing but PLB_WIRE_MALFORMED to damage that no checksum has caught', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(rows, damage, fc.option(fc.nat()), (events, changes, cut) => {
        const bytes = write((writer) => encodeProfile(writer, countRows(EVERY_KIND, events)));
        for (const [place, value] of changes) bytes[place % bytes.length] = value;
        const shorter = bytes.subarray(0, cut === null ? undefined : cut % bytes.length);
        try {
          const profile = decodeProfile(new ByteReader(shorter), EVERY_KIND);
          // What is accepted can be stored again.
          write((writer) => encodeProfile(writer, profile));
        } catch (error) {
          expect(error).toEqual(malformed);
        }
      }),
      { seed: 84, numRuns: 1500 },
    );
  });

  it('answers nothing but PLB_WIRE_MALFORMED to garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeProfile(new ByteReader(bytes), EVERY_KIND);
        } catch (error) {
          expect(error).toEqual(malformed);
        }
      }),
      { seed: 85, numRuns: 1000 },
    );
  });

  const numeric = layoutOf([numericLayout([0, 1])]);
  const categorical = layoutOf([categoricalLayout(['a'])]);
  const rates = layoutOf([{ kind: 'rates', spec: spec('id', 'id') }]);
  it.each([
    ['events that a field lacks', rates, [2, 0, 0, 1]],
    ['a cell beyond the last', numeric, [1, 0, 0, 1, 5, 1]],
    ['a cell that holds nothing', numeric, [0, 0, 0, 1, 0, 0]],
    ['more cells than bytes', numeric, [1, 0, 0, 99]],
    ['a low limb of 2^32', numeric, [1, 0, 0, 1, 2, 1, 0, 0, 0, 128, 128, 128, 128, 16, 0, 0, 0]],
    ['an unseen category that was never seen', categorical, [0, 0, 0, 0, 0, 0, 0, 1, 1, 98, 0]],
    ['an unseen category twice', categorical, [2, 0, 0, 0, 0, 2, 0, 2, 1, 98, 1, 1, 98, 1]],
    ['unseen categories that do not add up', categorical, [2, 0, 0, 0, 0, 2, 0, 1, 1, 98, 1]],
    ['a sum with chunks out of order', numeric, [0, 0, 0, 0, 0, 0, 2, 5, 0, 2, 5, 0, 2, 0, 0]],
    ['a sum with a chunk too high', numeric, [0, 0, 0, 0, 0, 0, 1, 68, 0, 2, 0, 0]],
  ] as const)('refuses %s', (_, layout, bytes) => {
    expect(() => decodeProfile(new ByteReader(Uint8Array.from(bytes)), layout)).toThrow(malformed);
  });
});
