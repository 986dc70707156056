import { describe, expect, it } from 'vitest';
import { buildBaseline } from '#libs/baselines/build-baseline.ts';
import { inferFields } from '#libs/baselines/infer-fields.ts';
import { rowsTable } from '#libs/baselines/readers/rows.ts';
import { normal, uniform } from '#libs/detectors/judge-fixture.ts';
import { compareBaselines } from './compare-baselines.ts';

const HOUR = 3_600_000;

async function build(rows: readonly object[], time = false) {
  const source = rowsTable(rows);
  const options = time ? { time: '$.t' } : {};
  const { fields } = await inferFields(source, options);
  return (await buildBaseline({ source, fields, ...options })).baseline;
}

function sample(seed: number, { shift = 0, count = 2000 } = {}) {
  const random = uniform(seed);
  return Array.from({ length: count }, () => ({
    x: normal(random) + shift,
    c: ['a', 'b', 'c'][Math.floor(random() * 3)]!,
  }));
}

describe('compareBaselines', () => {
  it('finds a baseline equal to itself, and two samples of the same alike', async () => {
    const before = await build(sample(1));
    const same = compareBaselines({ before, after: before });
    expect(same.verdict).toBe('ok');
    expect(same.fields.map(({ field, statistics }) => [field, statistics.ks?.statistic])).toEqual([
      ['c', undefined],
      ['x', 0],
    ]);
    const other = compareBaselines({ before, after: await build(sample(2)) });
    expect(other.verdict).toBe('ok');
    expect(
      other.fields.find(({ field }) => field === 'x')!.statistics.ks!.statistic,
    ).toBeGreaterThan(0);
  });

  it('names the field that moved, with the exact distance over all values', async () => {
    const rows = sample(1, { count: 1500 });
    const moved = sample(3, { count: 1000, shift: 0.8 });
    const { verdict, fields } = compareBaselines({
      before: await build(rows),
      after: await build(moved),
    });
    expect(verdict).toBe('critical');
    expect(fields.map(({ field, verdict }) => [field, verdict])).toEqual([
      ['c', 'ok'],
      ['x', 'critical'],
    ]);
    const below = (list: { x: number }[], at: number) =>
      list.filter(({ x }) => x <= at).length / list.length;
    const exact = Math.max(
      ...[...rows, ...moved].map(({ x }) => Math.abs(below(rows, x) - below(moved, x))),
    );
    const x = fields.find(({ field }) => field === 'x')!;
    expect(x.statistics.ks!.statistic).toBeCloseTo(exact, 12);
    expect(x.statistics.ks!.error_bound).toBeUndefined();
  });

  it('says which fields came, went and changed', async () => {
    const before = await build([...sample(1).map((row) => ({ ...row, gone: 1, kind: 7 }))]);
    const after = await build([
      ...sample(1).map((row) => ({ ...row, kind: 'seven', fresh: true })),
    ]);
    expect(compareBaselines({ before, after })).toMatchObject({
      verdict: 'ok',
      fields: [{ field: 'c' }, { field: 'x' }],
      only_before: ['gone'],
      only_after: ['fresh'],
      changed: [{ field: 'kind', reason: 'was numeric, is categorical' }],
    });
    const none = compareBaselines({
      before: await build([{ a: 1 }]),
      after: await build([{ b: 1 }]),
    });
    expect(none).toMatchObject({
      verdict: 'ok',
      fields: [],
      only_before: ['a'],
      only_after: ['b'],
    });
  });

  it('knows unseen categories, and takes how much it varied as evidence', async () => {
    // Every day has a level of its own: two halves of the days differ, and that is usual.
    const days = (from: number, to: number) => {
      const random = uniform(9);
      const levels = Array.from({ length: 80 }, () => 2 * normal(random));
      return Array.from({ length: (to - from) * 50 }, (_, i) => {
        const day = from + Math.floor(i / 50);
        return {
          t: day * 24 * HOUR + (i % 50) * 1000,
          x: levels[day]! + normal(random),
          c: day < 40 ? 'old' : 'new',
        };
      });
    };
    const before = await build(days(0, 40), true);
    const after = await build(days(40, 45), true);
    const { fields } = compareBaselines({ before, after });
    const x = fields.find(({ field }) => field === 'x')!;
    expect(x.statistics.ks!.evidence).not.toBe('iid');
    expect(x.statistics.ks!.design_effect).toBeGreaterThan(5);
    expect(fields.find(({ field }) => field === 'c')).toMatchObject({
      verdict: 'critical',
      detail: { unseen: [{ value: 'new', count: 250 }] },
    });
    const untimed = compareBaselines({
      before,
      after: await build(sample(1).map(({ x }) => ({ x }))),
    });
    expect(untimed.fields[0]!.statistics.ks!.evidence).toBe('iid');
  });
});
