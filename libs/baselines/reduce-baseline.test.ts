import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJudge } from '#libs/detectors/create-judge.ts';
import { profileOf } from '#libs/detectors/judge-fixture.ts';
import { resolveRules } from '#libs/detectors/rules.ts';
import { judgeReference } from '#libs/planning/judge-reference.ts';
import type { FieldSpec } from '#libs/profiles/field.ts';
import type { Baseline, BaselineField } from './baseline.ts';
import { buildBaseline } from './build-baseline.ts';
import { decodeBaseline } from './decode.ts';
import { projectBaseline } from './project.ts';
import { rowsTable } from './readers/rows.ts';

const HOUR = 3_600_000;
const numeric: FieldSpec = { name: 'x', path: '$.x', type: 'numeric', role: 'feature' };
const categorical: FieldSpec = { name: 'c', path: '$.c', type: 'categorical', role: 'feature' };
const id: FieldSpec = { name: 'i', path: '$.i', type: 'id', role: 'id' };

const build = (rows: readonly object[], minCount?: number, time = false) =>
  buildBaseline({
    source: rowsTable(rows),
    fields: [categorical, id, numeric],
    ...(minCount === undefined ? {} : { minCount }),
    ...(time ? { time: '$.t' } : {}),
  });

/** Every count that a field holds, rates too. */
function countsOf(field: BaselineField): number[] {
  const { missing, wrongType } = field;
  if (field.kind === 'rates') return [missing, wrongType, field.present];
  if (field.kind === 'numeric') return [missing, wrongType, field.infinite, ...field.counts];
  return [missing, wrongType, field.unnamed ?? 0, ...field.counts];
}

/** Share of values at or below `x`. */
function share(field: BaselineField, x: number): number {
  if (field.kind !== 'numeric') throw new Error('not numeric');
  let below = 0;
  let total = 0;
  for (const [i, value] of field.values.entries()) {
    total += field.counts[i]!;
    if (value <= x) below += field.counts[i]!;
  }
  return below / total;
}

const fieldOf = (baseline: Pick<Baseline, 'fields'>, name: string) =>
  baseline.fields.find(({ spec }) => spec.name === name)!;

const number = fc.oneof(
  { weight: 60, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 30, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, 'text', Number.POSITIVE_INFINITY) },
);
const row = fc.record({
  x: number,
  c: fc.oneof(fc.constantFrom('a', 'b', 'c', null), fc.string({ maxLength: 2 }), fc.integer()),
  i: fc.constantFrom('one', null, undefined),
});

