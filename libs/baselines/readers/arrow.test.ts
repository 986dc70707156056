import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Table as ArrowTable, Float64, tableToIPC, vectorFromArray } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { openArrow } from './arrow.ts';
import { openTable } from './open-table.ts';
import type { Table } from './table.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const FILES = ['none.arrow', 'zstd.arrow', 'none.arrows', 'lz4.arrows', 'default.feather'];

let folder = '';
let expected: Record<string, unknown[]> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-arrow-'));
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
): Promise<{ columns: Record<string, unknown[]>; batches: number[] }> {
  const columns: Record<string, unknown[]> = Object.fromEntries(names.map((name) => [name, []]));
  const batches: number[] = [];
  for await (const batch of table.batches({ columns: names })) {
    batches.push(batch.rows);
    for (const name of names) {
      const cells = batch.column(name);
      expect(cells?.length).toBe(batch.rows);
      columns[name]!.push(...Array.from(cells ?? []));
    }
  }
  return { columns, batches };
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

describe('openArrow', () => {
  it.each(FILES)('reads every column of %s as its writer put it, batch by batch', async (file) => {
    const { columns, batches } = await readAll(await openArrow(join(FIXTURES, file)));
    expect(columns).toEqual(expected);
    expect(batches).toEqual([25, 25, 10]);
  });

  it('reads only the columns asked for, and again from the start', async () => {
    const table = await openArrow(join(FIXTURES, 'zstd.arrow'));
    for (let round = 0; round < 2; round++) {
      for await (const batch of table.batches({ columns: ['price'] })) {
        expect(batch.names).toEqual(['price']);
        expect(batch.column('amount')).toBeUndefined();
      }
      expect((await readAll(table, ['price'])).columns.price).toEqual(expected.price);
    }
  });

  it.each(['deltas.arrows', 'replaced.arrows'])('follows the dictionaries of %s', async (file) => {
    const { columns } = await readAll(await openArrow(join(FIXTURES, file)));
    expect(columns.colour).toEqual([...expected.colour!, ...Array(20).fill('violet')]);
  });

  it('has columns but no rows when there are none', async () => {
    const table = await openArrow(join(FIXTURES, 'no-rows.arrow'));
    expect(table.columns).toContain('amount');
    expect((await readAll(table, ['amount'])).columns).toEqual({ amount: [] });
  });

  it('finds the dictionaries of a file that stand behind the rows', async () => {
    const path = join(folder, 'behind.arrow');
    const colours = ['red', 'blue', 'red'];
    await writeFile(path, dictionaryBehind(colours));
    expect((await readAll(await openArrow(path))).columns).toEqual({ colour: colours });
  });

  it.each(['none.arrow', 'none.arrows'])('knows %s without its extension', async (file) => {
    const path = join(folder, `${file.replace('.', '-')}`);
    await copyFile(join(FIXTURES, file), path);
    const table = await openTable(path);
    expect([table.format, table.columns?.length]).toEqual(['arrow', 15]);
  });

  it('says that a truncated file is truncated', async () => {
    const path = join(folder, 'truncated.arrow');
    for (const file of ['none.arrow', 'none.arrows']) {
      const bytes = await readFile(join(FIXTURES, file));
      await writeFile(path, bytes.subarray(0, bytes.length - 100));
      const error = await codeOf(async () => readAll(await openArrow(path)));
      expect(error.code).toBe('PLB_FILE_MALFORMED');
      expect(error.message).toContain('truncated');
    }
  });

  it.each([
    ['text', 'a,b\n1,2\n', 'PLB_FILE_MALFORMED', 'not Arrow'],
    ['nothing', '', 'PLB_BASELINE_EMPTY', 'empty'],
    ['a few bytes', 'AR', 'PLB_FILE_MALFORMED', 'not Arrow'],
    ['only the magic', 'ARROW1\0\0', 'PLB_FILE_MALFORMED', 'truncated'],
    ['an end', '\xff\xff\xff\xff\0\0\0\0', 'PLB_FILE_MALFORMED', 'no schema'],
    ['Feather of version 1', 'FEA1....', 'PLB_FILE_MALFORMED', 'version 1'],
  ])('refuses %s', async (_, content, code, words) => {
    const path = join(folder, 'other.arrow');
    await writeFile(path, content, 'latin1');
    const error = await codeOf(() => openArrow(path));
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
  });

  it('refuses a missing file, a folder, and two columns of one name', async () => {
    expect((await codeOf(() => openArrow(join(folder, 'no.arrow')))).code).toBe(
      'PLB_FILE_NOT_FOUND',
    );
    expect((await codeOf(() => openArrow(folder))).code).toBe('PLB_FILE_NOT_FOUND');
    const path = join(folder, 'twice.arrow');
    const table = new ArrowTable({
      first: vectorFromArray([1], new Float64()),
      other: vectorFromArray([2], new Float64()),
    });
    const bytes = Buffer.from(tableToIPC(table, 'file'));
    await writeFile(
      path,
      Buffer.from(bytes.toString('latin1').replaceAll('other', 'first'), 'latin1'),
    );
    expect((await codeOf(() => openArrow(path))).message).toContain('two columns have the name');
  });

  it.each(['zstd.arrow', 'lz4.arrows', 'none.arrow'])(
    'answers damage anywhere in %s with its own error, or reads on',
    async (file) => {
      const bytes = await readFile(join(FIXTURES, file));
      const path = join(folder, 'damaged.arrow');
      let failures = 0;
      for (let at = 0; at < bytes.length; at += 251) {
        const copy = Buffer.from(bytes);
        copy[at]! ^= 0xff;
        await writeFile(path, copy);
        try {
          await readAll(await openArrow(path));
        } catch (error) {
          if (!(error instanceof PlumblineError)) throw new Error(`byte ${at}: ${error}`);
          expect(error.code).toBe('PLB_FILE_MALFORMED');
          failures += 1;
        }
      }
      expect(failures).toBeGreaterThan(3);
    },
  );
});

/** A file whose dictionary was moved behind the rows that use it, as the format allows. */
function dictionaryBehind(colours: readonly string[]): Buffer {
  const file = Buffer.from(
    tableToIPC(new ArrowTable({ colour: vectorFromArray([...colours]) }), 'file'),
  );
  const place = (at: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(at));
    return bytes;
  };
  // The library writes no schema before them: the dictionary begins behind the magic.
  const footer = file.length - 10 - file.readInt32LE(file.length - 10);
  const batch = file.indexOf('\xff\xff\xff\xff', 12, 'latin1');
  const end = file.indexOf('\xff\xff\xff\xff\0\0\0\0', batch, 'latin1');
  const [inDictionaries, inBatches] = [8, batch].map((at) => file.indexOf(place(at), footer));
  const moved = Buffer.from(file);
  file.copy(moved, 8, batch, end);
  file.copy(moved, 8 + end - batch, 8, batch);
  place(8 + end - batch).copy(moved, inDictionaries);
  place(8).copy(moved, inBatches);
  return moved;
}
