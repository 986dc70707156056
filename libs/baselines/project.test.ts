import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { CategoryTable } from '#libs/profiles/category-table.ts';
import type { FieldCounts, Profile } from '#libs/profiles/counts.ts';
import type { FieldSpec } from '#libs/profiles/field.ts';
import type { FieldLayout, NumericLayout } from '#libs/profiles/layout.ts';
import { NumericGrid } from '#libs/profiles/numeric-grid.ts';
import { createCounts, mergeProfile } from '#libs/profiles/profile.ts';
import { compileCategoryReader, compileNumericReader } from '#libs/profiles/value.ts';
import { quantileEdges } from '#libs/statistics/quantile-edges.ts';
import type { Baseline } from './baseline.ts';
import { buildBaseline } from './build-baseline.ts';
import { type ProjectOptions, projectBaseline } from './project.ts';
import { rowsTable } from './readers/rows.ts';

const HOUR = 3_600_000;
const NUMBER: FieldSpec = { name: 'n', path: '$.n', type: 'numeric', role: 'feature' };
const TEXT: FieldSpec = { name: 'text', path: '$.text', type: 'categorical', role: 'feature' };
const KEY: FieldSpec = { name: 'key', path: '$.text', type: 'id', role: 'id' };

interface Row {
  readonly t: Date;
  readonly n: unknown;
  readonly text: unknown;
}

async function baselineOf(
  rows: readonly object[],
  fields = [NUMBER, TEXT, KEY],
): Promise<Baseline> {
  return (await buildBaseline({ source: rowsTable(rows), fields, time: 't' })).baseline;
}

/** Counts rows one by one, as a profiler counts events. */
function countRows(layout: FieldLayout, rows: readonly Row[]): FieldCounts {
  const counts = createCounts(layout);
  for (const row of rows) {
    if (counts.kind === 'numeric' && layout.kind === 'numeric') {
      const value = compileNumericReader(layout.spec)(row.n);
      if (Number.isFinite(value)) new NumericGrid(layout).add(counts, value);
      else if (Number.isNaN(value)) counts.missing += 1;
      else counts[value > 0 ? 'infinite' : 'wrongType'] += 1;
    } else if (counts.kind === 'categorical' && layout.kind === 'categorical') {
      const category = compileCategoryReader(layout.spec)(row.text);
      if (category === undefined) counts.missing += 1;
      else if (category === null) counts.wrongType += 1;
      else new CategoryTable(layout).addTimes(counts, category, 1);
    } else if (counts.kind === 'rates') {
      counts[row.text === null ? 'missing' : 'present'] += 1;
    }
  }
  return counts;
}

/** Everything that a profile holds, sums included, in a form that compares. */
function plain(profile: Profile): unknown {
  return profile.fields.map((counts) =>
    counts.kind === 'numeric'
      ? {
          ...counts,
          below: counts.below.entries(),
          above: counts.above.entries(),
          squares: counts.squares.entries(),
        }
      : counts,
  );
}

function numericLayout(layout: FieldLayout | undefined): NumericLayout {
  if (layout?.kind !== 'numeric') throw new Error('the field must be numeric');
  return layout;
}

const rowArbitrary: fc.Arbitrary<Row> = fc.record({
  t: fc.integer({ min: 0, max: 10 * HOUR }).map((ms) => new Date(ms)),
  n: fc.oneof(
    fc.integer({ min: -20, max: 20 }),
    fc.double({ min: -100, max: 100 }),
    fc.constantFrom(1e300, -1e300, null, 'x', Number.POSITIVE_INFINITY),
  ),
  text: fc.oneof(
    fc.constantFrom('a', 'b', 'c'),
    fc.string({ maxLength: 2 }),
    fc.constantFrom(null, 3),
  ),
});

