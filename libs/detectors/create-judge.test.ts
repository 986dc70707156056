import { describe, expect, test } from 'vitest';
import { bench, DAY, normal, type Row, rowsOf, spec, uniform } from './judge-fixture.ts';

const SPECS = [
  spec('x', 'numeric'),
  spec('c', 'categorical'),
  spec('h', 'circular', { period: 24 }),
  spec('b', 'boolean'),
  spec('id', 'id'),
];

function maker(seed: number): () => Row {
  const random = uniform(seed);
  return () => ({
    x: Math.round(normal(random) * 100) / 10,
    c: ['AA', 'DL', 'UA', 'WN'][Math.floor(random() * 4)],
    h: Math.floor(random() * 24),
    b: random() < 0.1,
    id: `k${random()}`,
  });
}

const base = maker(1);
const DAYS = Array.from({ length: 28 }, () => rowsOf(1000, base));
const BENCH = bench(SPECS, { days: DAYS });
const LIVE = rowsOf(1000, maker(2));

/** F and G at every value, straight from the definition. */
function ksOf(before: readonly number[], after: readonly number[]): number {
  const sorted = [before, after].map((sample) => [...sample].sort((a, b) => a - b));
  let most = 0;
  for (const at of new Set([...before, ...after])) {
    const [f = 0, g = 0] = sorted.map(
      (sample) => (sample.findLastIndex((value) => value <= at) + 1) / sample.length,
    );
    most = Math.max(most, Math.abs(f - g));
  }
  return most;
}

