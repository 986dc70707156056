import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { checkArrowMetadata, decompressedLength } from '#libs/codecs/arrow-metadata.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { type ArrowFooter, readArrowFooter } from './arrow-footer.ts';
import { malformed, notFound } from './file-input.ts';

const MAGIC = 'ARROW1';
/** What Feather was before it became Arrow. */
const OLD_FEATHER = 'FEA1';
/** Length that says: the real length follows. */
const CONTINUATION = -1;

/** One message of a file, whole, as a stream has it. */
export interface ArrowPart {
  readonly kind: 'schema' | 'dictionary' | 'batch';
  readonly bytes: Uint8Array;
  /** Bytes of the body when it is not compressed: nothing in it can have more elements × 8. */
  readonly size: number;
}

/**
 * The messages of an Arrow IPC file or stream in the order in which they can be read: the schema,
 * the dictionaries of a file (which may stand anywhere in it), the rest. Holds one at a time. Each
 * is checked to be whole, so that the library may believe what it says about itself.
 *
 * @throws PLB_FILE_NOT_FOUND, PLB_BASELINE_EMPTY, PLB_FILE_MALFORMED
 */
export async function* readArrowMessages(path: string): AsyncGenerator<ArrowPart> {
  const handle = await open(path).catch((error: unknown) => {
    throw notFound(path, error);
  });
  try {
    const { size } = await handle.stat();
    const source = { path, handle, size };
    const head = (await readAt(source, { from: 0, length: Math.min(8, size) })).toString('latin1');
    if (size === 0) {
      throw new PlumblineError('PLB_BASELINE_EMPTY', `Cannot read ${path}: the file is empty`, {
        path,
      });
    }
    if (head.startsWith(OLD_FEATHER)) {
      throw malformed(path, 'it is Feather of version 1', {
        fix: 'write it again as version 2, which is an Arrow file',
      });
    }
    if (head.startsWith(MAGIC)) yield* fileMessages(source);
    else yield* streamMessages(source);
  } finally {
    await handle.close();
  }
}

interface Source {
  readonly path: string;
  readonly handle: FileHandle;
  readonly size: number;
}

async function* streamMessages(source: Source): AsyncGenerator<ArrowPart> {
  let position = 0;
  while (position < source.size) {
    const part = await messageAt(source, position);
    // A length of 0 ends the stream; so does the end of the file.
    if (part === null) return;
    if (position === 0 && part.kind !== 'schema') {
      throw malformed(source.path, 'an Arrow stream must begin with its schema');
    }
    yield part;
    position += part.bytes.length;
  }
}

async function* fileMessages(source: Source): AsyncGenerator<ArrowPart> {
  const { schema, dictionaries, batches } = await readFooter(source);
  yield { kind: 'schema', bytes: schema, size: 0 };
  for (const offset of dictionaries) yield await namedAt(source, { offset, kind: 'dictionary' });
  for (const offset of batches) yield await namedAt(source, { offset, kind: 'batch' });
}

async function namedAt(
  source: Source,
  { offset, kind }: { readonly offset: number; readonly kind: ArrowPart['kind'] },
): Promise<ArrowPart> {
  const part = await messageAt(source, offset);
  if (part?.kind === kind) return part;
  throw malformed(source.path, `the Arrow file is damaged: there is no ${kind} at byte ${offset}`);
}

async function readFooter(source: Source): Promise<ArrowFooter> {
  const { path, size } = source;
  const ending = 4 + MAGIC.length;
  const tailAt = Math.max(0, size - ending);
  const tail = await readAt(source, { from: tailAt, length: size - tailAt });
  if (tail.toString('latin1', 4) !== MAGIC) {
    throw malformed(path, 'the Arrow file is truncated: its footer is missing', {
      fix: 'copy or write the file again; its writer may still be running',
    });
  }
  const length = tail.readInt32LE(0);
  const from = size - ending - length;
  if (length <= 0 || from < 8) throw malformed(path, 'the Arrow file is damaged: its footer');
  const bytes = await readAt(source, { from, length });
  try {
    const footer = readArrowFooter(bytes);
    checkArrowMetadata(new DataView(footer.schema.buffer, 8));
    return footer;
  } catch (error) {
    throw malformed(path, 'the Arrow file is damaged: its footer', { cause: error });
  }
}

/** The message at a place, `null` where the stream ends. */
async function messageAt(source: Source, position: number): Promise<ArrowPart | null> {
  const { path, size } = source;
  const inside = (end: number): void => {
    if (end <= size) return;
    throw position === 0
      ? malformed(path, 'it is not Arrow, or truncated: its first message is not whole')
      : malformed(
          path,
          `the Arrow file is truncated: the message at byte ${position} is not whole`,
        );
  };
  if (!(Number.isSafeInteger(position) && position >= 0)) throw damaged(path, position);
  inside(position + 4);
  const prefix = await readAt(source, { from: position, length: Math.min(8, size - position) });
  const continued = prefix.readInt32LE(0) === CONTINUATION;
  const begin = position + (continued ? 8 : 4);
  inside(begin);
  const length = prefix.readInt32LE(continued ? 4 : 0);
  if (length === 0) return null;
  if (length < 0) throw damaged(path, position);
  inside(begin + length);
  const metadata = await readAt(source, { from: begin, length });
  const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.length);
  try {
    const { kind, bodyLength, compressed } = checkArrowMetadata(view);
    const end = begin + length + bodyLength;
    inside(end);
    const bytes = await readAt(source, { from: position, length: end - position });
    const body = bytes.subarray(begin + length - position);
    return { kind, bytes, size: compressed ? decompressedLength(view, body) : bodyLength };
  } catch (error) {
    throw error instanceof PlumblineError ? error : damaged(path, position, error);
  }
}

function damaged(path: string, position: number, cause?: unknown): PlumblineError {
  return malformed(path, `it is not Arrow, or damaged: no message at byte ${position}`, { cause });
}

async function readAt(
  { path, handle }: Source,
  { from, length }: { readonly from: number; readonly length: number },
): Promise<Buffer> {
  // Of its own memory: numbers have to lie at multiples of their size.
  const bytes = Buffer.from(new ArrayBuffer(length));
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) throw malformed(path, `the file ends at byte ${from + done}`);
    done += bytesRead;
  }
  return bytes;
}
