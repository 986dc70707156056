import { type FileHandle, open } from 'node:fs/promises';
import { brotliDecompressSync, unzipSync, zstdDecompressSync } from 'node:zlib';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  type ParquetScan,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type RowGroup,
  type SchemaTree,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { fileSize, malformed, notFound } from './file-input.ts';
import { readDictionaryChunk } from './parquet-dictionary.ts';
import { compileConversion, TIME_PARSERS } from './parquet-values.ts';
import type { ColumnBatch, EncodedColumn, Table } from './table.ts';

export interface ParquetOptions {
  /** A row group with more rows is read in several batches; 524,288 by default. */
  readonly batchRows?: number;
}

/** Node's own decoders where it has one: about twice as fast as those in JavaScript. */
const DECODERS: Compressors = Object.fromEntries(
  Object.entries({
    ...compressors,
    GZIP: boundedBy(unzipSync),
    BROTLI: boundedBy(brotliDecompressSync),
    ZSTD: boundedBy(zstdDecompressSync),
  }).map(([codec, decode]): [string, Decode] => [
    codec,
    // A page of nulls holds no values, and not every codec can pack or unpack nothing.
    (input, length) => (length === 0 ? new Uint8Array(0) : decode(input, length)),
  ]),
);

type Decode = (input: Uint8Array, length: number) => Uint8Array;

function boundedBy(
  decode: (input: Uint8Array, options: { maxOutputLength: number }) => Uint8Array,
): Decode {
  return (input, length) => decode(input, { maxOutputLength: length });
}

/**
 * Apache Parquet, column by column and row group by row group; only the columns asked for are
 * read. 64-bit integers and decimals are numbers, times are `Date`s, nested columns are objects
 * and arrays.
 *
 * @throws PLB_FILE_NOT_FOUND, PLB_FILE_MALFORMED (damaged or truncated, two columns of one name)
 */
export async function openParquet(path: string, options: ParquetOptions = {}): Promise<Table> {
  const bytes = await fileSize(path);
  const metadata = await withFile(path, (file) => readMetadata(path, file));
  const columns = parquetSchema(metadata).children.map((child) => child.element.name);
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) {
    throw malformed(path, `two columns have the name ${JSON.stringify(twice)}`);
  }
  const { batchRows = 524_288 } = options;
  return {
    uri: path,
    format: 'parquet',
    bytes,
    textual: false,
    columns,
    warnings: [],
    batches: (selection = {}) =>
      readBatches(path, metadata, {
        batchRows,
        names: columns.filter((name) => selection.columns?.includes(name) ?? true),
      }),
  };
}

async function readMetadata(path: string, file: AsyncBuffer): Promise<FileMetaData> {
  if (file.byteLength === 0) {
    throw new PlumblineError('PLB_BASELINE_EMPTY', `Cannot read ${path}: the file is empty`, {
      path,
    });
  }
  await checkMagic(path, file);
  let metadata: FileMetaData;
  try {
    metadata = await parquetMetadataAsync(file, { geoparquet: false });
  } catch (error) {
    throw damaged(path, error);
  }
  for (const { columns, num_rows } of metadata.row_groups) {
    if (!Number.isSafeInteger(Number(num_rows)) || Number(num_rows) < 0) {
      throw damaged(path, new Error(`a row group of ${num_rows} rows`));
    }
    for (const { meta_data: column } of columns) {
      const start = column?.dictionary_page_offset ?? column?.data_page_offset;
      if (column === undefined || start === undefined) continue;
      if (Number(start) + Number(column.total_compressed_size) > file.byteLength) {
        throw damaged(path, new Error('a column lies beyond the end of the file'));
      }
    }
  }
  return metadata;
}

/** A Parquet file begins and ends with the same four bytes; the end is written last. */
async function checkMagic(path: string, file: AsyncBuffer): Promise<void> {
  const head = Buffer.from(await file.slice(0, Math.min(4, file.byteLength))).toString('latin1');
  if (head !== 'PAR1') {
    throw malformed(path, `it is not a Parquet file: it begins with ${JSON.stringify(head)}`);
  }
  const tail = Buffer.from(await file.slice(Math.max(0, file.byteLength - 4))).toString('latin1');
  if (file.byteLength < 12 || tail !== 'PAR1') {
    throw malformed(path, 'the Parquet file is truncated: its footer is missing', {
      fix: 'copy or write the file again; its writer may still be running',
    });
  }
}

function damaged(path: string, cause: unknown): PlumblineError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return malformed(path, `the Parquet file is damaged or truncated (${why})`, { cause });
}

