const MULTIPLIER = 0x5bd1e995;
const SEED = 0x9747b28c;

/**
 * MurmurHash2 (32 bit, the seed of Kafka's Java client) as an unsigned number, so that a key goes
 * to the same partition here as on Kafka with its default partitioner: `(hash & 0x7fffffff) % n`.
 */
export function murmur2(data: Uint8Array): number {
  const { length } = data;
  let hash = SEED ^ length;
  const whole = length - (length % 4);
  for (let at = 0; at < whole; at += 4) {
    let word =
      (data[at] ?? 0) |
      ((data[at + 1] ?? 0) << 8) |
      ((data[at + 2] ?? 0) << 16) |
      ((data[at + 3] ?? 0) << 24);
    word = Math.imul(word, MULTIPLIER);
    word ^= word >>> 24;
    word = Math.imul(word, MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  if (length > whole) {
    // The rest as one little-endian number; bytes beyond the end count as zero.
    const rest =
      (data[whole] ?? 0) | ((data[whole + 1] ?? 0) << 8) | ((data[whole + 2] ?? 0) << 16);
    hash = Math.imul(hash ^ rest, MULTIPLIER);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, MULTIPLIER);
  return (hash ^ (hash >>> 15)) >>> 0;
}
