import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { type OpenTableOptions, openTable } from './open-table.ts';
import type { Table } from './table.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-text-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function open(
  name: string,
  content: string | Buffer,
  options?: OpenTableOptions,
): Promise<Table> {
  const path = join(folder, name);
  await writeFile(path, content);
  return openTable(path, options);
}

async function readRows(table: Table): Promise<{ rows: unknown[][]; malformed: number }> {
  const rows: unknown[][] = [];
  let malformed = 0;
  for await (const batch of table.batches()) {
    malformed += batch.malformed;
    const columns = (table.columns ?? batch.names).map((name) => batch.column(name));
    for (let i = 0; i < batch.rows; i++) rows.push(columns.map((cells) => cells?.[i]));
  }
  return { rows, malformed };
}

async function failure(work: () => Promise<unknown>): Promise<PlumblineError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof PlumblineError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('CSV', () => {
  it.each([
    ['plain', 'a,b\n1,x\n,y\n'],
    ['CRLF', 'a,b\r\n1,x\r\n,y\r\n'],
    ['a byte order mark', '\uFEFFa,b\n1,x\n,y'],
    ['semicolons', 'a;b\n1;x\n;y\n'],
    ['tabs', 'a\tb\n1\tx\n\ty\n'],
    ['bars', 'a|b\n1|x\n|y\n'],
    ['quotes', '"a","b"\n"1","x"\n"","y"\n'],
    ['blank lines', 'a,b\n\n1,x\n\n,y\n\n'],
    ['carriage returns alone', 'a,b\r1,x\r,y\r'],
    ['line ends that change', 'a,b\r\n1,x\n,y\r\n'],
  ])('reads %s', async (_, text) => {
    const table = await open('a.csv', text);
    expect(table.columns).toEqual(['a', 'b']);
    expect((await readRows(table)).rows).toEqual([
      ['1', 'x'],
      [null, 'y'],
    ]);
  });

  it('reads whatever RFC 4180 can quote, gzip or not, in batches of any size', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r\n', 'ä', ' ', '1'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (rows, batchRows, zipped) => {
          const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
          const text = [['p,q', 'r'], ...rows].map((row) => row.map(quote).join(',')).join('\n');
          const table = await open('quoted.csv', zipped ? gzipSync(text) : text, { batchRows });
          expect(table.columns).toEqual(['p,q', 'r']);
          const expected = rows.map((row) => row.map((value) => (value === '' ? null : value)));
          expect((await readRows(table)).rows).toEqual(expected);
        },
      ),
      { seed: 7, numRuns: 60 },
    );
  });

  it.each([
    ['too few', 'a,b\n1,2\n3\n', 3],
    ['too many', 'a,b\n1,2\n3,4,5\n', 3],
    ['too many after a quoted line end', 'a,b\n"1\n1",2\n3,4,5\n', 4],
  ])('names the line of a row with %s cells', async (_, text, line) => {
    const table = await open('ragged.csv', text);
    const error = await failure(() => readRows(table));
    expect(error.code).toBe('PLB_FILE_MALFORMED');
    expect(error.message).toContain(`line ${line} `);
  });

  it('refuses two columns of one name, a quote left open, and UTF-16', async () => {
    const twice = await failure(() => open('twice.csv', 'a,b,a\n1,2,3\n'));
    expect(twice.code).toBe('PLB_FILE_MALFORMED');
    expect(twice.message).toContain('"a"');
    const quote = await open('quote.csv', 'a,b\n1,"x\n2,y\n');
    expect((await failure(() => readRows(quote))).message).toContain('quote');
    const utf16 = Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le');
    expect((await failure(() => open('utf16.csv', utf16))).message).toContain('UTF-16');
  });

  it('leaves out a column without a name and says so', async () => {
    const table = await open('index.csv', ',a\n0,x\n1,y\n');
    expect(table.columns).toEqual(['a']);
    expect(table.warnings).toHaveLength(1);
    expect((await readRows(table)).rows).toEqual([['x'], ['y']]);
  });

  it('takes further words for a missing value, and a delimiter by option', async () => {
    const table = await open('na.csv', 'a:b\nNA:1,5\n', { missing: ['NA'], delimiter: ':' });
    expect((await readRows(table)).rows).toEqual([[null, '1,5']]);
  });

  it('knows an empty file and one with a header alone', async () => {
    expect((await failure(() => open('empty.csv', ''))).code).toBe('PLB_BASELINE_EMPTY');
    expect((await readRows(await open('header.csv', 'a,b\n'))).rows).toEqual([]);
    expect((await readRows(await open('header.csv', 'a,b'))).rows).toEqual([]);
  });

  it('reads a file of many chunks without a warning of the runtime', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    const table = await open('long.csv', `a,b\n${'12345,"x,y"\n'.repeat(300_000)}`);
    let rows = 0;
    for await (const batch of table.batches()) rows += batch.rows;
    process.off('warning', listen);
    expect(rows).toBe(300_000);
    expect(warnings).toEqual([]);
  });

  it('finds a truncated gzip file', async () => {
    const whole = gzipSync(`a,b\n${'1,2\n'.repeat(100_000)}`);
    const table = await open('cut.csv.gz', whole.subarray(0, whole.length - 50));
    const error = await failure(() => readRows(table));
    expect(error.code).toBe('PLB_FILE_MALFORMED');
    expect(error.message).toContain('truncated');
  });
});

