import { distance } from 'fastest-levenshtein';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { type CsvOptions, openCsv } from './csv.ts';
import { type NdjsonOptions, openNdjson } from './ndjson.ts';
import { openParquet } from './parquet.ts';
import type { Table } from './table.ts';

export interface OpenTableOptions extends CsvOptions, NdjsonOptions {
  /** Told by the file's extension by default. */
  readonly format?: 'parquet' | 'csv' | 'ndjson';
}

const EXTENSIONS = {
  parquet: 'parquet',
  pq: 'parquet',
  csv: 'csv',
  tsv: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'ndjson',
} as const;

/**
 * Opens a data file by its extension (`.parquet`, `.csv`, `.tsv`, `.ndjson`, `.jsonl`, each text
 * format also with `.gz`).
 *
 * @throws PLB_FILE_NOT_FOUND, PLB_FILE_MALFORMED, PLB_BASELINE_EMPTY; PLB_CONFIG_INVALID when the
 * format cannot be told.
 */
export async function openTable(path: string, options: OpenTableOptions = {}): Promise<Table> {
  const { format = formatOf(path), batchRows, ...rest } = options;
  const rows = batchRows === undefined ? {} : { batchRows };
  switch (format) {
    case 'parquet':
      return openParquet(path, rows);
    case 'csv':
      return openCsv(path, { ...rest, ...rows });
    case 'ndjson':
      return openNdjson(path, { ...rest, ...rows });
  }
}

function formatOf(path: string): 'parquet' | 'csv' | 'ndjson' {
  const extension = /\.([A-Za-z0-9]+)(?:\.gz)?$/.exec(path)?.[1]?.toLowerCase() ?? '';
  if (Object.hasOwn(EXTENSIONS, extension)) return EXTENSIONS[extension as keyof typeof EXTENSIONS];
  const near = Object.keys(EXTENSIONS).find((known) => distance(known, extension) === 1);
  throw new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot read ${path}: the format must be parquet, csv or ndjson, got the extension ${JSON.stringify(extension)}`,
    {
      path,
      fix:
        near === undefined
          ? 'name the format, or give the file a known extension'
          : `did you mean .${near}? Otherwise name the format`,
    },
  );
}
