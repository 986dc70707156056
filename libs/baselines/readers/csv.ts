import { CsvError, type Parser, parse } from 'csv-parse';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { fileSize, malformed, readBytes } from './file-input.ts';
import type { ColumnBatch, Table } from './table.ts';

export interface CsvOptions {
  /** Found from the header line by default: comma, semicolon, tab or vertical bar. */
  readonly delimiter?: string;
  /** Cells that mean "no value", besides the empty cell. */
  readonly missing?: readonly string[];
  /** Rows per batch, 4,096 by default. */
  readonly batchRows?: number;
}

interface Dialect {
  readonly delimiter: string;
  readonly recordDelimiters: string[];
}

interface Header {
  readonly names: readonly string[];
  readonly dialect: Dialect;
}

/** A record longer than this means a quote that was never closed. */
const MAX_RECORD = 16 * 1024 * 1024;
/** Bytes in which the header line has to end. */
const HEADER_BYTES = 1 << 20;

/**
 * Comma-separated values (RFC 4180) with a header row: quotes, byte order mark, CRLF, gzip. Cells
 * are text, an empty one is `null`. Columns without a name are left out, with a warning.
 *
 * @throws PLB_FILE_NOT_FOUND, PLB_FILE_MALFORMED (duplicate names, another encoding than UTF-8),
 * PLB_BASELINE_EMPTY; reading throws PLB_FILE_MALFORMED with the line number.
 */
export async function openCsv(path: string, options: CsvOptions = {}): Promise<Table> {
  const bytes = await fileSize(path);
  const header = await readHeader(path, options.delimiter);
  const unnamed = header.names.filter((name) => name === '').length;
  return {
    uri: path,
    format: 'csv',
    bytes,
    textual: true,
    columns: header.names.filter((name) => name !== ''),
    warnings:
      unnamed === 0 ? [] : [`${unnamed} column(s) of ${path} have no name and are left out`],
    batches: (selection = {}) => readBatches(path, header, { ...options, ...selection }),
  };
}

async function readHeader(path: string, delimiter: string | undefined): Promise<Header> {
  const head = await readHead(path);
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw malformed(path, 'it is UTF-16', { fix: 'save it as UTF-8' });
  }
  const text = head.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') {
    throw new PlumblineError('PLB_BASELINE_EMPTY', `Cannot read ${path}: it has no header row`, {
      path,
    });
  }
  const dialect = findDialect(text, delimiter);
  const names = await firstRecord(path, head, dialect);
  const seen = new Set<string>();
  for (const name of names) {
    if (name !== '' && seen.has(name)) {
      throw malformed(path, `two columns have the name ${JSON.stringify(name)}`, {
        line: 1,
        fix: 'give every column a name of its own',
      });
    }
    seen.add(name);
  }
  return { names, dialect };
}

async function readHead(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readBytes(path)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= HEADER_BYTES || chunk.includes(10) || chunk.includes(13)) break;
  }
  return Buffer.concat(chunks);
}

/** Delimiter (the most frequent candidate outside quotes) and line ends of the header line. */
function findDialect(text: string, delimiter: string | undefined): Dialect {
  const tally = new Map([',', ';', '\t', '|'].map((candidate) => [candidate, 0]));
  let quoted = false;
  let end = text.length;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '\n' || character === '\r') {
      end = i;
      break;
    } else {
      const count = tally.get(character);
      if (count !== undefined) tally.set(character, count + 1);
    }
  }
  let best = ',';
  for (const [candidate, count] of tally) if (count > tally.get(best)!) best = candidate;
  const oldMac = text[end] === '\r' && text[end + 1] !== '\n' && end + 1 < text.length;
  return { delimiter: delimiter ?? best, recordDelimiters: oldMac ? ['\r'] : ['\r\n', '\n'] };
}