describe('NDJSON', () => {
  it('reads objects line by line, gzip or not, whatever the chunks cut', async () => {
    const row = fc.record({ a: fc.integer(), b: fc.string({ unit: 'grapheme' }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.constantFrom('\n', '\r\n', '\n\n'),
        fc.boolean(),
        async (rows, end, zipped) => {
          const text = `\uFEFF${rows.map((value) => JSON.stringify(value)).join(end)}`;
          const table = await open('a.ndjson', zipped ? gzipSync(text) : text, { batchRows: 7 });
          expect((await readRows(table)).rows).toEqual(rows.map(({ a, b }) => [a, b]));
        },
      ),
      { seed: 11, numRuns: 60 },
    );
  });

  it('reads characters that a chunk of the file divides', async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => ({ a: `ä€😀${i}` }));
    const table = await open('long.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
    expect((await readRows(table)).rows).toEqual(rows.map(({ a }) => [a]));
  });

  it.each(['{"a":1', '[1]', 'null', '7', 'text'])('names the line of %s', async (bad) => {
    const text = `{"a":1}\n\n${bad}\n{"a":2}\n`;
    const error = await failure(async () => readRows(await open('bad.ndjson', text)));
    expect(error.code).toBe('PLB_FILE_MALFORMED');
    expect(error.message).toContain('line 3 ');
    const skipping = await open('bad.ndjson', text, { skipMalformed: true });
    expect(await readRows(skipping)).toEqual({ rows: [[1], [2]], malformed: 1 });
  });
});

describe('openTable', () => {
  it('tells the format by the extension, an option wins', async () => {
    expect((await open('x.tsv', 'a\tb\n')).format).toBe('csv');
    expect((await open('x.JSONL.gz', gzipSync('{}'))).format).toBe('ndjson');
    expect((await open('x.txt', 'a,b\n', { format: 'csv' })).format).toBe('csv');
    const error = await failure(() => open('x.parqet', ''));
    expect(error.code).toBe('PLB_CONFIG_INVALID');
    expect(error.detail.fix).toContain('.parquet');
  });

  it.each(['csv', 'ndjson', 'parquet'])('says that a %s file is missing', async (extension) => {
    const error = await failure(() => openTable(join(folder, `missing.${extension}`)));
    expect(error.code).toBe('PLB_FILE_NOT_FOUND');
  });
});