describe('projectBaseline', () => {
  it('equals counting the rows one by one, in total and in every range of panes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rowArbitrary, { minLength: 1, maxLength: 80 }),
        fc.record({
          resolution: fc.integer({ min: 2, max: 100 }),
          categoryCap: fc.integer({ min: 1, max: 5 }),
          bins: fc.integer({ min: 2, max: 10 }),
          edges: fc.constantFrom({}, { n: [-5, 0.25, 7] }),
        }),
        fc.tuple(fc.nat(11), fc.nat(11)),
        async (rows, options, [a, b]) => {
          const { layout, total, between } = projectBaseline(await baselineOf(rows), options);
          const counted = {
            events: rows.length,
            fields: layout.fields.map((field) => countRows(field, rows)),
          };
          expect(plain(total)).toEqual(plain(counted));
          const range = rows.filter(({ t }) => t.getTime() >= a * HOUR && t.getTime() < b * HOUR);
          const part = between(a * HOUR, b * HOUR);
          expect(part.events).toBe(range.length);
          expect(plain(part)).toEqual(
            plain({ events: 0, fields: layout.fields.map((field) => countRows(field, range)) }),
          );
          const sum = between(-HOUR, 4 * HOUR);
          mergeProfile(sum, between(4 * HOUR, 11 * HOUR));
          expect(sum.events).toBe(total.events);
          expect(plain(sum)).toEqual(plain(total));
        },
      ),
      { seed: 31, numRuns: 120 },
    );
  });

  it('keeps all values up to the resolution, and beyond it the ones that matter', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => ({
      t: new Date(0),
      n: i % 3 === 0 ? 0 : Math.sin(i) * i,
      text: 'x',
    }));
    const spec: FieldSpec = { ...NUMBER, range: { min: -5000, max: 1.5 } };
    const baseline = await baselineOf(rows, [spec]);
    const [field] = baseline.fields;
    if (field?.kind !== 'numeric') throw new Error('the field must be numeric');
    const exact = projectBaseline(baseline);
    expect(exact.bounds).toEqual([{ field: 'n', distinct: 2001, kept: 2001, errorBound: 0 }]);
    expect(numericLayout(exact.layout.fields[0]).knots).toHaveLength(2003);

    const edges = [-3, 0, 2.25];
    const reduced = projectBaseline(baseline, { resolution: 100, edges: { n: edges } });
    const { knots, center } = numericLayout(reduced.layout.fields[0]);
    expect(knots.length).toBeLessThanOrEqual(100);
    const needed = [...quantileEdges({ ...field, bins: 10 }), ...edges, -5000, 1.5, 0];
    for (const value of [...needed, field.values[0]!, field.values.at(-1)!])
      expect([...knots]).toContain(value);
    // 2,000 values once each over at most 99 gaps; the bound is the largest cell that there is.
    const [counts] = reduced.total.fields;
    if (counts?.kind !== 'numeric') throw new Error('the counts must be numeric');
    const open = counts.cells.filter((_, cell) => cell % 2 === 0);
    expect(reduced.bounds[0]?.errorBound).toBe(Math.max(...open) / 3000);
    expect(reduced.bounds[0]?.errorBound).toBeLessThan(25 / 3000);
    expect(center).toBe(0);
  });

  it('folds the rarest categories, ties by name', async () => {
    const rows = [...'aaabbbccde'].map((text) => ({ t: new Date(0), n: 1, text }));
    const { layout, total, bounds } = projectBaseline(await baselineOf(rows), { categoryCap: 4 });
    const text = layout.fields.find(({ spec }) => spec.name === 'text');
    expect(text).toMatchObject({ categories: ['a', 'b', 'c', 'd'], folded: ['e'] });
    expect(total.fields.find(({ kind }) => kind === 'categorical')).toMatchObject({
      cells: Float64Array.of(3, 3, 2, 1),
      other: 1,
      unseen: 0,
    });
    expect(bounds.find(({ field }) => field === 'text')?.errorBound).toBe(0.1);
  });

  it('gives every grid a knot, even without a number in the baseline', async () => {
    const rows = [{ t: new Date(0), n: null, text: 'x' }];
    const { layout, total } = projectBaseline(await baselineOf(rows));
    expect([...numericLayout(layout.fields.find(({ kind }) => kind === 'numeric')).knots]).toEqual([
      0,
    ]);
    expect(total.fields.find(({ kind }) => kind === 'numeric')).toMatchObject({ missing: 1 });
  });

  it('hashes the grid: equal for equal cells, another for any difference', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => ({ t: new Date(0), n: i, text: `${i % 9}` }));
    const baseline = await baselineOf(rows);
    const hash = (options?: ProjectOptions): string =>
      projectBaseline(baseline, options).layout.gridHash;
    const hashes = [
      hash(),
      hash({ fields: ['n'] }),
      hash({ fields: ['n', 'text'] }),
      hash({ resolution: 20 }),
      hash({ categoryCap: 3 }),
      hash({ edges: { n: [0.5] } }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hash({ fields: ['text', 'n'] })).toBe(hash({ fields: ['n', 'text'] }));
    expect(hash({ resolution: 50, edges: { n: [7] } })).toBe(hash());
  });

  it.each([
    [{ fields: ['nn'] }, 'PLB_BASELINE_FIELD'],
    [{ edges: { m: [1] } }, 'PLB_BASELINE_FIELD'],
    [{ edges: { text: [1] } }, 'PLB_CONFIG_INVALID'],
    [{ edges: { n: [Number.NaN] } }, 'PLB_CONFIG_INVALID'],
    [{ resolution: 1 }, 'PLB_CONFIG_INVALID'],
    [{ bins: 2.5 }, 'PLB_CONFIG_INVALID'],
    [{ categoryCap: 0 }, 'PLB_CONFIG_INVALID'],
  ] satisfies [ProjectOptions, string][])('refuses %j', async (options, code) => {
    const baseline = await baselineOf([{ t: new Date(0), n: 1, text: 'x' }]);
    try {
      projectBaseline(baseline, options);
    } catch (error) {
      if (!(error instanceof PlumblineError)) throw error;
      expect(error.code).toBe(code);
      if (code === 'PLB_BASELINE_FIELD') expect(error.detail.fix).toContain('"n"');
      return;
    }
    throw new Error('nothing was thrown');
  });
});
