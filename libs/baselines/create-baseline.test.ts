import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildBaseline } from './build-baseline.ts';
import { createBaseline } from './create-baseline.ts';
import { decodeBaseline } from './decode.ts';
import { inferFields } from './infer-fields.ts';
import { openParquet } from './readers/parquet.ts';
import type { Table } from './readers/table.ts';

const HOUR = 3_600_000;
const FIXTURES = join(import.meta.dirname, 'fixtures');
const FLIGHTS = join(
  dirname(createRequire(import.meta.url).resolve('vega-datasets')),
  '../data/flights-3m.parquet',
);

describe('createBaseline', () => {
  it('answers what the store keeps', async () => {
    const path = join(FIXTURES, 'zstd.parquet');
    const { record, content, baseline, warnings } = await createBaseline(path, {
      name: 'orders',
      modelVersion: 'v7',
      time: '$.at',
      pane: HOUR,
      now: 1234,
    });
    const bytes = await readFile(path);
    expect(record).toMatchObject({
      namespace: 'default',
      name: 'orders',
      version: baseline.hash.slice(0, 12),
      hash: baseline.hash,
      modelVersion: 'v7',
      createdAt: 1234,
      rows: 60,
      source: {
        uri: path,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      },
    });
    expect(decodeBaseline(content, record.hash)).toEqual(baseline);
    expect(record.summary.warnings).toEqual(warnings);
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: 'all_missing', field: 'nothing' }),
    );
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'small', field: null }));
    expect(record.summary.fields.find(({ name }) => name === 'amount')).toMatchObject({
      type: 'numeric',
      missing: 9,
    });
  });

  it('gives the same content for every codec of the same table', async () => {
    const hashes = new Set<string>();
    for (const codec of ['none', 'snappy', 'gzip', 'brotli', 'lz4', 'pages-v2']) {
      const path = join(FIXTURES, `${codec}.parquet`);
      hashes.add((await createBaseline(path, { name: 'x', now: 0 })).record.hash);
    }
    expect(hashes.size).toBe(1);
  });

  it('gives the same content for the same table in every format', async () => {
    const text = await readFile(join(FIXTURES, 'expected.json'), 'utf8');
    const columns: Record<string, unknown[]> = JSON.parse(text, (_, value) => {
      if (typeof value !== 'object' || value === null) return value;
      if ('$ms' in value) return new Date(value.$ms).toISOString();
      return '$nan' in value ? null : value;
    });
    const rows = Array.from({ length: 60 }, (_, i) =>
      Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, cells[i]])),
    );
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-create-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const ndjson = join(folder, 'rows.ndjson');
    await writeFile(ndjson, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const files = ['zstd.parquet', 'none.arrow', 'default.feather', 'lz4.arrows'];
    const hashes: string[] = [];
    for (const path of [...files.map((file) => join(FIXTURES, file)), ndjson]) {
      const options = { name: 'x', now: 0, time: '$.at' };
      hashes.push((await createBaseline(path, options)).record.hash);
    }
    expect(new Set(hashes).size).toBe(1);
  });
});

describe('the flights of vega-datasets', () => {
  it('are counted like an independent reader counts them', async () => {
    const rowEnd = 30_000;
    const rows = await parquetReadObjects({
      file: await asyncBufferFromFile(FLIGHTS),
      compressors,
      columns: ['date', 'delay', 'origin'],
      rowEnd,
    });
    const delays = new Map<number, number>();
    const origins = new Map<string, number>();
    const hours = new Map<string, number>();
    for (const { date, delay, origin } of rows) {
      delays.set(Number(delay), (delays.get(Number(delay)) ?? 0) + 1);
      origins.set(origin, (origins.get(origin) ?? 0) + 1);
      const hour = date.toISOString().slice(0, 13);
      hours.set(hour, (hours.get(hour) ?? 0) + 1);
    }

    const table = firstRows(await openParquet(FLIGHTS, { batchRows: rowEnd }), rowEnd);
    const { fields } = await inferFields(table, {
      fields: ['delay', 'origin'],
      derive: { hour: { hour_of_day: '$.date' } },
    });
    const { baseline } = await buildBaseline({ source: table, fields, time: '$.date' });
    const [delay, hour, origin] = baseline.fields;
    if (delay?.kind !== 'numeric' || hour?.kind !== 'numeric' || origin?.kind !== 'categorical') {
      throw new Error('the fields must be numeric, circular and categorical');
    }
    expect(Array.from(delay.values, (value, i) => [value, delay.counts[i]])).toEqual(
      [...delays].sort(([a], [b]) => a - b),
    );
    expect(origin.values.map((value, i) => [value, origin.counts[i]])).toEqual(
      [...origins].sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    const starts = Array.from(baseline.paneStarts, (start) =>
      new Date(start).toISOString().slice(0, 13),
    );
    expect(starts.map((start, i) => [start, baseline.paneRows[i]])).toEqual([...hours].sort());
    for (const [i, value] of hour.values.entries()) {
      const expected = [...hours].filter(([start]) => Number(start.slice(11)) === value);
      expect(hour.counts[i]).toBe(expected.reduce((sum, [, count]) => sum + count, 0));
    }
  });
});

/** The table's first rows; `rows` must be a multiple of its batches. */
function firstRows(table: Table, rows: number): Table {
  return {
    ...table,
    async *batches(options) {
      let read = 0;
      for await (const batch of table.batches(options)) {
        yield batch;
        read += batch.rows;
        if (read >= rows) return;
      }
    },
  };
}
