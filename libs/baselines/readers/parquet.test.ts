import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { openParquet } from './parquet.ts';
import type { Table } from './table.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const CODECS = ['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'pages-v2', 'dictionary-v2'];

let folder = '';
let expected: Record<string, unknown[]> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-parquet-'));
  const text = await readFile(join(FIXTURES, 'expected.json'), 'utf8');
  expected = JSON.parse(text, (_, value) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$ms' in value) return new Date(value.$ms);
    return '$nan' in value ? Number.NaN : value;
  });
});
afterAll(() => rm(folder, { recursive: true }));

async function readAll(
  table: Table,
  names = table.columns ?? [],
): Promise<Record<string, unknown[]>> {
  const columns: Record<string, unknown[]> = Object.fromEntries(names.map((name) => [name, []]));
  for await (const batch of table.batches({ columns: names })) {
    for (const name of names) {
      const cells = batch.column(name);
      expect(cells?.length).toBe(batch.rows);
      columns[name]!.push(...Array.from(cells ?? []));
    }
  }
  return columns;
}

async function codeOf(work: () => Promise<unknown>): Promise<PlumblineError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof PlumblineError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('openParquet', () => {
  it.each(CODECS)('reads every column of %s as its writer put it', async (codec) => {
    const table = await openParquet(join(FIXTURES, `${codec}.parquet`));
    expect(await readAll(table)).toEqual(expected);
  });

  it('hands out columns with a dictionary as it is, with nulls, and no others', async () => {
    for (const codec of CODECS.filter((name) => name !== 'pages-v2')) {
      const table = await openParquet(join(FIXTURES, `${codec}.parquet`));
      const found = new Map<string, unknown[]>();
      for await (const batch of table.batches()) {
        for (const name of batch.names) {
          const encoded = batch.encoded?.(name);
          if (encoded === undefined) continue;
          expect(encoded.places).toHaveLength(batch.rows);
          const cells = Array.from(encoded.places, (place) => encoded.cells[place]);
          found.set(name, [...(found.get(name) ?? []), ...cells]);
        }
      }
      for (const name of ['id', 'amount', 'colour', 'at', 'price']) {
        expect(found.get(name), `${codec} ${name}`).toEqual(expected[name]);
      }
      for (const name of ['order', 'tags', 'active']) expect(found.has(name), name).toBe(false);
    }
  });

  it.each([1, 7, 24, 26, 1000])('reads the same in batches of %i rows', async (batchRows) => {
    const table = await openParquet(join(FIXTURES, 'pages-v2.parquet'), { batchRows });
    expect(await readAll(table)).toEqual(expected);
  });

  it('reads only the columns asked for, and again from the start', async () => {
    const table = await openParquet(join(FIXTURES, 'zstd.parquet'));
    for (let round = 0; round < 2; round++) {
      for await (const batch of table.batches({ columns: ['price'] })) {
        expect(batch.names).toEqual(['price']);
        expect(batch.column('amount')).toBeUndefined();
      }
      expect((await readAll(table, ['price'])).price).toEqual(expected.price);
    }
  });

  it('has columns but no batches when there are no rows', async () => {
    const table = await openParquet(join(FIXTURES, 'no-rows.parquet'));
    expect(table.columns).toContain('amount');
    expect(await readAll(table, ['amount'])).toEqual({ amount: [] });
  });

  it('says that a truncated file is truncated', async () => {
    const bytes = await readFile(join(FIXTURES, 'snappy.parquet'));
    const path = join(folder, 'truncated.parquet');
    await writeFile(path, bytes.subarray(0, bytes.length - 100));
    const error = await codeOf(() => openParquet(path));
    expect(error.code).toBe('PLB_FILE_MALFORMED');
    expect(error.message).toContain('truncated');
  });

  it('tells a file of another format, an empty one, a missing one and a folder', async () => {
    const path = join(folder, 'text.parquet');
    await writeFile(path, 'a,b\n1,2\n');
    expect((await codeOf(() => openParquet(path))).message).toContain('not a Parquet file');
    await writeFile(path, '');
    expect((await codeOf(() => openParquet(path))).code).toBe('PLB_BASELINE_EMPTY');
    const missing = await codeOf(() => openParquet(join(folder, 'missing.parquet')));
    expect(missing.code).toBe('PLB_FILE_NOT_FOUND');
    expect((await codeOf(() => openParquet(folder))).code).toBe('PLB_FILE_NOT_FOUND');
  });

  it('answers damage anywhere with its own error, or reads on', async () => {
    const bytes = await readFile(join(FIXTURES, 'gzip.parquet'));
    const path = join(folder, 'damaged.parquet');
    let failures = 0;
    for (let at = 4; at < bytes.length - 8; at += 307) {
      const copy = Buffer.from(bytes);
      copy[at]! ^= 0xff;
      await writeFile(path, copy);
      try {
        await readAll(await openParquet(path));
      } catch (error) {
        if (!(error instanceof PlumblineError)) throw new Error(`byte ${at}: ${error}`);
        expect(error.code).toBe('PLB_FILE_MALFORMED');
        failures += 1;
      }
    }
    expect(failures).toBeGreaterThan(10);
  });
});