describe('verdicts', () => {
  test('no change: ok everywhere, a field each and the volume last', () => {
    const assessments = BENCH.all(LIVE);
    expect(assessments.map(({ field }) => field)).toEqual(['x', 'c', 'h', 'b', 'id', null]);
    for (const { verdict, reason_code } of assessments) {
      expect([verdict, reason_code]).toEqual(['ok', 'within_limits']);
    }
    expect(assessments[0]?.reason).toMatch(/^KS 0\.0\d, limit 0\.10\.$/);
  });

  test('a shift: the statistic of the definition, its place, its words', () => {
    const rows = LIVE.map((row) => ({ ...row, x: Number(row.x) + 7 }));
    const found = BENCH.assess(rows, 'x');
    const before = DAYS.flat().map((row) => Number(row.x));
    const after = rows.map((row) => row.x);
    const ks = found.statistics.ks;
    expect(ks?.statistic).toBeCloseTo(ksOf(before, after), 12);
    expect(found).toMatchObject({ verdict: 'critical', reason_code: 'ks_critical', m: 1000 });
    expect(found.n).toBe(28_000);
    expect(found.reason).toMatch(
      /^KS 0\.\d\d \(limit 0\.20\), n = 1,000; noise would not exceed 0\.0\d\. Median −?0(\.\d)? → \d(\.\d+)?\. More than any of 28 reference windows\./,
    );
    expect(ks?.evidence).toBe('reference_windows');
    expect(ks?.rank).toEqual({ above: 28, of: 28 });
    expect(ks?.detectable).toBeGreaterThan(0.1);
    expect(found.detail?.gap?.x).toBe(ks?.at);
    expect(found.detail?.quantiles?.window[2]).toBe([...after].sort((a, b) => a - b)[499]);
  });

  test('a field that turns entirely null is critical, though no value is left to compare', () => {
    const found = BENCH.assess(
      LIVE.map((row) => ({ ...row, x: null })),
      'x',
    );
    expect(found).toMatchObject({
      verdict: 'critical',
      reason_code: 'missing_rate_critical',
      m: 0,
    });
    expect(found.reason).toMatch(/^Missing 0% → 100% \(limit 5 points\), n = 1,000\./);
    expect(found.statistics).not.toHaveProperty('ks');
    expect(found.warnings.join()).toMatch(
      /No distribution to compare: no usable values in this window/,
    );
  });

  test('a field that changes its type, or turns infinite, is critical', () => {
    for (const x of ['text', Number.POSITIVE_INFINITY]) {
      const found = BENCH.assess(
        LIVE.map((row) => ({ ...row, x })),
        'x',
      );
      expect(found).toMatchObject({
        verdict: 'critical',
        reason_code: 'invalid_rate_critical',
        m: 0,
      });
    }
    const found = BENCH.assess(
      LIVE.map((row) => ({ ...row, c: { nested: true } })),
      'c',
    );
    expect(found.reason_code).toBe('invalid_rate_critical');
  });

  test('rates decide below min_samples, distributions do not', () => {
    const shifted = rowsOf(99, () => ({ ...base(), x: 50 }));
    const few = BENCH.assess(shifted, 'x');
    // All values are 50, which is beyond every baseline value: a rate, so it counts.
    expect(few).toMatchObject({ verdict: 'critical', reason_code: 'out_of_range_rate_critical' });
    expect(few.statistics.ks).not.toHaveProperty('verdict');
    const inside = BENCH.assess(
      rowsOf(99, () => ({ ...base(), x: 10 })),
      'x',
    );
    expect(inside).toMatchObject({
      verdict: 'insufficient_data',
      reason_code: 'below_min_samples',
      reason: '99 values, needs 100.',
    });
    expect(
      BENCH.assess(
        rowsOf(100, () => ({ ...base(), x: 10 })),
        'x',
      ).verdict,
    ).toBe('critical');
  });

  test('an empty window: fields know nothing, the volume is critical', () => {
    const assessments = BENCH.all([]);
    for (const { field, verdict, reason_code } of assessments) {
      expect([verdict, reason_code]).toEqual(
        field === null ? ['critical', 'volume_low'] : ['insufficient_data', 'no_events'],
      );
    }
  });

  test('beyond the limit but not more than noise', () => {
    const narrow = bench([spec('x', 'numeric')], {
      rows: rowsOf(150, (i) => ({ x: i % 50 })),
      rules: { minSamples: 20 },
    });
    const found = narrow.assess(
      rowsOf(30, (i) => ({ x: (i * 7) % 40 })),
      'x',
    );
    const ks = found.statistics.ks;
    expect(ks?.statistic).toBeGreaterThan(0.1);
    expect(found).toMatchObject({ verdict: 'ok', reason_code: 'not_significant' });
    expect(found.reason).toMatch(
      /^KS 0\.\d\d \(limit 0\.10\), n = 30, is beyond its limit, but not/,
    );
  });

  test('a baseline field without values, and a constant one', () => {
    const rows = rowsOf(500, () => ({ gone: null, same: 7 }));
    const specs = [spec('gone', 'numeric'), spec('same', 'numeric')];
    const judge = bench(specs, { rows });
    expect(judge.assess(rows, 'gone')).toMatchObject({
      verdict: 'insufficient_data',
      reason_code: 'baseline_empty',
    });
    expect(
      judge.assess(
        rowsOf(500, (i) => ({ gone: i, same: 7 })),
        'gone',
      ),
    ).toMatchObject({
      verdict: 'critical',
      reason_code: 'missing_rate_critical',
    });
    const still = judge.assess(rows, 'same');
    expect(still).toMatchObject({
      verdict: 'ok',
      statistics: { ks: { statistic: 0, p_value: 1 } },
    });
    const moved = judge.assess(
      rowsOf(500, () => ({ same: 8 })),
      'same',
    );
    expect(moved).toMatchObject({ verdict: 'critical', statistics: { ks: { statistic: 1 } } });
    expect(moved.reason).toMatch(/Out of range 0% → 100%/);
  });

  test('a new category is named', () => {
    const rows = LIVE.map((row, i) => (i % 10 === 0 ? { ...row, c: 'ZZ "new"' } : row));
    const found = BENCH.assess(rows, 'c');
    expect(found.verdict).toBe('critical');
    expect(found.reason).toContain('New: "ZZ \\"new\\"');
    expect(found.statistics.unseen_rate).toMatchObject({
      statistic: 0.1,
      baseline: 0,
      window: 0.1,
    });
    expect(found.detail?.unseen).toEqual([{ value: 'ZZ "new"', count: 100 }]);
  });

  test('psi names the categories that moved most', () => {
    const rows = LIVE.map((row, i) => (row.c === 'DL' && i % 3 > 0 ? { ...row, c: 'AA' } : row));
    const found = BENCH.assess(rows, 'c');
    expect(found.reason_code).toMatch(/^psi_/);
    expect(found.reason).toMatch(/(AA \d+% → \d+%, DL|DL [\d.]+% → [\d.]+%, AA)/);
  });

  test('kuiper speaks of hours', () => {
    const rows = LIVE.map((row, i) => (i % 3 === 0 ? { ...row, h: i % 2 === 0 ? 23 : 0 } : row));
    const found = BENCH.assess(rows, 'h');
    expect(found.reason_code).toBe('kuiper_critical');
    expect(found.reason).toMatch(/Hours 23 to 0: 8\.\d% → \d\d%\./);
  });
});

