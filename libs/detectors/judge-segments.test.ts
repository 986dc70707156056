import { describe, expect, test } from 'vitest';
import type { Profile } from '#libs/profiles/counts.ts';
import type { ProfileLayout } from '#libs/profiles/layout.ts';
import { createProfile, mergeProfile } from '#libs/profiles/profile.ts';
import { createJudge, type Judge } from './create-judge.ts';
import type { Assessment, AttributionPart } from './evaluation.ts';
import {
  bench,
  DAY,
  layoutOf,
  normal,
  profileOf,
  type Row,
  rowsOf,
  START,
  spec,
  uniform,
} from './judge-fixture.ts';
import { type RulesInput, resolveRules } from './rules.ts';

const SPECS = [
  spec('x', 'numeric'),
  spec('c', 'categorical'),
  spec('h', 'circular', { period: 24 }),
  spec('id', 'id'),
];
const BY = spec('country', 'categorical');
const COUNTRIES = ['US', 'DE', 'FR'];
/** Of the baseline's rows 50% are of the US, 30% of DE, 15% of FR, 5% of others. */
const countryOf = (share: number) =>
  share < 0.5 ? 'US' : share < 0.8 ? 'DE' : share < 0.95 ? 'FR' : 'JP';

function maker(seed: number): () => Row {
  const random = uniform(seed);
  return () => ({
    country: countryOf(random()),
    x: Math.round(normal(random) * 10),
    c: ['AA', 'DL', 'UA', 'WN'][Math.floor(random() * 4)],
    h: Math.floor(random() * 24),
    id: `k${random()}`,
  });
}

const base = maker(1);
const DAYS = Array.from({ length: 24 }, () => rowsOf(300, base));
const LIVE = rowsOf(3000, maker(2));
const MIN_ROWS = 200;
const range = { start: START + 100 * DAY, end: START + 101 * DAY };

const segmentOf = ({ country }: Row) => {
  const at = COUNTRIES.indexOf(String(country));
  return at < 0 ? COUNTRIES.length : at;
};
const NAMES = [...COUNTRIES.map((country) => `country=${country}`), 'other'];

function layoutWithSegments(rows: readonly Row[]): ProfileLayout {
  const whole = layoutOf([...SPECS, BY], rows);
  const { fields } = layoutOf(SPECS, rows);
  return { ...whole, segments: { by: [BY], values: COUNTRIES.map((name) => [name]), fields } };
}

function profileWithSegments(layout: ProfileLayout, rows: readonly Row[]): Profile {
  const { segments: cells, ...whole } = layout;
  const profiles = NAMES.map((_, i) => {
    const own = rows.filter((row) => segmentOf(row) === i);
    return own.length === 0 ? null : profileOf({ ...whole, fields: cells!.fields }, own);
  });
  return { ...profileOf(whole, rows), segments: { layout: cells!, profiles } };
}

function judgeOf(days: readonly (readonly Row[])[], rules: RulesInput = {}) {
  const layout = layoutWithSegments(days.flat());
  const { segments: cells, ...whole } = layout;
  const referenceOf = (fields: ProfileLayout['fields'], own: readonly (readonly Row[])[]) => {
    const panes = own.map((rows, i) => ({
      start: START + i * DAY,
      profile: profileOf({ ...whole, fields }, rows),
    }));
    const total = createProfile({ fields });
    for (const { profile } of panes) mergeProfile(total, profile);
    return { total, panes };
  };
  const judge: Judge = createJudge({
    layout,
    reference: {
      ...referenceOf(whole.fields, days),
      paneMs: DAY,
      timeRange: { start: START, end: START + days.length * DAY - 1 },
      segments: {
        minRows: MIN_ROWS,
        each: NAMES.map((name, i) => ({
          name,
          ...referenceOf(
            cells!.fields,
            days.map((rows) => rows.filter((row) => segmentOf(row) === i)),
          ),
        })),
      },
    },
    rules: resolveRules(whole, rules),
    ...{ windowMs: DAY, hopMs: DAY },
  });
  const all = (rows: readonly Row[]) =>
    judge.judge({ profile: profileWithSegments(layout, rows), range, complete: true });
  const of = (rows: readonly Row[], field: string | null, segment: string | null = null) =>
    all(rows).find((each) => each.field === field && each.segment === segment)!;
  return { all, of };
}

const JUDGE = judgeOf(DAYS);

function sum(parts: readonly AttributionPart[]): number {
  return parts.reduce((total, { within, mix }) => total + within + mix, 0);
}

