import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteReader } from './byte-reader.ts';
import { openEnvelope, sealEnvelope } from './envelope.ts';

const IDENTITY = { baselineHash: 'ab'.repeat(32), gridHash: '01'.repeat(32) };
const PANE = { kind: 'pane', ...IDENTITY } as const;
const sealed = (text = 'content') => sealEnvelope('pane', IDENTITY, (writer) => writer.text(text));
const read = (reader: ByteReader) => reader.text();
const coded = (code: string) => expect.objectContaining({ code });

/** The same bytes with another checksum, which fits. */
function resealed(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(
    bytes.length - 4,
    crc32(bytes.subarray(0, -4)),
    true,
  );
  return bytes;
}

describe('an envelope', () => {
  it('gives back its content', () => {
    expect(openEnvelope(sealed('grüße'), PANE, read)).toBe('grüße');
    expect(openEnvelope(Buffer.concat([Buffer.of(7), sealed()]).subarray(1), PANE, read)).toBe(
      'content',
    );
  });

  it('is malformed however short it is cut', () => {
    const bytes = sealed();
    for (let length = 0; length < bytes.length; length++) {
      expect(() => openEnvelope(bytes.subarray(0, length), PANE, read)).toThrow(
        coded('PLB_WIRE_MALFORMED'),
      );
    }
  });

  it('shows every flipped bit', () => {
    const bytes = sealed();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Uint8Array.from(bytes);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const code = bit >> 3 === 4 ? /PLB_WIRE_(VERSION|MALFORMED)/ : /PLB_WIRE_MALFORMED/;
      expect(() => openEnvelope(damaged, PANE, read)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(code) }),
      );
    }
  });

  it('of an unknown version says so, whether or not the checksum is where it used to be', () => {
    for (const version of [0, 3, 127]) {
      const bytes = sealed();
      bytes[4] = version;
      expect(() => openEnvelope(bytes, PANE, read)).toThrow(coded('PLB_WIRE_VERSION'));
      expect(() => openEnvelope(resealed(bytes), PANE, read)).toThrow(coded('PLB_WIRE_VERSION'));
    }
  });

  it('of another baseline, grid or kind is not read', () => {
    const other = 'cd'.repeat(32);
    for (const name of ['baselineHash', 'gridHash']) {
      expect(() => openEnvelope(sealed(), { ...PANE, [name]: other }, read)).toThrow(
        coded('PLB_WIRE_MISMATCH'),
      );
    }
    expect(() => openEnvelope(sealed(), { ...PANE, kind: 'block' }, read)).toThrow(
      coded('PLB_WIRE_MALFORMED'),
    );
  });

  it('is read to its last byte, and not beyond', () => {
    const longer = sealEnvelope('pane', IDENTITY, (writer) => {
      writer.text('content');
      writer.byte(0);
    });
    const shorter = sealEnvelope('pane', IDENTITY, () => {});
    for (const bytes of [longer, shorter]) {
      expect(() => openEnvelope(bytes, PANE, read)).toThrow(coded('PLB_WIRE_MALFORMED'));
    }
  });

  it('is never made of garbage', () => {
    const header = sealed().subarray(0, 5);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.boolean(), (garbage, fits) => {
        const bytes = Uint8Array.from([...header, ...garbage, 0, 0, 0, 0]);
        for (const candidate of [garbage, fits ? resealed(bytes) : bytes]) {
          expect(() => openEnvelope(candidate, PANE, read)).toThrow(
            expect.objectContaining({ code: expect.stringMatching(/^PLB_WIRE_/) }),
          );
        }
      }),
      { seed: 86, numRuns: 500 },
    );
  });
});