async function* readBatches(
  path: string,
  metadata: FileMetaData,
  options: { readonly batchRows: number; readonly names: readonly string[] },
): AsyncGenerator<ColumnBatch> {
  const { batchRows, names } = options;
  const schema = parquetSchema(metadata);
  const convert = new Map(
    schema.children.map((child) => [child.element.name, compileConversion(child)]),
  );
  const groups = groupsByStart(metadata);
  const { handle, file } = await openFile(path);
  try {
    const scan = await parquetScan({
      file,
      metadata,
      columns: [...names],
      compressors: DECODERS,
      parsers: TIME_PARSERS,
    });
    for (const range of scan.ranges) {
      const rows = range.rowEnd - range.rowStart;
      const encoded = new Map<string, EncodedColumn>();
      for (const column of names) {
        const found = await readEncoded(path, {
          group: groups.get(range.rowStart),
          schemaPath: [schema, schema.children.find(({ element }) => element.name === column)!],
          rows,
          file,
        });
        if (found !== undefined) encoded.set(column, converted(found, convert.get(column) ?? null));
      }
      for (let from = 0; from < rows; from += batchRows) {
        const to = Math.min(from + batchRows, rows);
        const columns = new Map<string, ArrayLike<unknown>>();
        for (const column of names) {
          if (encoded.has(column)) continue;
          const rowStart = range.rowStart + from;
          const rowEnd = range.rowStart + to;
          const cells = await readCells(path, scan, { column, rowStart, rowEnd });
          columns.set(column, convertCells(cells, convert.get(column) ?? null));
        }
        yield batchOf(names, { columns, encoded, from, to });
      }
    }
  } finally {
    await handle.close();
  }
}

function groupsByStart({ row_groups: groups }: FileMetaData): Map<number, RowGroup> {
  const starts = new Map<number, RowGroup>();
  let start = 0;
  for (const group of groups) {
    const rows = Number(group.num_rows);
    if (rows > 0) starts.set(start, group);
    start += rows;
  }
  return starts;
}

/** A column of a row group by its dictionary, where it is written so. */
async function readEncoded(
  path: string,
  options: {
    readonly group: RowGroup | undefined;
    readonly schemaPath: readonly SchemaTree[];
    readonly rows: number;
    readonly file: AsyncBuffer;
  },
): Promise<EncodedColumn | undefined> {
  const { group, schemaPath, rows, file } = options;
  const [name] = schemaPath[1]!.path;
  const chunk = group?.columns.find(({ meta_data: column }) => column?.path_in_schema[0] === name);
  if (chunk?.meta_data === undefined || Number(group?.num_rows) !== rows) return undefined;
  try {
    return await readDictionaryChunk({
      metadata: chunk.meta_data,
      schemaPath,
      rows,
      compressors: DECODERS,
      parsers: TIME_PARSERS,
      read: async (start, end) => file.slice(start, end),
    });
  } catch (error) {
    throw damaged(path, error);
  }
}

function converted(
  { cells, places }: EncodedColumn,
  convert: ((cell: unknown) => unknown) | null,
): EncodedColumn {
  return { cells: convertCells(Array.from(cells), convert), places };
}

/** Rows [from, to) of a row group; cells of a dictionary are only spread over the rows when asked for. */
function batchOf(
  names: readonly string[],
  options: {
    readonly columns: Map<string, ArrayLike<unknown>>;
    readonly encoded: ReadonlyMap<string, EncodedColumn>;
    readonly from: number;
    readonly to: number;
  },
): ColumnBatch {
  const { columns, encoded, from, to } = options;
  const placesOf = (name: string): EncodedColumn | undefined => {
    const found = encoded.get(name);
    return found === undefined
      ? undefined
      : { cells: found.cells, places: found.places.subarray(from, to) };
  };
  return {
    rows: to - from,
    malformed: 0,
    names,
    encoded: placesOf,
    column(name) {
      const known = columns.get(name);
      const found = known === undefined ? placesOf(name) : undefined;
      if (found === undefined) return known;
      const cells = Array.from(found.places, (place) => found.cells[place]);
      columns.set(name, cells);
      return cells;
    },
  };
}

async function readCells(
  path: string,
  scan: ParquetScan,
  selection: { readonly column: string; readonly rowStart: number; readonly rowEnd: number },
): Promise<ArrayLike<unknown>> {
  let cells: ArrayLike<unknown>;
  try {
    cells = await scan.readColumn(selection);
  } catch (error) {
    throw damaged(path, error);
  }
  const expected = selection.rowEnd - selection.rowStart;
  if (cells.length === expected) return cells;
  const why = `column ${selection.column} has ${cells.length} values where ${expected} are declared`;
  throw damaged(path, new Error(why));
}

function convertCells(
  cells: ArrayLike<unknown>,
  convert: ((cell: unknown) => unknown) | null,
): ArrayLike<unknown> {
  if (cells instanceof BigInt64Array || cells instanceof BigUint64Array) {
    return Float64Array.from(cells, Number);
  }
  if (convert === null || !Array.isArray(cells)) return cells;
  for (let i = 0; i < cells.length; i++) {
    const cell: unknown = cells[i];
    cells[i] = cell === null || cell === undefined ? null : convert(cell);
  }
  return cells;
}

async function openFile(path: string): Promise<{ handle: FileHandle; file: AsyncBuffer }> {
  try {
    const handle = await open(path);
    const { size } = await handle.stat();
    return {
      handle,
      file: { byteLength: size, slice: (from, to) => slice(handle, from, to ?? size) },
    };
  } catch (error) {
    throw notFound(path, error);
  }
}

async function slice(handle: FileHandle, from: number, to: number): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(Math.max(0, to - from));
  const view = new Uint8Array(buffer);
  let done = 0;
  while (done < view.length) {
    const { bytesRead } = await handle.read(view, done, view.length - done, from + done);
    if (bytesRead === 0) throw new Error(`the file ends at byte ${from + done}`);
    done += bytesRead;
  }
  return buffer;
}

async function withFile<T>(path: string, use: (file: AsyncBuffer) => Promise<T>): Promise<T> {
  const { handle, file } = await openFile(path);
  try {
    return await use(file);
  } finally {
    await handle.close();
  }
}