describe('segments', () => {
  test('each field but those that segments are made by, in each segment', () => {
    const found = JUDGE.all(LIVE).map(({ field, segment }) => [field, segment]);
    const own = ['x', 'c', 'h', 'id'];
    expect(found).toEqual([
      ...[...own, 'country', null].map((field) => [field, null]),
      ...NAMES.flatMap((name) => own.map((field) => [field, name])),
    ]);
    for (const { verdict, segment } of JUDGE.all(LIVE)) {
      expect([segment, verdict]).toEqual([segment, segment === null ? expect.anything() : 'ok']);
    }
  });

  test('are judged like a stream of their own: every figure but the adjusted p-value', () => {
    const shifted = LIVE.map((row) =>
      row.country === 'DE' ? { ...row, x: Number(row.x) + 8, c: 'AA' } : row,
    );
    const found = JUDGE.all(shifted);
    for (const [i, name] of NAMES.entries()) {
      const days = DAYS.map((rows) => rows.filter((row) => segmentOf(row) === i));
      const knots = layoutOf(SPECS, DAYS.flat());
      const alone = bench(SPECS, { days });
      for (const { spec: own } of knots.fields) {
        // Values of other segments are knots, too: that changes how the window is binned nowhere.
        const expected = alone.assess(
          shifted.filter((row) => segmentOf(row) === i),
          own.name,
        );
        const got = found.find(({ field, segment }) => field === own.name && segment === name)!;
        expect([got.n, got.m]).toEqual([expected.n, expected.m]);
        for (const statistic of ['ks', 'kuiper', 'psi', 'missing_rate']) {
          const { p_value, evidence, rank } = expected.statistics[statistic] ?? {};
          const figure = got.statistics[statistic];
          expect(figure?.statistic ?? 0).toBeCloseTo(
            expected.statistics[statistic]?.statistic ?? 0,
            12,
          );
          expect(figure?.p_value ?? 0).toBeCloseTo(p_value ?? 0, 12);
          expect([figure?.evidence, figure?.rank]).toEqual([evidence, rank]);
        }
      }
    }
    const de = found.find(({ field, segment }) => field === 'x' && segment === 'country=DE');
    expect(de).toMatchObject({ verdict: 'critical', reason_code: 'ks_critical' });
    expect(
      found.filter(({ segment }) => segment === 'country=US').map(({ verdict }) => verdict),
    ).toEqual(Array(4).fill('ok'));
  });

  test('Benjamini–Hochberg over the units of all of them together', () => {
    const shifted = LIVE.map((row) =>
      row.country === 'FR' ? { ...row, x: Number(row.x) + 2 } : row,
    );
    const units: { p: number; adjusted: number }[] = [];
    for (const { field, statistics } of JUDGE.all(shifted)) {
      if (field === null) continue;
      const groups = [
        ['ks', 'kuiper', 'psi', 'chi_squared'],
        ...['missing_rate', 'invalid_rate', 'out_of_range_rate', 'unseen_rate'].map((name) => [
          name,
        ]),
      ];
      for (const names of groups) {
        const deciding = names.flatMap((name) => statistics[name] ?? []).filter((f) => f.verdict);
        if (deciding.length === 0) continue;
        const ps = new Set(deciding.map((figure) => figure.p_value!));
        units.push({
          p: Math.min(1, ps.size * Math.min(...ps)),
          adjusted: deciding[0]!.p_adjusted!,
        });
      }
    }
    // x and c have four units each, h three, id two; the country itself four more.
    expect(units).toHaveLength(5 * 13 + 4);
    for (const { p, adjusted } of units) {
      const candidates = units
        .filter((other) => other.p >= p)
        .map(
          (other) => (other.p * units.length) / units.filter((less) => less.p <= other.p).length,
        );
      expect(adjusted).toBeCloseTo(Math.min(1, ...candidates), 12);
    }
  });

  test('need enough rows of the baseline; rates decide all the same', () => {
    const days = DAYS.map((rows) => rows.filter((row, i) => row.country !== 'FR' || i % 20 === 0));
    const few = judgeOf(days);
    const rows = LIVE.map((row) =>
      row.country === 'FR' ? { ...row, x: Number(row.x) + 30 } : row,
    );
    const inside = rows.map((row) => (row.country === 'FR' ? { ...row, x: 5 } : row));
    expect(few.of(inside, 'x', 'country=FR')).toMatchObject({
      verdict: 'insufficient_data',
      reason_code: 'segment_too_small',
      reason: expect.stringMatching(/^The baseline has \d\d values in this segment, needs 200\.$/),
    });
    const none = inside.map((row) => (row.country === 'FR' ? { ...row, x: null } : row));
    expect(few.of(none, 'x', 'country=FR').reason_code).toBe('missing_rate_critical');
  });

  test('without events, or without a baseline, know nothing', () => {
    const found = JUDGE.all(LIVE.filter((row) => row.country !== 'FR'));
    for (const each of found.filter(({ segment }) => segment === 'country=FR')) {
      expect([each.verdict, each.reason_code]).toEqual(['insufficient_data', 'no_events']);
    }
    const named = judgeOf(DAYS.map((rows) => rows.filter((row) => segmentOf(row) < 3)));
    for (const each of named.all(LIVE).filter(({ segment }) => segment === 'other')) {
      expect([each.field, each.verdict, each.reason_code]).toEqual([
        ...[each.field, 'insufficient_data', 'baseline_empty'],
      ]);
    }
  });

  test('the volume says which part of the events each has', () => {
    const { detail, segment } = JUDGE.of(LIVE, null);
    expect(segment).toBeNull();
    const shares = NAMES.map((label, i) => ({
      label,
      baseline: DAYS.flat().filter((row) => segmentOf(row) === i).length / 7200,
      window: LIVE.filter((row) => segmentOf(row) === i).length / 3000,
    }));
    expect(detail).toEqual({ bins: shares });
  });

  test('the same counts give the same bytes', () => {
    const first = JSON.stringify(JUDGE.all(LIVE));
    expect(JSON.stringify(judgeOf(DAYS).all([...LIVE].reverse()))).toBe(first);
    expect(first).not.toMatch(/NaN|Infinity/);
  });
});

