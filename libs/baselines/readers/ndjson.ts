import { StringDecoder } from 'node:string_decoder';
import { fileSize, malformed, readBytes } from './file-input.ts';
import { rowBatch } from './rows.ts';
import type { ColumnBatch, Table } from './table.ts';

export interface NdjsonOptions {
  /** Count malformed lines instead of failing at the first one. */
  readonly skipMalformed?: boolean;
  /** Rows per batch, 4,096 by default. */
  readonly batchRows?: number;
}

/** A line longer than this is taken for a file that is not NDJSON. */
const MAX_LINE = 64 * 1024 * 1024;

/**
 * Newline-delimited JSON, one object a line, plain or gzip. Blank lines are skipped.
 * @throws PLB_FILE_NOT_FOUND; reading throws PLB_FILE_MALFORMED with the line number.
 */
export async function openNdjson(path: string, options: NdjsonOptions = {}): Promise<Table> {
  return {
    uri: path,
    format: 'ndjson',
    bytes: await fileSize(path),
    textual: false,
    columns: null,
    warnings: [],
    batches: () => readBatches(path, options),
  };
}

async function* readBatches(path: string, options: NdjsonOptions): AsyncGenerator<ColumnBatch> {
  const { skipMalformed = false, batchRows = 4096 } = options;
  let rows: object[] = [];
  let skipped = 0;
  let number = 0;
  for await (const lines of readLines(path)) {
    for (const line of lines) {
      number += 1;
      if (line.trim() === '') continue;
      const row = parseLine(line);
      if (typeof row === 'object') rows.push(row);
      else if (skipMalformed) skipped += 1;
      else {
        throw malformed(path, row, {
          line: number,
          fix: 'write one JSON object a line, or skip malformed lines',
        });
      }
      if (rows.length >= batchRows) {
        yield rowBatch(rows, skipped);
        rows = [];
        skipped = 0;
      }
    }
  }
  if (rows.length > 0 || skipped > 0) yield rowBatch(rows, skipped);
}

/** The line's object, or why there is none. */
function parseLine(line: string): object | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return `it is not JSON (${error instanceof Error ? error.message : String(error)})`;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  const got = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
  return `a row must be a JSON object, got ${got}`;
}

async function* readLines(path: string): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let first = true;
  for await (const chunk of readBytes(path)) {
    let text = decoder.write(chunk);
    if (first && text !== '') {
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
      first = false;
    }
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) {
      throw malformed(path, `a line is longer than ${MAX_LINE} characters; it is not NDJSON`);
    }
    yield lines;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
}
