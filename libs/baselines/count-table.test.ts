import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Profile } from '#libs/profiles/counts.ts';
import type { FieldSpec } from '#libs/profiles/field.ts';
import { createProfile } from '#libs/profiles/profile.ts';
import { buildBaseline } from './build-baseline.ts';
import { countTable } from './count-table.ts';
import { inferFields } from './infer-fields.ts';
import { projectBaseline } from './project.ts';
import { openParquet } from './readers/parquet.ts';
import { rowsTable } from './readers/rows.ts';
import type { ColumnBatch, Table } from './readers/table.ts';

const FIELDS: readonly FieldSpec[] = [
  { name: 'amount', path: '$.amount', type: 'numeric', role: 'feature' },
  { name: 'colour', path: '$.colour', type: 'categorical', role: 'feature' },
  { name: 'key', path: '$.key', type: 'id', role: 'id' },
];

const row = fc.record(
  {
    amount: fc.oneof(
      fc.integer({ min: -3, max: 9 }),
      fc.constantFrom(null, 'x', Number.NaN, Number.POSITIVE_INFINITY, -0, 2.5, 1e300, -1e-300),
    ),
    colour: fc.constantFrom('red', 'green', 'blue', 'new', null, 7),
    key: fc.oneof(fc.string(), fc.constant(null), fc.constant({})),
  },
  { requiredKeys: [] },
);

/** The same table with each column as a dictionary, as Parquet may have it. */
function encodedTable(table: Table): Table {
  return {
    ...table,
    async *batches(options) {
      for await (const batch of table.batches(options)) yield encodedBatch(batch);
    },
  };
}

function encodedBatch(batch: ColumnBatch): ColumnBatch {
  return {
    ...batch,
    names: batch.names,
    encoded(name) {
      const cells = batch.column(name);
      if (cells === undefined) return undefined;
      const distinct = [...new Set(Array.from(cells))];
      return {
        cells: distinct,
        places: Uint32Array.from(Array.from(cells), (cell) => distinct.indexOf(cell)),
      };
    },
  };
}

async function layoutOf(rows: readonly object[]) {
  const { baseline } = await buildBaseline({ source: rowsTable(rows), fields: FIELDS });
  return projectBaseline(baseline, { resolution: Number.POSITIVE_INFINITY });
}

async function count(table: Table, layout: Awaited<ReturnType<typeof layoutOf>>['layout']) {
  const profile: Profile = createProfile(layout);
  return { profile, ...(await countTable(table, { layout, profile })) };
}

describe('countTable', () => {
  it('counts the rows of a baseline as the baseline itself counts them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), async (rows) => {
        const { layout, total } = await layoutOf(rows);
        for (const table of [rowsTable(rows), encodedTable(rowsTable(rows, { batchRows: 50 }))]) {
          expect((await count(table, layout)).profile).toEqual(total);
        }
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('counts other rows cell by cell, whether a column has a dictionary or not', async () => {
    const { layout } = await layoutOf([
      { amount: 0, colour: 'red' },
      { amount: 4, colour: 'green' },
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 80 }), async (rows) => {
        const plain = await count(rowsTable(rows, { batchRows: 7 }), layout);
        const encoded = await count(encodedTable(rowsTable(rows, { batchRows: 7 })), layout);
        expect(encoded).toEqual(plain);
        const numbers = rows
          .map(({ amount }) => amount)
          .filter((value) => typeof value === 'number' && Number.isFinite(value)) as number[];
        const cells = [
          numbers.filter((value) => value < 0).length,
          numbers.filter((value) => value === 0).length,
          numbers.filter((value) => value > 0 && value < 4).length,
          numbers.filter((value) => value === 4).length,
          numbers.filter((value) => value > 4).length,
        ];
        const [amount, colour, key] = plain.profile.fields;
        expect(amount).toMatchObject({ cells: Float64Array.from(cells) });
        expect(amount).toMatchObject({
          missing: rows.filter((r) => r.amount == null || Number.isNaN(r.amount)).length,
          wrongType: rows.filter((r) => r.amount === 'x').length,
          infinite: rows.filter((r) => r.amount === Number.POSITIVE_INFINITY).length,
        });
        expect(colour).toMatchObject({
          unseen: rows.filter((r) => r.colour === 'blue' || r.colour === 'new').length,
          wrongType: rows.filter((r) => r.colour === 7).length,
        });
        expect(key).toMatchObject({
          missing: rows.filter((r) => r.key == null).length,
          wrongType: rows.filter((r) => typeof r.key === 'object' && r.key !== null).length,
        });
        expect(plain.profile.events).toBe(rows.length);
      }),
      { seed: 6, numRuns: 60 },
    );
  });

  it('reads a Parquet file of several row groups like the baseline that was made of it', async () => {
    const table = await openParquet(join(import.meta.dirname, 'fixtures/zstd.parquet'));
    const { fields } = await inferFields(table);
    const { baseline } = await buildBaseline({ source: table, fields });
    const { layout, total } = projectBaseline(baseline, { resolution: Number.POSITIVE_INFINITY });
    const counted = await count(table, layout);
    expect(counted.profile).toEqual(total);
    expect(counted.rows).toBe(60);
    expect(counted.columns).toContain('tags');
  });

  it('knows the columns of rows and the stretch of time they are from', async () => {
    const { layout } = await layoutOf([{ amount: 1 }]);
    const rows = [
      { at: '2024-01-02', amount: 1 },
      { at: 'never', extra: true },
      { at: '2024-01-01T06:00:00Z' },
    ];
    const profile = createProfile(layout);
    const table = { ...rowsTable(rows), columns: null };
    expect(await countTable(table, { layout, profile, time: '$.at' })).toEqual({
      rows: 3,
      malformed: 0,
      columns: new Set(['at', 'amount', 'extra']),
      timeRange: { start: Date.UTC(2024, 0, 1, 6), end: Date.UTC(2024, 0, 2) },
      untimed: 1,
    });
    expect(profile.fields[0]).toMatchObject({ missing: 2 });
  });

  it('keeps a bounded number of names of categories that the baseline lacks', async () => {
    const { layout } = await layoutOf([{ colour: 'red' }, { colour: 'red' }]);
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ colour: `new ${i}` }));
    const { profile } = await count(rowsTable(rows), layout);
    const colour = profile.fields[1]!;
    expect(colour).toMatchObject({ unseen: 20_000 });
    expect(colour.kind === 'categorical' && colour.unseenValues.size).toBe(64);
  });
});
