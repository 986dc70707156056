import { open } from 'node:fs/promises';
import { distance } from 'fastest-levenshtein';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { type CsvOptions, openCsv } from './csv.ts';
import { notFound } from './file-input.ts';
import { type NdjsonOptions, openNdjson } from './ndjson.ts';
import { openParquet } from './parquet.ts';
import { BASELINE_FORMATS, type BaselineFormat, type Table } from './table.ts';

export interface OpenTableOptions extends CsvOptions, NdjsonOptions {
  /** Told by the file's extension by default, and where that says nothing by its first bytes. */
  readonly format?: BaselineFormat;
}

const EXTENSIONS = {
  parquet: 'parquet',
  pq: 'parquet',
  arrow: 'arrow',
  arrows: 'arrow',
  feather: 'arrow',
  ipc: 'arrow',
  csv: 'csv',
  tsv: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'ndjson',
} as const;

/**
 * Opens a data file by its extension (`.parquet`, `.arrow`, `.feather`, `.csv`, `.tsv`, `.ndjson`,
 * `.jsonl`, each text format also with `.gz`); Parquet and Arrow are known by their content too.
 *
 * @throws PLB_FILE_NOT_FOUND, PLB_FILE_MALFORMED, PLB_BASELINE_EMPTY; PLB_CONFIG_INVALID when the
 * format cannot be told.
 */
export async function openTable(path: string, options: OpenTableOptions = {}): Promise<Table> {
  const { format = await formatOf(path), batchRows, ...rest } = options;
  const rows = batchRows === undefined ? {} : { batchRows };
  switch (format) {
    case 'parquet':
      return openParquet(path, rows);
    case 'arrow':
      // Its library takes long to load, and most baselines are something else.
      return (await import('./arrow.ts')).openArrow(path);
    case 'csv':
      return openCsv(path, { ...rest, ...rows });
    case 'ndjson':
      return openNdjson(path, { ...rest, ...rows });
  }
}

async function formatOf(path: string): Promise<BaselineFormat> {
  const extension = /\.([A-Za-z0-9]+)(?:\.gz)?$/.exec(path)?.[1]?.toLowerCase() ?? '';
  if (Object.hasOwn(EXTENSIONS, extension)) return EXTENSIONS[extension as keyof typeof EXTENSIONS];
  const found = formatOfContent(await firstBytes(path));
  if (found !== undefined) return found;
  const near = Object.keys(EXTENSIONS).find((known) => distance(known, extension) === 1);
  throw new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot read ${path}: the format must be one of ${BASELINE_FORMATS.join(', ')}, got the extension ${JSON.stringify(extension)}`,
    {
      path,
      fix:
        near === undefined
          ? 'name the format, or give the file a known extension'
          : `did you mean .${near}? Otherwise name the format`,
    },
  );
}

function formatOfContent(head: Buffer): BaselineFormat | undefined {
  const text = head.toString('latin1');
  if (text.startsWith('PAR1')) return 'parquet';
  // A stream has no magic: it begins with the mark before a length.
  return text.startsWith('ARROW1') || text.startsWith('\xff\xff\xff\xff') ? 'arrow' : undefined;
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw notFound(path, error);
  }
}