describe('evidence', () => {
  test('Benjamini–Hochberg over all units of the window', () => {
    const rules = {
      thresholds: [
        { field: 'x', statistics: { psi: { kind: 'limit' as const, warning: 0.1 } } },
        { field: 'b', statistics: { missing_rate: { kind: 'off' as const } } },
      ],
    };
    const judge = bench(SPECS, { days: DAYS, rules });
    const rows = LIVE.map((row, i) => ({ ...row, x: Number(row.x) + 1, c: i % 7 ? row.c : null }));
    const assessments = judge.all(rows);
    const units: { p: number; adjusted: number | undefined }[] = [];
    const groups = [['ks', 'psi', 'kuiper', 'chi_squared']];
    const rates = ['missing_rate', 'invalid_rate', 'out_of_range_rate', 'unseen_rate'];
    for (const { statistics } of assessments.slice(0, -1)) {
      for (const names of [...groups, ...rates.map((rate) => [rate])]) {
        const deciding = names.flatMap((name) => {
          const figure = statistics[name];
          return figure?.verdict === undefined ? [] : [figure];
        });
        if (deciding.length === 0) continue;
        const ps = deciding.map((figure) => figure.p_value ?? Number.NaN);
        units.push({
          p: Math.min(1, new Set(ps).size * Math.min(...ps)),
          adjusted: deciding[0]?.p_adjusted,
        });
        expect(new Set(deciding.map((figure) => figure.p_adjusted)).size).toBe(1);
      }
    }
    // 5 + 5 (x, c: distribution, three rates), 3 (h), 2 (b: no missing_rate), 2 (id)
    expect(units).toHaveLength(4 + 4 + 3 + 2 + 2);
    for (const { p, adjusted } of units) {
      const candidates = units
        .filter((other) => other.p >= p)
        .map(
          (other) => (other.p * units.length) / units.filter((less) => less.p <= other.p).length,
        );
      expect(adjusted).toBeCloseTo(Math.min(1, ...candidates), 12);
    }
  });

  test('without event times: independence, said so, and no reference volume', () => {
    const judge = bench(SPECS, { rows: DAYS.flat() });
    const [x] = judge.all(LIVE);
    expect(x?.statistics.ks?.evidence).toBe('iid');
    expect(x?.warnings.join()).toMatch(/independent: the baseline has no event times/);
    expect(judge.assess(LIVE, null)).toMatchObject({
      verdict: 'insufficient_data',
      reason_code: 'no_reference_windows',
      reason: 'No reference windows: the baseline has no event times.',
    });
  });

  test.each([
    [
      DAY / 24,
      'the baseline is kept in panes of 1,440 min, and windows of 60 min every 60 min are not made of whole ones',
    ],
    [DAY * 60, 'no whole window of 86,400 min lies within the time of the baseline'],
  ])('no reference windows of %d ms: the true cause is said', (windowMs, cause) => {
    const judge = bench(SPECS, { days: DAYS, windowMs });
    expect(judge.assess(LIVE, null)).toMatchObject({
      verdict: 'insufficient_data',
      reason_code: 'no_reference_windows',
      reason: `No reference windows: ${cause}.`,
    });
  });

  test('a day effect is drift for independent events, not for a baseline full of such days', () => {
    const random = uniform(5);
    const day = (): Row[] => {
      const effect = normal(random);
      return rowsOf(500, () => ({ x: Math.round((normal(random) + effect) * 10) / 10 }));
    };
    const days = Array.from({ length: 40 }, day);
    const window = rowsOf(500, () => ({ x: Math.round((normal(random) + 1.2) * 10) / 10 }));
    const usual = bench([spec('x', 'numeric')], { days }).assess(window, 'x');
    expect(usual).toMatchObject({ verdict: 'ok', reason_code: 'not_significant' });
    expect(usual.statistics.ks?.design_effect).toBeGreaterThan(20);
    expect(usual.statistics.ks?.critical_value).toBeGreaterThan(0.3);
    const rules = { evidence: 'iid' as const };
    const single = bench([spec('x', 'numeric')], { days, rules }).assess(window, 'x');
    expect(single).toMatchObject({ verdict: 'critical', warnings: [] });
    expect(single.statistics.ks?.rank?.of).toBe(40);
    expect(single.statistics.ks?.rank?.above).toBeLessThan(40);
  });

  test('long windows fall back to panes, few panes to independence', () => {
    const week = bench(SPECS, { days: DAYS, windowMs: 7 * DAY });
    const [x] = week.all(LIVE);
    expect(x?.statistics.ks?.evidence).toBe('reference_panes');
    expect(x?.warnings).toEqual([]);
    const short = bench(SPECS, { days: DAYS.slice(0, 19) });
    const [y] = short.all(LIVE);
    expect(y?.statistics.ks?.evidence).toBe('iid');
    expect(y?.warnings.join()).toMatch(/19 reference windows, 20 are needed/);
  });
});

