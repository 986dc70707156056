import { createReadStream } from 'node:fs';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';

const NEWLINE = 10;
const RETURN = 13;

/**
 * The lines of a file as bytes, in batches; blank lines are no events. What a line holds is not
 * looked at: a bad event is the profiler's to count.
 *
 * @throws PLB_FILE_NOT_FOUND
 */
export async function* ndjsonLines(path: string): AsyncGenerator<readonly Uint8Array[]> {
  const stream = createReadStream(path, { highWaterMark: 256 * 1024 });
  /** Pieces of a line that goes on in the next chunk. */
  let pieces: Buffer[] = [];
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const lines: Uint8Array[] = [];
      let begin = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, begin)) {
        pushLine(lines, [...pieces, chunk.subarray(begin, end)]);
        pieces = [];
        begin = end + 1;
      }
      if (begin < chunk.length) pieces.push(chunk.subarray(begin));
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    throw new PlumblineError('PLB_FILE_NOT_FOUND', `Cannot read ${path}: ${reason(error)}`, {
      path,
      cause: error,
    });
  }
  const last: Uint8Array[] = [];
  pushLine(last, pieces);
  if (last.length > 0) yield last;
}

function pushLine(lines: Uint8Array[], pieces: readonly Buffer[]): void {
  const [only] = pieces;
  let line = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
  if (line.at(-1) === RETURN) line = line.subarray(0, -1);
  if (line.some((byte) => byte !== 32 && byte !== 9)) lines.push(line);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
