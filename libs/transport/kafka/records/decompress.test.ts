import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import lz4 from 'lz4js';
import snappy from 'snappyjs';
import { describe, expect, test } from 'vitest';
import { CompressionError } from '#libs/codecs/compression-error.ts';
import { BATCH_HEADER_BYTES } from './batch-header.ts';
import { decompress } from './decompress.ts';
import { encodeRecordBatch, type TestCodec } from './encode-record-batch.ts';

const NUMBER = { gzip: 1, snappy: 2, xerial: 2, lz4: 3, zstd: 4 };
const CODECS = ['gzip', 'snappy', 'xerial', 'lz4', 'zstd'] as const;

function compress(body: Uint8Array, codec: TestCodec): Buffer {
  const batch = encodeRecordBatch({ baseOffset: 0, records: [], codec, body });
  return batch.subarray(BATCH_HEADER_BYTES);
}

/** Bytes with repetitions near and far, as compressors like them. */
const payload = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.tuple(fc.nat(255), fc.nat(3000)).map(([byte, n]) => new Uint8Array(n).fill(byte)),
      fc.constant(new TextEncoder().encode('{"amount":12.5,"country":"CH","ok":true}')),
    ),
    { maxLength: 30 },
  )
  .map((parts) => Buffer.concat(parts));

describe.each(CODECS)('%s', (codec) => {
  const number = NUMBER[codec];

  test('gives back what was compressed', () => {
    fc.assert(
      fc.property(payload, (bytes) => {
        const back = decompress(compress(bytes, codec), { codec: number });
        expect(back.equals(bytes)).toBe(true);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  test('stops at the limit instead of filling the memory', () => {
    const bomb = compress(Buffer.alloc(3_000_000), codec);
    expect(decompress(bomb, { codec: number, maxBytes: 4_300_000 }).length).toBe(3_000_000);
    expect(() => decompress(bomb, { codec: number, maxBytes: 2_999_999 })).toThrow(
      CompressionError,
    );
  });

  test('damage ends in an error or in bytes, in bounded time and memory', () => {
    const change = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(
        payload,
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (bytes, changes, cut) => {
          const damaged = Buffer.from(compress(bytes, codec));
          for (const [at, byte] of changes) damaged[at % damaged.length] = byte;
          const part = cut % 3 === 0 ? damaged.subarray(0, cut % (damaged.length + 1)) : damaged;
          try {
            const back = decompress(Buffer.from(part), { codec: number, maxBytes: 1_000_000 });
            expect(back.length).toBeLessThanOrEqual(1_000_000);
          } catch (error) {
            expect(error).toBeInstanceOf(CompressionError);
          }
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });
});

test('joined snappy-java streams, and streams of several gzip members or zstd frames', () => {
  const [a, b] = [Buffer.from('first part, '), Buffer.from('second part')];
  for (const codec of ['xerial', 'gzip', 'zstd'] as const) {
    const joined = Buffer.concat([compress(a, codec), compress(b, codec)]);
    expect(decompress(joined, { codec: NUMBER[codec] }).toString()).toBe('first part, second part');
  }
});

test('LZ4 frames with checksums, content size, stored and linked blocks', () => {
  // From the format's description: "abcd" stored, then a match of 16 bytes 4 back, then a literal.
  const stored = Buffer.from([4, 0, 0, 0x80, 0x61, 0x62, 0x63, 0x64]);
  const linked = Buffer.from([5, 0, 0, 0, 0x0c, 4, 0, 0x10, 0x21]);
  const end = Buffer.alloc(4);
  const expected = 'abcdabcdabcdabcdabcd!';
  const frame = (flags: number, extra: Buffer, blockChecksum: Buffer, tail: Buffer) =>
    Buffer.concat([
      Buffer.from([0x04, 0x22, 0x4d, 0x18, flags, 0x40]),
      extra,
      Buffer.from([0x99]),
      stored,
      blockChecksum,
      linked,
      blockChecksum,
      end,
      tail,
    ]);
  const none = Buffer.alloc(0);
  const plain = frame(0x40, none, none, none);
  expect(decompress(plain, { codec: 3 }).toString()).toBe(expected);
  const full = frame(0x40 | 0x10 | 8 | 4, Buffer.alloc(8), Buffer.alloc(4), Buffer.alloc(4));
  expect(decompress(full, { codec: 3 }).toString()).toBe(expected);
  expect(() => decompress(frame(0x41, Buffer.alloc(4), none, none), { codec: 3 })).toThrow(
    /dictionaries/,
  );
});

test('a short text with a claim of gigabytes is refused before memory is taken', () => {
  const claim = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]), Buffer.alloc(10)]);
  expect(() => decompress(claim, { codec: 2 })).toThrow(/claims to hold/);
});

test('copies from before the beginning are refused', () => {
  // Snappy: one literal "a", then four bytes from two before; then the same across xerial blocks.
  const block = Buffer.from([5, 0, 0x61, 0x01, 2]);
  expect(() => decompress(block, { codec: 2 })).toThrow(/damaged/);
  const first = compress(Buffer.from('before'), 'xerial');
  const second = Buffer.concat([Buffer.from([0, 0, 0, block.length]), block]);
  expect(() => decompress(Buffer.concat([first, second]), { codec: 2 })).toThrow(/damaged/);
  // LZ4: one literal, then a match from two before.
  const frame = Buffer.from([4, 0x22, 0x4d, 0x18, 0x40, 0x40, 0, 4, 0, 0, 0, 0x10, 0x61, 2, 0]);
  expect(() => decompress(Buffer.concat([frame, Buffer.alloc(4)]), { codec: 3 })).toThrow(
    /damaged/,
  );
});

test('an unknown codec is refused', () => {
  expect(() => decompress(Buffer.alloc(10), { codec: 5 })).toThrow(CompressionError);
});

test('native sizes: outputs larger than one chunk come back whole', () => {
  const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, i) => (i * i) % 251));
  expect(decompress(gzipSync(bytes), { codec: 1 }).equals(bytes)).toBe(true);
  expect(decompress(zstdCompressSync(bytes), { codec: 4 }).equals(bytes)).toBe(true);
  expect(decompress(Buffer.from(lz4.compress(bytes)), { codec: 3 }).equals(bytes)).toBe(true);
  expect(decompress(Buffer.from(snappy.compress(bytes)), { codec: 2 }).equals(bytes)).toBe(true);
});
