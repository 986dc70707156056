import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSampler, murmur3 } from './sampler.ts';

const encoder = new TextEncoder();
const bytes = (text: string) => encoder.encode(text);

function record(key: string | null, offset = 0, timestamp = 0) {
  return { key: key === null ? null : bytes(key), offset, timestamp };
}

/** Share of the records that are in, with the number of standard errors it is away from `share`. */
function deviation(kept: number, { of, share }: { of: number; share: number }): number {
  return Math.abs(kept - of * share) / Math.sqrt(of * share * (1 - share));
}

describe('murmur3', () => {
  // Reference values of the MurmurHash3_x86_32 in SMHasher.
  it.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['test', 0, 0xba6bd213],
    ['test', 0x9747b28c, 0x704b81dc],
    ['Hello, world!', 0, 0xc0363e43],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['a', 0x9747b28c, 0x7fa09ea6],
    ['aa', 0x9747b28c, 0x5d211726],
    ['aaa', 0x9747b28c, 0x283e0130],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
    ['ππππππππ', 0x9747b28c, 0xd58063c1],
  ])('of %j with seed %i', (text, seed, hash) => {
    expect(murmur3(bytes(text), seed)).toBe(hash);
  });
});

describe('a sample', () => {
  it('without a share holds everything', () => {
    const isSampled = createSampler(undefined);
    expect([record(null), record('x')].every(isSampled)).toBe(true);
  });

  it('holds a key with all its records or with none, wherever they stand', () => {
    const isSampled = createSampler({ share: 0.3 });
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.nat(), (key, offset, timestamp) => {
        expect(isSampled(record(key, offset, timestamp))).toBe(isSampled(record(key)));
      }),
      { seed: 1 },
    );
  });

  it('is part of every larger one', () => {
    const smaller = createSampler({ share: 0.05 });
    const larger = createSampler({ share: 0.2 });
    const keys = Array.from({ length: 5000 }, (_, i) => record(`customer-${i}`));
    expect(keys.filter(smaller).every(larger)).toBe(true);
    expect(keys.filter(larger).length).toBeGreaterThan(keys.filter(smaller).length);
  });

  it.each([0.001, 0.1, 0.5, 0.9])(
    'of %d holds that share of keys, and of records without',
    (share) => {
      const isSampled = createSampler({ share });
      const of = 50_000;
      const keyed = Array.from({ length: of }, (_, i) => record(`customer-${i}`));
      const plain = Array.from({ length: of }, (_, i) =>
        record(null, i, 1_700_000_000_000 + 3 * i),
      );
      expect(deviation(keyed.filter(isSampled).length, { of, share })).toBeLessThan(4);
      expect(deviation(plain.filter(isSampled).length, { of, share })).toBeLessThan(4);
    },
  );

  it('does not follow the partitions that a producer chooses by murmur2 or by the same hash', () => {
    const isSampled = createSampler({ share: 0.1 });
    const partitions = 10;
    const kept = new Float64Array(partitions);
    const all = new Float64Array(partitions);
    for (let i = 0; i < 50_000; i++) {
      const one = record(`customer-${i}`);
      const partition = murmur3(one.key ?? bytes(''), 0) % partitions;
      all[partition]!++;
      if (isSampled(one)) kept[partition]!++;
    }
    for (const [i, count] of kept.entries()) {
      expect(deviation(count, { of: all[i]!, share: 0.1 })).toBeLessThan(4);
    }
  });
});
