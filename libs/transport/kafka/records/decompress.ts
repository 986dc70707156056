import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { CompressionError } from '#libs/codecs/compression-error.ts';
import { unlz4 } from '#libs/codecs/unlz4.ts';
import { unsnappy } from './snappy.ts';

/** One batch decompressed: far above what producers write, far below what ends a process. */
const MAX_DECOMPRESSED_BYTES = 256 * 1024 * 1024;
const SMALLEST_CHUNK = 16 * 1024;
const LARGEST_CHUNK = 1024 * 1024;
/** A guess at the output's size, to have it in one piece most of the time. */
const USUAL_RATIO = 6;

/**
 * Decompresses the records of a batch, by the codec number of its attributes (1 gzip, 2 snappy,
 * 3 lz4, 4 zstd).
 * @throws CompressionError for damage, an unknown codec, or more than `maxBytes`
 */
export function decompress(
  bytes: Buffer,
  { codec, maxBytes = MAX_DECOMPRESSED_BYTES }: { codec: number; maxBytes?: number },
): Buffer {
  switch (codec) {
    case 1:
      return native(gunzipSync, bytes, maxBytes);
    case 2:
      return unsnappy(bytes, maxBytes);
    case 3:
      return unlz4(bytes, maxBytes);
    case 4:
      return native(zstdDecompressSync, bytes, maxBytes);
    default:
      throw new CompressionError(`compression ${codec} is not known`);
  }
}

function native(
  inflate: (bytes: Buffer, options: { maxOutputLength: number; chunkSize: number }) => Buffer,
  bytes: Buffer,
  maxOutputLength: number,
): Buffer {
  const guess = Math.max(SMALLEST_CHUNK, bytes.length * USUAL_RATIO);
  try {
    return inflate(bytes, { maxOutputLength, chunkSize: Math.min(guess, LARGEST_CHUNK) });
  } catch (error) {
    throw new CompressionError(error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}
