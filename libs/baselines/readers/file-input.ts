import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';

/** Size of a regular file in bytes. @throws PLB_FILE_NOT_FOUND */
export async function fileSize(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isFile()) return found.size;
  } catch (error) {
    throw notFound(path, error);
  }
  throw new PlumblineError('PLB_FILE_NOT_FOUND', `Cannot open ${path}: it is not a file`, {
    path,
  });
}

/** The error for a file that does not exist or may not be read. */
export function notFound(path: string, cause: unknown): PlumblineError {
  const code = errorCode(cause);
  const why =
    code === 'ENOENT' || code === 'ENOTDIR'
      ? 'there is no such file'
      : code === 'EACCES' || code === 'EPERM'
        ? 'permission denied'
        : (code ?? String(cause));
  return new PlumblineError('PLB_FILE_NOT_FOUND', `Cannot open ${path}: ${why}`, {
    path,
    fix: 'name an existing, readable file; relative paths start at the working directory',
    cause,
  });
}

/** The error for content that does not follow its format; `line` counts from 1. */
export function malformed(
  path: string,
  why: string,
  options: { readonly line?: number; readonly fix?: string; readonly cause?: unknown } = {},
): PlumblineError {
  const { line, fix, cause } = options;
  const place = line === undefined ? path : `${path}:${line}`;
  const where = line === undefined ? path : `line ${line} of ${path}`;
  return new PlumblineError('PLB_FILE_MALFORMED', `Cannot read ${where}: ${why}`, {
    path: place,
    ...(fix === undefined ? {} : { fix }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The bytes of a file, unpacked when it is gzip (told by its first two bytes, not by its name). */
export async function* readBytes(path: string): AsyncGenerator<Buffer> {
  const zipped = await startsWith(path, [0x1f, 0x8b]);
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const unzip = zipped ? createGunzip({ chunkSize: 1 << 18 }) : null;
  let stream: Readable = file;
  if (unzip !== null) {
    // `pipe` forwards no errors, and an unhandled one would end the process.
    file.once('error', (error) => unzip.destroy(error));
    stream = file.pipe(unzip);
  }
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'Z_BUF_ERROR') {
      throw malformed(path, 'the gzip file is truncated', { cause: error });
    }
    if (code?.startsWith('Z_')) {
      throw malformed(path, 'the gzip file is damaged', { cause: error });
    }
    if (code?.startsWith('E')) throw notFound(path, error);
    throw error;
  } finally {
    file.destroy();
    unzip?.destroy();
  }
}

async function startsWith(path: string, magic: readonly number[]): Promise<boolean> {
  try {
    const handle = await open(path);
    try {
      const head = Buffer.alloc(magic.length);
      const { bytesRead } = await handle.read(head, 0, magic.length, 0);
      return bytesRead === magic.length && magic.every((byte, index) => head[index] === byte);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw notFound(path, error);
  }
}

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