describe('options', () => {
  test('psi with half an observation, with epsilon, with missing values as a bin', () => {
    const rows = rowsOf(1000, (i) => ({ c: i % 2 === 0 ? 'A' : 'B' }));
    const window = rowsOf(400, (i) => (i % 4 === 0 ? {} : { c: 'A' }));
    const psiOf = (rules: object): number | undefined =>
      bench([spec('c', 'categorical')], { rows, rules }).assess(window, 'c').statistics.psi
        ?.statistic;
    const term = (p: number, q: number): number => (q - p) * Math.log(q / p);
    expect(psiOf({})).toBeCloseTo(term(0.5, 1) + term(0.5, 0.5 / 300), 12);
    expect(psiOf({ zeroFill: { kind: 'epsilon', epsilon: 1e-4 } })).toBeCloseTo(
      term(0.5, 1) + term(0.5, 1e-4),
      12,
    );
    expect(psiOf({ missingAsBin: true })).toBeCloseTo(
      term(0.5, 0.75) + term(0.5, 0.5 / 400) + term(0.5 / 1000, 0.25),
      12,
    );
  });

  test('own edges, and a declared range', () => {
    const rows = rowsOf(1000, (i) => ({ x: i % 100 }));
    const judge = bench([spec('x', 'numeric', { range: { min: 10, max: 89 } })], {
      rows,
      rules: {
        bins: {
          default: { kind: 'count', count: 10 },
          fields: [{ field: 'x', bins: { kind: 'edges', edges: [24, 74] } }],
        },
      },
    });
    const found = judge.assess(
      rowsOf(1000, (i) => ({ x: i % 200 })),
      'x',
    );
    expect(found.detail?.bins).toEqual([
      { label: '≤ 24', upper: 24, baseline: 0.25, window: 0.125 },
      { label: '(24, 74]', lower: 24, upper: 74, baseline: 0.5, window: 0.25 },
      { label: '> 74', lower: 74, baseline: 0.25, window: 0.625 },
    ]);
    // Below 10: 100 of 1,000 and 50 of 1,000; above 89: 100 and 550.
    const rate = found.statistics.out_of_range_rate;
    expect(rate).toMatchObject({ baseline: 0.2, window: 0.6 });
  });

  test('a statistic that is off is shown but does not decide', () => {
    const rules = { thresholds: [{ field: '*', statistics: { ks: { kind: 'off' as const } } }] };
    const found = bench(SPECS, { days: DAYS, rules }).assess(
      LIVE.map((row) => ({ ...row, x: Number(row.x) / 3 })),
      'x',
    );
    expect(found.verdict).toBe('ok');
    expect(found.statistics.ks?.statistic).toBeGreaterThan(0.1);
    expect(found.statistics.ks).not.toHaveProperty('verdict');
  });
});

test('the same counts give the same bytes, in any order of events and from a new judge', () => {
  const first = JSON.stringify(BENCH.all(LIVE));
  expect(JSON.stringify(BENCH.all([...LIVE].reverse()))).toBe(first);
  const reversed = DAYS.map((day) => [...day].reverse());
  expect(JSON.stringify(bench(SPECS, { days: reversed }).all(LIVE))).toBe(first);
  expect(first).not.toMatch(/NaN|Infinity|null,"p_value/);
});