describe('reduceBaseline', () => {
  it('leaves no count of fewer rows, keeps the number of rows, and is read back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 300, maxLength: 500 }),
        fc.integer({ min: 2, max: 3 }),
        async (rows, minCount) => {
          const { baseline, content } = await build(rows, minCount);
          expect(decodeBaseline(content, baseline.hash)).toEqual(baseline);
          for (const field of baseline.fields) {
            const counts = countsOf(field);
            expect(counts.filter((count) => count > 0 && count < minCount)).toEqual([]);
            expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rows.length);
          }
          const { total, layout } = projectBaseline(baseline);
          for (const counts of total.fields) {
            if (counts.kind !== 'rates') {
              expect([...counts.cells].filter((n) => n > 0 && n < minCount)).toEqual([]);
            }
          }
          expect(layout.fields.length).toBe(3);
        },
      ),
      { seed: 21, numRuns: 60 },
    );
  });

  it('moves the distribution function by no more than it says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 300, maxLength: 500 }), async (rows) => {
        const reduced = fieldOf((await build(rows, 3)).baseline, 'x');
        const whole = fieldOf((await build(rows)).baseline, 'x');
        if (reduced.kind !== 'numeric' || whole.kind !== 'numeric') throw new Error('kind');
        for (const x of [...whole.values, ...reduced.values]) {
          const moved = Math.abs(share(whole, x) - share(reduced, x));
          expect(moved).toBeLessThanOrEqual(reduced.errorBound! + 1e-12);
        }
        expect(reduced.errorBound).toBeLessThan(0.05);
      }),
      { seed: 22, numRuns: 40 },
    );
  });

  it('merges neighbours at their mean, and leaves values of enough rows where they are', async () => {
    const xs = [1, 2, 6, ...Array(600).fill(10), 11, 20, 30, 40, 50, 60];
    const { baseline } = await build(
      xs.map((x) => ({ x, c: 'a', i: 'z' })),
      3,
    );
    const field = fieldOf(baseline, 'x');
    if (field.kind !== 'numeric') throw new Error('not numeric');
    expect([...field.values]).toEqual([3, 10, expect.closeTo(61 / 3, 12), 50]);
    expect([...field.counts]).toEqual([3, 600, 3, 3]);
    expect(field).toMatchObject({
      openEnds: { low: true, high: true },
      errorBound: 2 / 609,
    });
  });

  it('names no extreme value and no rare category anywhere', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => ({
      x: i === 17 ? 987_654 : i % 50,
      c: i === 17 ? 'Erewhon' : i % 100 === 0 ? `rare-${i}` : 'usual',
      i: `n${i}`,
      t: 1e12 + i * 60_000,
    }));
    const { baseline, content, tally, warnings } = await build(rows, 10, true);
    const said = JSON.stringify([baseline, tally, warnings], (_, value) =>
      ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
    );
    for (const name of ['Erewhon', 'rare-', '987654', 'n17']) {
      expect(said).not.toContain(name);
      expect(Buffer.from(content).toString('latin1')).not.toContain(name);
    }
    expect(baseline).toMatchObject({ pane: null, timeRange: null, privacy: { minCount: 10 } });
    expect(fieldOf(baseline, 'c')).toMatchObject({ values: ['usual'], unnamed: 31 });
  });

  it('says nothing about few rows that were left out', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => ({
      x: i,
      c: 'a',
      t: i < 3 ? null : 1e12 + i,
    }));
    const { tally, warnings } = await build(rows, 10, true);
    expect(tally).toMatchObject({ read: 2997, counted: 2997, untimed: 0 });
    expect(warnings.map(({ code }) => code)).not.toContain('untimed_rows');
  });

  it('needs a hundred times as many rows', async () => {
    const rows = Array.from({ length: 999 }, (_, x) => ({ x, c: 'a' }));
    await expect(build(rows, 10)).rejects.toThrow(
      'Cannot reduce the baseline to cells of 10 rows: it must have at least 1000 rows, got 999',
    );
  });

  it('finds no drift in the rows that it was made from', async () => {
    // Wide groups at both ends and a fifth of rare categories: the worst for what is folded.
    const rows = Array.from({ length: 2000 }, (_, i) => ({
      x: i % 7 === 0 ? null : i,
      c: i % 5 === 0 ? `c${i}` : ['a', 'b'][i % 2]!,
      i: 'k',
    }));
    const { baseline } = await build(rows, 20);
    const projected = projectBaseline(baseline);
    const judge = createJudge({
      layout: projected.layout,
      reference: judgeReference(baseline, { projected, paneMs: HOUR }),
      rules: resolveRules(projected.layout),
      ...{ windowMs: HOUR, hopMs: HOUR },
    });
    const range = { start: 0, end: HOUR };
    const verdicts = (window: typeof rows) =>
      judge
        .judge({ profile: profileOf(projected.layout, window), range, complete: true })
        .filter(({ field }) => field !== null)
        .map(({ field, verdict }) => [field, verdict]);
    expect(verdicts(rows)).toEqual([
      ['c', 'ok'],
      ['i', 'ok'],
      ['x', 'ok'],
    ]);
    const moved = rows.map(({ x, c }) => ({ x: x === null ? null : 2 * x, c: `${c}!`, i: 'k' }));
    expect(verdicts(moved)).toEqual([
      ['c', 'critical'],
      ['i', 'ok'],
      ['x', 'critical'],
    ]);
  });
});
