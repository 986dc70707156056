/** Which events of a stream are counted where it is too much to count them all. */
export interface Sampling {
  /** Share of the keys that are counted, in (0, 1). */
  readonly share: number;
}

/** Names how events are chosen; part of the profile's identity. */
export const SAMPLER = 'murmur3-32/1';

/** Not the seed of any partitioner: else a sample would follow the partitions. */
const SEED = 0x9d3c_55b1;

/** What choosing looks at. */
interface Sampled {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Uint8Array | null;
}

/**
 * Tells which records belong to a sample: those whose key's hash lies in the lowest `share` of all
 * hashes, so that a key is in with all its records, in every partition and for ever, and a smaller
 * sample is part of a larger one. A record without a key is drawn by itself, by the hash of its
 * offset and log timestamp. Looks at nothing else: the same log gives the same sample.
 */
export function createSampler(sampling: Sampling | undefined): (record: Sampled) => boolean {
  if (sampling === undefined) return () => true;
  const limit = sampling.share * 2 ** 32;
  const place = new Uint8Array(16);
  const view = new DataView(place.buffer);
  return ({ key, offset, timestamp }) => {
    if (key !== null) return murmur3(key, SEED) < limit;
    view.setFloat64(0, offset, true);
    view.setFloat64(8, timestamp, true);
    return murmur3(place, SEED) < limit;
  };
}

/** MurmurHash3 x86 32-bit of Austin Appleby, as an unsigned number. */
export function murmur3(bytes: Uint8Array, seed: number): number {
  const { length } = bytes;
  const whole = length & ~3;
  let hash = seed | 0;
  for (let i = 0; i < whole; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash ^= scramble(word);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe654_6b64) | 0;
  }
  let rest = 0;
  for (let i = length - 1; i >= whole; i--) rest = (rest << 8) | bytes[i]!;
  hash ^= scramble(rest) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(word: number): number {
  const mixed = Math.imul(word, 0xcc9e_2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b87_3593);
}
