import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { notFound } from './readers/file-input.ts';

/** SHA-256 of a file's bytes, lowercase hex. @throws PLB_FILE_NOT_FOUND */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Buffer);
    }
  } catch (error) {
    throw notFound(path, error);
  }
  return hash.digest('hex');
}
