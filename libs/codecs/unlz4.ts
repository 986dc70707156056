import { CompressionError } from './compression-error.ts';

const MAGIC = 0x184d2204;
const UNCOMPRESSED = 0x8000_0000;
/** A byte of match length stands for 255 bytes at most. */
const HIGHEST_RATIO = 255;
const FLAG_CONTENT_SIZE = 8;
const FLAG_BLOCK_CHECKSUM = 16;
const FLAG_DICTIONARY = 1;
const SMALLEST_MATCH = 4;

/**
 * Decompresses an LZ4 frame with independent or linked blocks. The frame's own checksums are
 * passed over: Kafka's batches have a CRC of their own, and Arrow's writers put none in.
 * @throws CompressionError for damage or more than `maxBytes`
 */
export function unlz4(bytes: Buffer, maxBytes: number): Buffer {
  const { blocks, capacity } = blocksOf(bytes, maxBytes);
  const out = Buffer.allocUnsafeSlow(capacity);
  let at = 0;
  for (const block of blocks) {
    if (block.compressed) at = decodeBlock(bytes, { ...block, out, at });
    else at += bytes.copy(out, at, block.from, block.to);
  }
  // A view would keep the whole room alive, most of it never written.
  return at * 2 < capacity ? Buffer.from(out.subarray(0, at)) : out.subarray(0, at);
}

interface Block {
  readonly from: number;
  readonly to: number;
  readonly compressed: boolean;
  /** Most bytes that it may hold. */
  readonly room: number;
}

function blocksOf(bytes: Buffer, maxBytes: number) {
  const flags = bytes[4] ?? 0;
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== MAGIC || flags >> 6 !== 1) {
    throw new CompressionError('an LZ4 frame must begin with its magic and version 1');
  }
  if ((flags & FLAG_DICTIONARY) !== 0) throw new CompressionError('LZ4 dictionaries are not known');
  const largest = 1 << (2 * (((bytes[5]! >> 4) & 7) + 4));
  const trailer = (flags & FLAG_BLOCK_CHECKSUM) === 0 ? 0 : 4;
  const blocks: Block[] = [];
  let capacity = 0;
  for (let at = (flags & FLAG_CONTENT_SIZE) === 0 ? 7 : 15; ; ) {
    if (at + 4 > bytes.length) throw new CompressionError('an LZ4 frame has no end mark');
    const word = bytes.readUInt32LE(at);
    if (word === 0) return { blocks, capacity };
    const compressed = word < UNCOMPRESSED;
    const size = compressed ? word : word - UNCOMPRESSED;
    const from = at + 4;
    const to = from + size;
    if (to + trailer > bytes.length || size > largest) {
      throw new CompressionError('an LZ4 block reaches beyond its frame');
    }
    const room = compressed ? Math.min(largest, size * HIGHEST_RATIO) : size;
    capacity += room;
    if (capacity > maxBytes) throw new CompressionError(`more than ${maxBytes} bytes decompressed`);
    blocks.push({ from, to, compressed, room });
    at = to + trailer;
  }
}

function decodeBlock(
  bytes: Buffer,
  block: Block & { readonly out: Buffer; readonly at: number },
): number {
  const { to, out } = block;
  const end = block.at + block.room;
  let { from, at } = block;
  while (from < to) {
    const token = bytes[from++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let byte = 255;
      for (; byte === 255 && from < to; literals += byte) byte = bytes[from++]!;
      if (byte === 255) throw damaged();
    }
    if (from + literals > to || at + literals > end) throw damaged();
    if (literals > 32) bytes.copy(out, at, from, from + literals);
    else for (let i = 0; i < literals; i += 1) out[at + i] = bytes[from + i]!;
    from += literals;
    at += literals;
    // The last sequence of a block has only literals.
    if (from === to) return at;
    if (from + 2 > to) throw damaged();
    const distance = bytes.readUInt16LE(from);
    from += 2;
    let length = (token & 15) + SMALLEST_MATCH;
    if ((token & 15) === 15) {
      let byte = 255;
      for (; byte === 255 && from < to; length += byte) byte = bytes[from++]!;
      if (byte === 255) throw damaged();
    }
    // A match may reach into the blocks before this one.
    if (distance === 0 || distance > at || at + length > end) throw damaged();
    for (const stop = at + length; at < stop; at += 1) out[at] = out[at - distance]!;
  }
  return at;
}

function damaged(): CompressionError {
  return new CompressionError('an LZ4 block is damaged');
}