function createParser(dialect: Dialect, oneRecord = false): Parser {
  const options = {
    // Without a limit a chunk is parsed whole; its records are taken out before the next one.
    readableHighWaterMark: Number.MAX_SAFE_INTEGER,
    bom: true,
    delimiter: dialect.delimiter,
    record_delimiter: dialect.recordDelimiters,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD,
    ...(oneRecord ? { to: 1 } : {}),
  };
  return parse(options);
}

async function firstRecord(path: string, head: Buffer, dialect: Dialect): Promise<string[]> {
  for await (const records of parseRecords(path, createParser(dialect, true), [head])) {
    const [first] = records;
    if (first !== undefined) return first.map((name) => name.trim());
  }
  throw malformed(path, 'the header row cannot be read', { line: 1 });
}

async function* readBatches(
  path: string,
  header: Header,
  options: CsvOptions & { readonly columns?: readonly string[] },
): AsyncGenerator<ColumnBatch> {
  const { batchRows = 4096, missing = [] } = options;
  const columns = {
    names: header.names.filter((name) => name !== ''),
    places: new Map(header.names.map((name, at) => [name, at])),
  };
  const absent = new Set(['', ...missing]);
  let rows: string[][] = [];
  let isHeader = true;
  for await (const records of parseRecords(path, createParser(header.dialect), readBytes(path))) {
    for (const record of records) {
      if (isHeader) {
        isHeader = false;
        continue;
      }
      rows.push(record);
      if (rows.length >= batchRows) {
        yield textBatch(columns, rows, absent);
        rows = [];
      }
    }
  }
  if (rows.length > 0) yield textBatch(columns, rows, absent);
}

/** Feeds the parser chunk by chunk and hands on what each chunk completed: no read-ahead. */
async function* parseRecords(
  path: string,
  parser: Parser,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
): AsyncGenerator<string[][]> {
  let failure: Error | undefined;
  parser.on('error', (error) => {
    failure = error;
  });
  const drain = (): string[][] => {
    const records: string[][] = [];
    for (let record = parser.read(); record !== null; record = parser.read()) {
      records.push(record as string[]);
    }
    return records;
  };
  // A parser that fails closes without calling back.
  let proceed: (() => void) | undefined;
  parser.on('close', () => proceed?.());
  const feed = (chunk: Buffer | null): Promise<void> =>
    new Promise((resolve) => {
      proceed = resolve;
      if (chunk === null) parser.end(() => resolve());
      else parser.write(chunk, () => resolve());
    });
  try {
    for await (const chunk of chunks) {
      await feed(chunk);
      if (failure !== undefined) throw failure;
      yield drain();
      if (parser.writableEnded) return;
    }
    await feed(null);
    if (failure !== undefined) throw failure;
    yield drain();
  } catch (error) {
    if (error instanceof CsvError) throw parseFailure(path, error);
    throw error;
  } finally {
    parser.destroy();
  }
}

function parseFailure(path: string, error: CsvError): PlumblineError {
  const lines: unknown = Reflect.get(error, 'lines');
  const options = { ...(typeof lines === 'number' ? { line: lines } : {}), cause: error };
  switch (error.code) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
    case 'CSV_RECORD_INCONSISTENT_COLUMNS': {
      const record: unknown = Reflect.get(error, 'record');
      const got = Array.isArray(record) ? `, got ${record.length}` : '';
      return malformed(path, `the row must have as many cells as the header${got}`, options);
    }
    case 'CSV_QUOTE_NOT_CLOSED':
    case 'CSV_MAX_RECORD_SIZE':
      return malformed(path, 'a quote is opened and never closed', options);
    default:
      return malformed(path, error.message, options);
  }
}

function textBatch(
  { names, places }: { readonly names: readonly string[]; readonly places: Map<string, number> },
  rows: readonly string[][],
  absent: ReadonlySet<string>,
): ColumnBatch {
  return {
    rows: rows.length,
    malformed: 0,
    names,
    column(name) {
      const at = name === '' ? undefined : places.get(name);
      if (at === undefined) return undefined;
      return rows.map((row) => {
        const cell = row[at]!;
        return absent.has(cell) ? null : cell;
      });
    },
  };
}
