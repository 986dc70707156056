import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { decodeProfile } from './decode-profile.ts';
import { encodeProfile } from './encode-profile.ts';
import type { ProfileLayout } from './layout.ts';
import { mergeProfile } from './profile.ts';

/** `encodeProfile` of what two encoded profiles have together. */
export function mergeEncoded(
  layout: ProfileLayout,
  encoded: readonly [Uint8Array, Uint8Array],
): Uint8Array {
  const [first, second] = encoded.map((bytes) => decodeProfile(new ByteReader(bytes), layout));
  mergeProfile(first!, second!);
  const writer = new ByteWriter();
  encodeProfile(writer, first!);
  return writer.finish();
}
