import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { FieldSpec, FieldType } from '#libs/profiles/field.ts';
import type { BaselineField, SparsePane } from './baseline.ts';
import { type BuildOptions, type BuildResult, buildBaseline } from './build-baseline.ts';
import { decodeBaseline } from './decode.ts';
import { MAX_CATEGORIES } from './field-accumulator.ts';
import { openTable } from './readers/open-table.ts';
import { rowsTable } from './readers/rows.ts';

const HOUR = 3_600_000;

function spec(name: string, type: FieldType, more: Partial<FieldSpec> = {}): FieldSpec {
  return { name, path: `$.${name}`, type, role: 'feature', ...more };
}

const FIELDS = [
  spec('n', 'numeric'),
  spec('angle', 'circular', { period: 24, path: '$.n' }),
  spec('text', 'categorical'),
  spec('flag', 'boolean'),
  spec('key', 'id', { path: '$.text' }),
  spec('size', 'numeric', { path: '$.text', derive: 'length' }),
];

interface Row {
  readonly t?: unknown;
  readonly n?: unknown;
  readonly text?: unknown;
  readonly flag?: unknown;
}

const rowArbitrary: fc.Arbitrary<Row> = fc.record(
  {
    t: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.integer({ min: -20 * HOUR, max: 40 * HOUR }).map((ms) => new Date(ms)),
      },
      { weight: 1, arbitrary: fc.constantFrom(null, 'soon') },
    ),
    n: fc.oneof(
      fc.integer({ min: -30, max: 30 }),
      fc.double(),
      fc.constantFrom(-0, 0.1, null, 'x', Number.NaN, Number.POSITIVE_INFINITY, true),
    ),
    text: fc.oneof(
      fc.constantFrom('a', 'b', '\ud800', '\ud801', '\ufeff', ''),
      fc.string({ maxLength: 3 }),
      fc.constant(7),
    ),
    flag: fc.constantFrom(true, false, null, 'true'),
  },
  { requiredKeys: [] },
);
const rowsArbitrary = fc.array(rowArbitrary, { minLength: 1, maxLength: 120 });

/** The build, or the code of its error. */
async function build(options: BuildOptions): Promise<BuildResult | string> {
  try {
    return await buildBaseline(options);
  } catch (error) {
    if (error instanceof PlumblineError) return error.code;
    throw error;
  }
}

async function built(options: BuildOptions): Promise<BuildResult> {
  const result = await build(options);
  if (typeof result === 'string') throw new Error(result);
  return result;
}

function addPanes(panes: readonly SparsePane[], length: number): number[] {
  const total = new Array<number>(length).fill(0);
  for (const { index, count } of panes) {
    for (const [i, place] of index.entries()) total[place]! += count[i]!;
  }
  return total;
}

function sizeOf(field: BaselineField): number {
  return field.kind === 'rates' ? 1 : field.values.length;
}

