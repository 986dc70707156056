import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { type InferOptions, inferFields } from './infer-fields.ts';
import { openTable } from './readers/open-table.ts';
import { rowsTable } from './readers/rows.ts';

const ROWS = Array.from({ length: 100 }, (_, i) => ({
  amount: i * 1.5,
  code: i % 4,
  active: i % 2 === 0,
  colour: ['red', 'green'][i % 2],
  key: `key-${i}`,
  at: new Date(i * 1e9).toISOString(),
  date: new Date(i * 1e9),
  quoted: String(i % 7),
  fixed: 5,
  nothing: null,
  list: [i],
  order: i % 10 === 0 ? null : { total: i, ship: { city: `c${i % 3}` } },
  mixed: i % 10 === 0 ? 'n/a' : i,
}));

async function infer(options: InferOptions = {}, rows: readonly object[] = ROWS) {
  const { fields, warnings } = await inferFields(rowsTable(rows, { batchRows: 33 }), options);
  return {
    fields: Object.fromEntries(fields.map((field) => [field.name, field])),
    codes: warnings.map(({ field, code }) => `${field}: ${code}`).sort(),
  };
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

describe('inferFields', () => {
  it('types every scalar and warns of what may be meant otherwise', async () => {
    const { fields, codes } = await infer();
    expect(
      Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, type])),
    ).toEqual({
      amount: 'numeric',
      code: 'numeric',
      active: 'boolean',
      colour: 'categorical',
      key: 'id',
      at: 'timestamp',
      date: 'timestamp',
      quoted: 'categorical',
      fixed: 'numeric',
      'order.total': 'numeric',
      'order.ship.city': 'categorical',
      mixed: 'numeric',
    });
    expect(fields['order.ship.city']?.path).toBe('$.order.ship.city');
    expect(fields.key?.role).toBe('id');
    expect(codes).toEqual([
      'code: few_distinct',
      'fixed: constant',
      'key: identifier',
      'list: ignored',
      'mixed: mixed_types',
      'nothing: all_missing',
      'quoted: numeric_text',
    ]);
  });

  it('leaves out the event time and takes derived fields', async () => {
    const derive = { hour: { hour_of_day: '$.at' }, size: { length: '$.key' } } as const;
    const { fields } = await infer({ time: 'at', derive });
    expect(fields.at).toBeUndefined();
    expect(fields.hour).toEqual({
      name: 'hour',
      path: '$.at',
      derive: 'hour_of_day',
      type: 'circular',
      period: 24,
      role: 'feature',
    });
    expect(fields.size).toMatchObject({ type: 'numeric', path: '$.key', derive: 'length' });
  });

  it('lets the user decide: types, roles, ranges, paths', async () => {
    const { fields, codes } = await infer({
      fields: ['code', 'city', 'amount', 'list', 'angle'],
      overrides: {
        code: { type: 'categorical', role: 'label' },
        city: { path: '$.order.ship.city' },
        amount: { range: { min: 0, max: 10 } },
        list: { path: '$.list[0]' },
        angle: { path: 'amount', type: 'circular', period: 360 },
        colour: { type: 'id' },
      },
    });
    expect(Object.values(fields)).toEqual([
      { name: 'code', path: '$.code', type: 'categorical', role: 'label', coerce: true },
      { name: 'city', path: '$.order.ship.city', type: 'categorical', role: 'feature' },
      {
        name: 'amount',
        path: '$.amount',
        type: 'numeric',
        role: 'feature',
        range: { min: 0, max: 10 },
      },
      { name: 'list', path: '$.list[0]', type: 'numeric', role: 'feature' },
      { name: 'angle', path: '$.amount', type: 'circular', role: 'feature', period: 360 },
    ]);
    expect(codes).toEqual([]);
  });

  it('names the nearest column for one that does not exist', async () => {
    const error = await failure(() => infer({ fields: ['amuont'] }));
    expect(error.code).toBe('PLB_BASELINE_FIELD');
    expect(error.detail.fix).toContain('"amount"');
  });

  it.each([
    { overrides: { amount: { type: 'circular' } } },
    { overrides: { amount: { type: 'circular', period: 0 } } },
    { overrides: { amount: { period: 24 } } },
    { overrides: { amount: { range: { min: 2, max: 1 } } } },
    { overrides: { colour: { range: { min: 1 } } } },
    { derive: { hour: { hour_of_day: '$.at', length: '$.at' } } },
    { overrides: { amount: { path: '$.a[*]' } } },
  ] satisfies InferOptions[])('refuses %j', async (options) => {
    expect((await failure(() => infer(options))).code).toBe('PLB_CONFIG_INVALID');
  });

  it('knows a table without rows, and one row', async () => {
    expect((await failure(() => infer({}, []))).code).toBe('PLB_BASELINE_EMPTY');
    const { fields } = await infer({}, [{ a: 1, b: 'x', c: true }]);
    expect(Object.values(fields).map(({ type }) => type)).toEqual([
      'numeric',
      'categorical',
      'boolean',
    ]);
  });

  it('looks at the sample only', async () => {
    const rows = [...ROWS.map(() => ({ a: 1 })), { a: 'late', b: 2 }];
    const { fields } = await infer({ sampleRows: 100 }, rows);
    expect(Object.keys(fields)).toEqual(['a']);
    expect(fields.a?.type).toBe('numeric');
  });
});

describe('inferFields on text', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-infer-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('finds numbers, booleans and times in CSV cells', async () => {
    const path = join(folder, 'a.csv');
    const lines = Array.from(
      { length: 50 },
      (_, i) =>
        `${i / 4},${i % 2 === 0 ? 'TRUE' : 'false'},2001-01-${String(1 + (i % 28)).padStart(2, '0')},0${i % 10},${i === 3 ? 'x' : i},${i === 0 ? '' : i},`,
    );
    await writeFile(path, `number,flag,day,zip,some,gaps,empty\n${lines.join('\n')}\n`);
    const { fields, warnings } = await inferFields(await openTable(path));
    expect(Object.fromEntries(fields.map(({ name, type }) => [name, type]))).toEqual({
      number: 'numeric',
      flag: 'boolean',
      day: 'timestamp',
      zip: 'categorical',
      some: 'id',
      gaps: 'numeric',
    });
    expect(warnings.map(({ field, code }) => `${field}: ${code}`).sort()).toEqual([
      'empty: all_missing',
      'some: identifier',
      'zip: leading_zeros',
    ]);
  });
});
