import { zstdDecompressSync } from 'node:zlib';
import {
  CompressionType,
  compressionRegistry,
  type Data,
  RecordBatchReader,
  type Schema,
  type Struct,
  Type,
} from 'apache-arrow';
import { ArrowColumn } from '#libs/codecs/arrow-column.ts';
import { unlz4 } from '#libs/codecs/unlz4.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { NUMBER, TEXT, ValueColumn } from '#libs/profiles/value-column.ts';
import { readArrowMessages } from './arrow-messages.ts';
import { fileSize, malformed } from './file-input.ts';
import type { ColumnBatch, Table } from './table.ts';

/** Nothing that fits a batch needs more: one buffer of it. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Apache Arrow IPC, as a file (Feather of version 2 is one) or a stream, one record batch at a time,
 * with LZ4, Zstandard or no compression. Values are read by what reads events of Arrow: 64-bit
 * integers and decimals are numbers, times are `Date`s, dictionaries their texts, structs and lists
 * objects and arrays.
 *
 * @throws PLB_FILE_NOT_FOUND, PLB_BASELINE_EMPTY, PLB_FILE_MALFORMED (damaged or truncated, two
 * columns of one name)
 */
export async function openArrow(path: string): Promise<Table> {
  const bytes = await fileSize(path);
  const columns = await readColumns(path);
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) {
    throw malformed(path, `two columns have the name ${JSON.stringify(twice)}`);
  }
  return {
    uri: path,
    format: 'arrow',
    bytes,
    textual: false,
    columns,
    warnings: [],
    batches: (selection = {}) =>
      readBatches(
        path,
        columns.filter((name) => selection.columns?.includes(name) ?? true),
      ),
  };
}

async function readColumns(path: string): Promise<string[]> {
  for await (const { bytes } of readArrowMessages(path)) {
    const schema = guard(path, () => openReader([bytes]).schema);
    return schema.fields.map(({ name }) => name);
  }
  throw malformed(path, 'it has no schema');
}

async function* readBatches(path: string, names: readonly string[]): AsyncGenerator<ColumnBatch> {
  // The reader takes what is in the queue, and is asked only when a whole batch is in it.
  const queue: Uint8Array[] = [];
  let reader: OpenReader | null = null;
  for await (const { kind, bytes, size } of readArrowMessages(path)) {
    queue.push(bytes);
    if (kind === 'schema') {
      if (reader !== null) throw malformed(path, 'it has two schemas');
      reader = guard(path, () => openReader(queue));
    }
    if (kind !== 'batch' || reader === null) continue;
    const batch = reader;
    yield guard(path, () => nextBatch(batch, { names, size }));
  }
}

interface OpenReader {
  readonly schema: Schema;
  next(): Data<Struct>;
}

function openReader(queue: Uint8Array[]): OpenReader {
  allowCompression();
  const chunks = {
    *[Symbol.iterator]() {
      // It asks for one more when it has just enough: nothing then stands for "not yet", once.
      for (let isIdle = false; !isIdle || queue.length > 0; ) {
        const chunk = queue.shift();
        isIdle = chunk === undefined;
        yield chunk ?? new Uint8Array(0);
      }
    },
  };
  const reader = RecordBatchReader.from(chunks).open();
  // What the library takes for a stream that is over is none that has begun.
  if (reader.schema === undefined) throw new RangeError('there is no schema');
  return {
    schema: reader.schema,
    next() {
      const { value, done } = reader.next();
      if (done === true) throw new RangeError('a batch is missing');
      return value.data;
    },
  };
}

/** The library knows the two codecs, and wants to be told how to decode them. */
function allowCompression(): void {
  compressionRegistry.set(CompressionType.ZSTD, {
    decode: (bytes) => aligned(zstdDecompressSync(bytes, { maxOutputLength: MOST_BYTES })),
  });
  compressionRegistry.set(CompressionType.LZ4_FRAME, {
    decode: (bytes) =>
      aligned(unlz4(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), MOST_BYTES)),
  });
}

/** Memory in which numbers of 8 bytes may begin at the first one. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}

function nextBatch(
  reader: OpenReader,
  { names, size }: { readonly names: readonly string[]; readonly size: number },
): ColumnBatch {
  const data = reader.next();
  const rows = data.length;
  const most = 8 * size;
  // A number of rows is only a number: memory is for what the bytes can hold.
  if (!(rows >= 0 && rows <= most)) throw new RangeError(`${rows} rows in ${size} bytes`);
  const columns = new Map(
    data.type.children.map(({ name }, i) => [name, data.children[i]] as const),
  );
  const cells = new Map(
    names.map((name) => [name, cellsOf(columns.get(name), { length: rows, most })]),
  );
  return { rows, malformed: 0, names, column: (name) => cells.get(name) };
}

function cellsOf(
  data: Data | undefined,
  rows: { readonly length: number; readonly most: number },
): ArrayLike<unknown> {
  const { length } = rows;
  if (data === undefined || data.length !== length) throw new RangeError('a column is too short');
  if (data.typeId === Type.Null) return new Array<null>(length).fill(null);
  if (data.typeId === Type.Struct) return structCells(data as Data<Struct>, rows);
  const column = new ValueColumn();
  const reader = new ArrowColumn(column, []);
  reader.begin();
  reader.read({ data, through: [], rest: [] }, { at: 0, ...rows });
  const kinds = column.kinds.subarray(0, length);
  if (kinds.every((kind) => kind === NUMBER)) return column.numbers.slice(0, length);
  // Rows of a dictionary share the bytes of their texts.
  const texts = new Map<number, string>();
  return Array.from(kinds, (kind, row) => {
    if (kind !== TEXT || data.typeId !== Type.Dictionary) return column.get(row);
    const start = column.starts[row]!;
    if (start === column.ends[row]) return '';
    let text = texts.get(start);
    if (text === undefined) {
      text = column.text(row);
      texts.set(start, text);
    }
    return text;
  });
}

function structCells(
  data: Data<Struct>,
  rows: { readonly length: number; readonly most: number },
): unknown[] {
  const members = data.type.children.map(
    ({ name }, i) => [name, cellsOf(data.children[i], rows)] as const,
  );
  return Array.from({ length: rows.length }, (_, row) =>
    data.getValid(row)
      ? Object.fromEntries(members.map(([name, cells]) => [name, cells[row]]))
      : null,
  );
}

/** Whatever the library throws, it throws because of the bytes. */
function guard<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof PlumblineError) throw error;
    const why = error instanceof Error && error.message !== '' ? ` (${error.message})` : '';
    throw malformed(path, `the Arrow file is damaged or truncated${why}`, { cause: error });
  }
}
