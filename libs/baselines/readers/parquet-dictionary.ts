import type {
  ColumnMetaData,
  Compressors,
  PageHeader,
  ParquetParsers,
  SchemaTree,
} from 'hyparquet';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { decodeRuns, WIDEST } from './run-lengths.ts';
import type { EncodedColumn } from './table.ts';

/** Longer row groups are read in parts, which this reader cannot. */
const MOST_ROWS = 2 ** 23;

export interface DictionaryChunk {
  readonly metadata: ColumnMetaData;
  /** From the root of the schema to the column. */
  readonly schemaPath: readonly SchemaTree[];
  readonly rows: number;
  readonly compressors: Compressors;
  readonly parsers: Partial<ParquetParsers>;
  readonly read: (start: number, end: number) => Promise<ArrayBuffer>;
}

/**
 * A row group's part of a column as its dictionary and the places in it, where all of it is written
 * so; `undefined` where it is not, or where the column is nested. Each distinct cell is converted
 * once, and no cell is made for a row.
 *
 * @throws Error when the bytes do not follow the format
 */
export async function readDictionaryChunk(
  chunk: DictionaryChunk,
): Promise<EncodedColumn | undefined> {
  const { metadata, schemaPath, rows, compressors } = chunk;
  const isNested = metadata.path_in_schema.length !== 1;
  if (isNested || rows > MOST_ROWS || !mayBeDictionary(metadata)) return undefined;
  const { element } = schemaPath[1]!;
  if (element.repetition_type === 'REPEATED') return undefined;
  const nullable = element.repetition_type === 'OPTIONAL';
  const start = Number(metadata.dictionary_page_offset ?? metadata.data_page_offset);
  const buffer = await chunk.read(start, start + Number(metadata.total_compressed_size));
  const reader = { view: new DataView(buffer), offset: 0 };
  const decoder = {
    ...metadata,
    pathInSchema: metadata.path_in_schema,
    element,
    schemaPath: [...schemaPath],
    compressors,
    parsers: { ...DEFAULT_PARSERS, ...chunk.parsers },
  };
  const places = new Uint32Array(rows);
  let dictionary: unknown[] | undefined;
  let row = 0;
  while (row < rows && reader.offset < buffer.byteLength - 1) {
    const header = parquetHeader(reader);
    if (header.type === 'DICTIONARY_PAGE') {
      const { data } = readPage(reader, header, decoder, undefined, undefined, 0);
      dictionary = Array.from(data === undefined ? [] : convert(data, decoder));
      continue;
    }
    const bytes = new Uint8Array(buffer, reader.offset, header.compressed_page_size);
    reader.offset += header.compressed_page_size;
    const page = pageOf(header, { bytes, nullable, codec: metadata.codec, compressors });
    // A writer gives up its dictionary when it grows too large.
    if (page === undefined || dictionary === undefined) return undefined;
    if (row + page.rows > rows) throw new Error(`more rows than the ${rows} that are declared`);
    const target = places.subarray(row, row + page.rows);
    if (!decodePage(page, { target, cells: dictionary.length })) return undefined;
    row += page.rows;
  }
  if (dictionary === undefined) return undefined;
  if (row < rows) throw new Error(`${row} rows where ${rows} are declared`);
  return { cells: [...dictionary, null], places };
}

function mayBeDictionary({ encoding_stats: stats, encodings }: ColumnMetaData): boolean {
  if (stats === undefined) return encodings.some((encoding) => encoding.endsWith('_DICTIONARY'));
  const pages = stats.filter(({ page_type: type }) => type.startsWith('DATA_PAGE'));
  return pages.length > 0 && pages.every(({ encoding }) => encoding.endsWith('_DICTIONARY'));
}

interface Page {
  readonly rows: number;
  /** Packed levels: 1 where a row has a value; `undefined` where all have. */
  readonly levels: Uint8Array | undefined;
  /** Width of a place in bits, then the packed places. */
  readonly places: Uint8Array;
}

/** The parts of a data page; `undefined` where its values are no places in a dictionary. */
function pageOf(
  header: PageHeader,
  context: {
    readonly bytes: Uint8Array;
    readonly nullable: boolean;
    readonly codec: ColumnMetaData['codec'];
    readonly compressors: Compressors;
  },
): Page | undefined {
  const { bytes, nullable, codec, compressors } = context;
  const size = Number(header.uncompressed_page_size);
  const first = header.data_page_header;
  if (first !== undefined) {
    if (!first.encoding.endsWith('_DICTIONARY')) return undefined;
    const page = decompressPage(bytes, size, codec, compressors);
    if (!nullable) return { rows: first.num_values, levels: undefined, places: page };
    const end = 4 + new DataView(page.buffer, page.byteOffset, 4).getUint32(0, true);
    return { rows: first.num_values, levels: page.subarray(4, end), places: page.subarray(end) };
  }
  const second = header.data_page_header_v2;
  if (second === undefined || !second.encoding.endsWith('_DICTIONARY')) return undefined;
  const repetitions = second.repetition_levels_byte_length;
  const end = repetitions + second.definition_levels_byte_length;
  const packed = bytes.subarray(end);
  return {
    rows: second.num_values,
    levels: nullable ? bytes.subarray(repetitions, end) : undefined,
    places:
      second.is_compressed === false
        ? packed
        : decompressPage(packed, size - end, codec, compressors),
  };
}

/** Writes a page's places; a row without a value gets the place behind the dictionary. */
function decodePage(
  { rows, levels, places }: Page,
  { target, cells }: { readonly target: Uint32Array; readonly cells: number },
): boolean {
  let present = rows;
  let defined: Uint32Array | undefined;
  if (levels !== undefined) {
    defined = new Uint32Array(rows);
    decodeRuns(levels, { width: 1, count: rows, out: defined });
    present = 0;
    for (let row = 0; row < rows; row++) present += defined[row]!;
  }
  const width = places[0] ?? 0;
  if (width > WIDEST) return false;
  if (present > 0 && width > 0) {
    decodeRuns(places.subarray(1), { width, count: present, out: target });
  }
  for (let i = 0; i < present; i++) {
    if (target[i]! >= cells) throw new Error(`place ${target[i]} in a dictionary of ${cells}`);
  }
  if (defined === undefined || present === rows) return true;
  // From behind, so that what is moved is not overwritten before.
  for (let row = rows - 1, from = present - 1; row >= 0; row--) {
    target[row] = defined[row] === 1 ? target[from--]! : cells;
  }
  return true;
}
