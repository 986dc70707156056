import { CompressionError } from '#libs/codecs/compression-error.ts';

/** Xerial's stream: this magic, version and lowest compatible version, then blocks with lengths. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEADER = 16;
/** 64 bytes from a copy of three: no claim beyond this can be honest. */
const HIGHEST_RATIO = 22;

/**
 * Decompresses snappy, plain or in the framing of snappy-java that Kafka's own producer writes.
 * @throws CompressionError for damage or more than `maxBytes`
 */
export function unsnappy(bytes: Buffer, maxBytes: number): Buffer {
  const blocks = isXerial(bytes, 0) ? xerialBlocks(bytes) : [{ from: 0, to: bytes.length }];
  let total = 0;
  for (const { from, to } of blocks) total += preamble(bytes, from, to).length;
  if (total > maxBytes) throw new CompressionError(`more than ${maxBytes} bytes decompressed`);
  const out = Buffer.allocUnsafeSlow(total);
  let at = 0;
  for (const { from, to } of blocks) {
    const { length, next } = preamble(bytes, from, to);
    decodeBlock(bytes, { from: next, to, out, at, end: at + length });
    at += length;
  }
  return out;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function isXerial(bytes: Buffer, at: number): boolean {
  return (
    bytes.length >= at + XERIAL_HEADER &&
    bytes.compare(XERIAL_MAGIC, 0, XERIAL_MAGIC.length, at, at + XERIAL_MAGIC.length) === 0
  );
}

function xerialBlocks(bytes: Buffer): readonly Span[] {
  const blocks: Span[] = [];
  for (let at = XERIAL_HEADER; at < bytes.length; ) {
    // Streams may have been joined: then another header stands where a length would.
    if (isXerial(bytes, at)) {
      at += XERIAL_HEADER;
      continue;
    }
    const from = at + 4;
    const length = from <= bytes.length ? bytes.readInt32BE(at) : -1;
    if (length < 0 || from + length > bytes.length) {
      throw new CompressionError('a snappy block reaches beyond the batch');
    }
    blocks.push({ from, to: from + length });
    at = from + length;
  }
  return blocks;
}

/** The decompressed length, and where the block's elements begin. */
function preamble(bytes: Buffer, from: number, to: number) {
  let length = 0;
  let next = from;
  for (let scale = 1; ; scale *= 128) {
    const byte = next < to && scale <= 0x1000_0000 ? bytes[next++]! : undefined;
    if (byte === undefined) throw new CompressionError('a snappy block has no length');
    length += (byte & 127) * scale;
    if (byte < 128) break;
  }
  if (length > (to - from) * HIGHEST_RATIO) {
    throw new CompressionError(`a snappy block of ${to - from} bytes claims to hold ${length}`);
  }
  return { length, next };
}

function decodeBlock(
  bytes: Buffer,
  block: Span & { readonly out: Buffer; readonly at: number; readonly end: number },
) {
  const { to, out, at: begin, end } = block;
  let from = block.from;
  let at = begin;
  while (from < to) {
    const tag = bytes[from++]!;
    const kind = tag & 3;
    let length = (tag >> 2) + 1;
    if (kind === 0) {
      if (length > 60) {
        const extra = length - 60;
        if (from + extra > to) throw damaged();
        length = bytes.readUIntLE(from, extra) + 1;
        from += extra;
      }
      if (from + length > to || at + length > end) throw damaged();
      if (length > 32) bytes.copy(out, at, from, from + length);
      else for (let i = 0; i < length; i += 1) out[at + i] = bytes[from + i]!;
      from += length;
      at += length;
      continue;
    }
    let distance: number;
    if (kind === 1) {
      length = ((tag >> 2) & 7) + 4;
      distance = ((tag >> 5) << 8) | (from < to ? bytes[from]! : 0);
      from += 1;
    } else {
      const width = kind === 2 ? 2 : 4;
      if (from + width > to) throw damaged();
      distance = width === 2 ? bytes.readUInt16LE(from) : bytes.readUInt32LE(from);
      from += width;
    }
    if (distance === 0 || at - distance < begin || at + length > end) throw damaged();
    for (const stop = at + length; at < stop; at += 1) out[at] = out[at - distance]!;
  }
  if (from !== to || at !== end) throw damaged();
}

function damaged(): CompressionError {
  return new CompressionError('a snappy block is damaged');
}
