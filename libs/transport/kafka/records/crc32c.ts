/** Reflected polynomial of Castagnoli. */
const POLYNOMIAL = 0x82f63b78;

/*
 * Eight bytes a step ("slicing by 8"): table k holds the checksum of a byte that k more bytes
 * follow. Constant tables of 256 entries and 32-bit loads let the compiler drop bounds checks.
 */
const [T0, T1, T2, T3, T4, T5, T6, T7] = slicingTables();
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * CRC-32C (Castagnoli) of `bytes[from, to)`, as Kafka's record batches use it; `node:zlib` has only
 * the other polynomial. About half the speed of that native one.
 */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = -1;
  let at = from;
  // The words of the loop below must lie on multiples of four in the underlying memory.
  for (; at < to && ((bytes.byteOffset + at) & 3) !== 0; at += 1) crc = step(crc, bytes[at]!);
  const words = ((to - at) >> 3) << 1;
  if (words > 0 && LITTLE_ENDIAN) {
    const pairs = new Int32Array(bytes.buffer, bytes.byteOffset + at, words);
    for (let i = 0; i < words; i += 2) {
      const low = crc ^ pairs[i]!;
      const high = pairs[i + 1]!;
      crc =
        T7[low & 255]! ^
        T6[(low >>> 8) & 255]! ^
        T5[(low >>> 16) & 255]! ^
        T4[low >>> 24]! ^
        T3[high & 255]! ^
        T2[(high >>> 8) & 255]! ^
        T1[(high >>> 16) & 255]! ^
        T0[high >>> 24]!;
    }
    at += words * 4;
  }
  for (; at < to; at += 1) crc = step(crc, bytes[at]!);
  return ~crc >>> 0;
}

function step(crc: number, byte: number): number {
  return (crc >>> 8) ^ T0[(crc ^ byte) & 255]!;
}

type Eight<T> = readonly [T, T, T, T, T, T, T, T];

function slicingTables(): Eight<Int32Array> {
  const table = () => new Int32Array(256);
  const all: Eight<Int32Array> = [
    table(),
    table(),
    table(),
    table(),
    table(),
    table(),
    table(),
    table(),
  ];
  const [first] = all;
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1)
      crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    first[byte] = crc;
  }
  for (let k = 1; k < 8; k += 1) {
    for (let byte = 0; byte < 256; byte += 1) {
      const before = all[k - 1]![byte]!;
      all[k]![byte] = (before >>> 8) ^ first[before & 255]!;
    }
  }
  return all;
}