describe('attribution', () => {
  const statisticOf = (assessment: Assessment, name: string) => assessment.statistics[name]!;

  test('of a shift in one segment: that segment carries it, and is named', () => {
    const rows = LIVE.map((row) =>
      row.country === 'DE' ? { ...row, x: Number(row.x) + 15 } : row,
    );
    const found = JUDGE.of(rows, 'x');
    const { statistic, attribution = [] } = statisticOf(found, 'ks');
    expect(found.reason_code).toBe('ks_warning');
    expect(sum(attribution)).toBeCloseTo(statistic, 12);
    expect(attribution.map(({ segment }) => segment).sort()).toEqual([...NAMES].sort());
    expect(attribution[0]!.segment).toBe('country=DE');
    expect(attribution[0]!.within / statistic).toBeGreaterThan(0.9);
    expect(found.reason).toMatch(/ Carried by country=DE \((9\d|10\d)%\)\./);
  });

  test('of a shift in all: spread, each in proportion', () => {
    const rows = LIVE.map((row) => ({ ...row, x: Number(row.x) + 7 }));
    const { attribution = [] } = statisticOf(JUDGE.of(rows, 'x'), 'ks');
    const whole = sum(attribution);
    for (const { within, mix, window } of attribution) {
      expect((within + mix) / whole).toBeCloseTo(window, 1);
    }
  });

  test('of a new mix: nothing changed within, and the words say so', () => {
    const far = (row: Row) => (row.country === 'US' ? { ...row, x: Number(row.x) + 100 } : row);
    const judge = judgeOf(DAYS.map((rows) => rows.map(far)));
    const rows = LIVE.map(far).filter((row, i) => row.country !== 'US' || i % 4 === 0);
    const found = judge.of(rows, 'x');
    const { statistic, attribution = [] } = statisticOf(found, 'ks');
    expect(sum(attribution)).toBeCloseTo(statistic, 12);
    const mixed = attribution.reduce((total, { mix }) => total + mix, 0);
    expect(mixed / statistic).toBeGreaterThan(0.9);
    expect(found.reason).toMatch(
      /Mostly because the mix of segments changed: country=US 49% → 2\d% of all\./,
    );
  });

  test.each([
    ['psi', 'c', { c: 'AA' }, {}],
    ['psi', 'c', { c: null }, { missingAsBin: true }],
    ['psi', 'c', { c: 'new' }, { zeroFill: { kind: 'epsilon' as const, epsilon: 1e-4 } }],
    ['chi_squared', 'c', { c: 'WN' }, {}],
    ['psi', 'x', { x: 3 }, {}],
    ['kuiper', 'h', { h: 5 }, {}],
    ['missing_rate', 'x', { x: null }, {}],
    ['missing_rate', 'id', { id: null }, {}],
    ['invalid_rate', 'x', { x: 'text' }, {}],
    ['out_of_range_rate', 'x', { x: 900 }, {}],
    ['unseen_rate', 'c', { c: 'new' }, {}],
  ])('of %s of %s set to %o: the parts add up to the figure', (name, field, change, rules) => {
    const off = ['ks', 'psi', 'kuiper', 'chi_squared', 'missing_rate', 'invalid_rate'];
    const others = [...off, 'out_of_range_rate', 'unseen_rate'].filter((each) => each !== name);
    const judge = judgeOf(DAYS, {
      ...rules,
      thresholds: [
        {
          field: '*',
          statistics: {
            ...Object.fromEntries(others.map((other) => [other, { kind: 'off' as const }])),
            [name]: { kind: 'limit', warning: 0.001 },
          },
        },
      ],
    });
    const rows = LIVE.map((row, i) =>
      row.country === 'DE' && i % 3 > 0 ? { ...row, ...change } : row,
    );
    const found = judge.of(rows, field);
    const { statistic, attribution = [], window } = statisticOf(found, name);
    expect(found.reason_code).toBe(`${name}_warning`);
    expect(attribution[0]!.segment).toBe('country=DE');
    expect(sum(attribution)).toBeCloseTo(name === 'unseen_rate' ? window! : statistic, 10);
    expect(found.reason).toMatch(/Carried by country=DE \(\d+%\)\./);
  });

  test('only where there is an alarm, and not for what segments are made by', () => {
    for (const { statistics } of JUDGE.all(LIVE)) {
      expect(Object.values(statistics).every((figure) => figure.attribution === undefined)).toBe(
        true,
      );
    }
    const rows = LIVE.map((row) => ({ ...row, country: 'US' }));
    const found = JUDGE.of(rows, 'country');
    expect(found.verdict).toBe('critical');
    expect(statisticOf(found, 'psi').attribution).toBeUndefined();
  });
});
