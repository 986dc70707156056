/** Widths beyond it do not fit beside a rest of seven bits in 31. */
export const WIDEST = 24;

/**
 * Decodes whole numbers that are packed as Parquet packs the places of a dictionary and the levels
 * of nulls: runs of one number, and groups of eight numbers of `width` bits each (RLE/bit-packing
 * hybrid of the format's specification).
 *
 * @param out receives the first `count` numbers, from its beginning on
 * @returns the number of bytes read
 * @throws RangeError when the bytes end too early
 */
export function decodeRuns(
  bytes: Uint8Array,
  {
    width,
    count,
    out,
  }: { readonly width: number; readonly count: number; readonly out: Uint32Array },
): number {
  if (width > WIDEST) throw new RangeError(`Cannot unpack numbers of ${width} bits`);
  const mask = 2 ** width - 1;
  let at = 0;
  let done = 0;
  while (done < count) {
    let header = 0;
    let shift = 0;
    let byte = 0;
    do {
      if (at >= bytes.length || shift > 28)
        throw new RangeError('Cannot unpack: the bytes end early');
      byte = bytes[at++]!;
      header |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    if ((header & 1) === 0) {
      let value = 0;
      for (let i = 0; i < width; i += 8) value |= (bytes[at++] ?? 0) << i;
      const end = Math.min(count, done + (header >>> 1));
      if (end === done) throw new RangeError('Cannot unpack: a run is empty');
      out.fill(value, done, end);
      done = end;
      continue;
    }
    const packed = (header >>> 1) * width;
    const end = Math.min(count, done + (header >>> 1) * 8);
    // The last group may be cut off where its numbers are not needed.
    if (at + Math.ceil(((end - done) * width) / 8) > bytes.length) {
      throw new RangeError('Cannot unpack: the bytes end early');
    }
    let from = at;
    let bits = 0;
    let rest = 0;
    for (; done < end; done++) {
      while (bits < width) {
        rest |= bytes[from++]! << bits;
        bits += 8;
      }
      out[done] = rest & mask;
      rest >>>= width;
      bits -= width;
    }
    at += packed;
  }
  return Math.min(at, bytes.length);
}