describe('buildBaseline', () => {
  it('gives the same hash for any row order, batch size and field order', async () => {
    await fc.assert(
      fc.asyncProperty(
        rowsArbitrary.chain((rows) =>
          fc.record({
            rows: fc.constant(rows),
            shuffled: fc.shuffledSubarray(rows, { minLength: rows.length }),
            fields: fc.shuffledSubarray(FIELDS, { minLength: FIELDS.length }),
            batchRows: fc.integer({ min: 1, max: 50 }),
            timed: fc.boolean(),
          }),
        ),
        async ({ rows, shuffled, fields, batchRows, timed }) => {
          const time = timed ? { time: '$.t' } : {};
          const one = await build({ source: rowsTable(rows), fields: FIELDS, ...time });
          const other = await build({
            source: rowsTable(shuffled, { batchRows }),
            fields,
            ...time,
          });
          if (typeof one === 'string' || typeof other === 'string') expect(other).toBe(one);
          else {
            expect(other.baseline.hash).toBe(one.baseline.hash);
            expect(other.content).toEqual(one.content);
            expect(other.baseline).toEqual(one.baseline);
            expect(decodeBaseline(one.content)).toEqual(one.baseline);
          }
        },
      ),
      { seed: 5, numRuns: 80 },
    );
  });

  it('counts every row of every field once, and panes sum to the total', async () => {
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, async (rows) => {
        const result = await build({ source: rowsTable(rows), fields: FIELDS, time: 't' });
        const timed = rows.filter(({ t }) => t instanceof Date).length;
        if (typeof result === 'string') {
          expect([result, timed]).toEqual(['PLB_BASELINE_EMPTY', 0]);
          return;
        }
        const { baseline, tally } = result;
        expect(tally).toEqual({
          read: rows.length,
          counted: timed,
          untimed: rows.length - timed,
          outside: 0,
          malformed: 0,
        });
        for (const field of baseline.fields) {
          const counts = field.kind === 'rates' ? [field.present] : Array.from(field.counts);
          expect(addPanes(field.panes, sizeOf(field))).toEqual(counts);
          const infinite = field.kind === 'numeric' ? field.infinite : 0;
          const all = counts.reduce((sum, count) => sum + count, 0);
          expect(all + field.missing + field.wrongType + infinite).toBe(baseline.rows);
        }
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  it('counts exactly what the rows hold', async () => {
    const rows: Row[] = [
      { t: 0, n: -0, text: 'b', flag: true },
      { t: 10, n: 0, text: 'a', flag: 'true' },
      { t: HOUR / 1000, n: 2.5, text: 'b' },
      { t: HOUR / 1000, n: '2.5', text: 3, flag: null },
      { t: HOUR / 1000, n: Number.NaN, text: null, flag: false },
      { t: HOUR / 1000, n: Number.NEGATIVE_INFINITY, text: 'ä', flag: false },
    ];
    const { baseline } = await built({
      source: rowsTable(rows),
      fields: FIELDS.slice(0, 4),
      time: 't',
    });
    expect(baseline).toMatchObject({ rows: 6, pane: HOUR, timeRange: { start: 0, end: HOUR } });
    expect([...baseline.paneStarts]).toEqual([0, HOUR]);
    expect([...baseline.paneRows]).toEqual([2, 4]);
    const [angle, flag, n, text] = baseline.fields;
    expect(n).toMatchObject({ missing: 1, wrongType: 1, infinite: 1 });
    expect(n?.kind === 'numeric' && [[...n.values], [...n.counts]]).toEqual([
      [0, 2.5],
      [2, 1],
    ]);
    expect(angle).toMatchObject({ missing: 1, wrongType: 1, infinite: 1 });
    expect(text?.kind === 'categorical' && [text.values, [...text.counts]]).toEqual([
      ['a', 'b', 'ä'],
      [1, 2, 1],
    ]);
    expect(text).toMatchObject({ missing: 1, wrongType: 1 });
    expect(flag?.kind === 'categorical' && [flag.values, [...flag.counts]]).toEqual([
      ['false', 'true'],
      [2, 1],
    ]);
    expect(flag).toMatchObject({ missing: 2, wrongType: 1 });
  });

  it('takes only the rows of a time range', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({ t: new Date(i * HOUR), n: i }));
    const { baseline, tally } = await built({
      source: rowsTable(rows),
      fields: [spec('n', 'numeric')],
      time: 't',
      from: 3 * HOUR,
      to: 6 * HOUR,
    });
    expect(tally).toMatchObject({ read: 10, counted: 3, outside: 7 });
    const [field] = baseline.fields;
    expect(field?.kind === 'numeric' && [...field.values]).toEqual([3, 4, 5]);
  });

  it('keeps only the rates of a text field whose distinct values explode, in any order', async () => {
    const rows: Row[] = Array.from({ length: MAX_CATEGORIES + 1050 }, (_, i) => ({
      text: i % 1000 === 0 ? i : i % 1001 === 0 ? null : `key ${i}`,
    }));
    for (let i = 0; i < 300; i++) rows.push({ text: `more ${i}` });
    const fields = [spec('text', 'categorical')];
    const one = await built({ source: rowsTable(rows), fields });
    const other = await built({ source: rowsTable(rows.toReversed()), fields });
    const [field] = one.baseline.fields;
    expect(field).toMatchObject({
      kind: 'rates',
      spec: { type: 'id' },
      missing: 200,
      wrongType: 0,
    });
    expect(other.baseline.hash).toBe(one.baseline.hash);
    expect(one.warnings.map(({ code }) => code)).toEqual(['identifier']);
  });

  it.each([
    { fields: [] },
    { pane: 0 },
    { pane: 1.5 },
    { from: 5 },
    { time: 't', from: 5, to: 5 },
    { fields: [spec('n', 'numeric'), spec('n', 'id')] },
  ] satisfies Partial<BuildOptions>[])('refuses %j', async (options) => {
    const source = rowsTable([{ n: 1, t: 0 }]);
    expect(await build({ source, fields: FIELDS, ...options })).toBe('PLB_CONFIG_INVALID');
  });

  it('says why nothing is left', async () => {
    const fields = [spec('n', 'numeric')];
    const rows = [{ t: 'never', n: 1 }];
    await expect(buildBaseline({ source: rowsTable(rows), fields, time: 't' })).rejects.toThrow(
      /1 have no usable event time/,
    );
    expect(await build({ source: rowsTable([]), fields })).toBe('PLB_BASELINE_EMPTY');
  });
});

describe('buildBaseline on CSV', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-build-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('counts text cells as the JSON events that they stand for', async () => {
    const path = join(folder, 'a.csv');
    const cells = [
      ['2001-01-01 00:10:00', '1.50', 'True', '1.0', '007'],
      ['978307800', 'abc', 'FALSE', '01', '8'],
      ['', '', '', '', ''],
      ['2001-01-01T01:30:00Z', 'nan', 'maybe', 'x', '7'],
    ];
    await writeFile(path, `t,n,flag,code,text\n${cells.map((row) => row.join(',')).join('\n')}\n`);
    const events = [
      { t: '2001-01-01 00:10:00', n: 1.5, flag: true, code: 1, text: '007' },
      { t: 978307800, n: 'abc', flag: false, code: '01', text: '8' },
      { t: null },
      { t: '2001-01-01T01:30:00Z', n: Number.NaN, flag: 'maybe', code: 'x', text: '7' },
    ];
    const fields = [
      spec('n', 'numeric'),
      spec('flag', 'boolean'),
      spec('code', 'categorical', { coerce: true }),
      spec('text', 'categorical'),
      spec('hour', 'circular', { path: '$.t', derive: 'hour_of_day', period: 24 }),
    ];
    const fromText = await built({ source: await openTable(path), fields, time: 't' });
    const fromEvents = await built({ source: rowsTable(events), fields, time: 't' });
    expect(fromText.baseline).toEqual(fromEvents.baseline);
    expect(fromText.tally).toMatchObject({ read: 4, counted: 3, untimed: 1 });
  });
});
