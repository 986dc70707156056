import { type ByteReader, malformed } from '#libs/profiles/byte-reader.ts';
import type { ByteWriter } from '#libs/profiles/byte-writer.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Writes a text so that two different ones never become equal: as UTF-8, or as UTF-16 where it has
 * lone surrogates, which JSON allows and UTF-8 cannot hold.
 */
export function writeText(out: ByteWriter, text: string): void {
  const wellFormed = text.isWellFormed();
  const bytes = wellFormed ? encoder.encode(text) : Buffer.from(text, 'utf16le');
  out.varint(bytes.length * 2 + (wellFormed ? 0 : 1));
  out.raw(bytes);
}

/** Reads what `writeText` wrote. @throws PLB_WIRE_MALFORMED */
export function readText(input: ByteReader): string {
  const header = input.varint();
  const bytes = input.raw(Math.floor(header / 2));
  if (header % 2 === 0) {
    try {
      return decoder.decode(bytes);
    } catch {
      throw malformed(input.position, 'a text is not UTF-8');
    }
  }
  const text = Buffer.from(bytes).toString('utf16le');
  if (bytes.length % 2 === 0 && !text.isWellFormed()) return text;
  throw malformed(input.position, 'a text is not UTF-16 with lone surrogates');
}
