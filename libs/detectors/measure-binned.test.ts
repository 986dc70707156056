import { describe, expect, test } from 'vitest';
import { chiSquared } from '#libs/statistics/chi-squared.ts';
import { bench, rowsOf, spec } from './judge-fixture.ts';
import type { FieldStatistic } from './rules.ts';

const NAMES = ['A', 'B', 'C', 'D'] as const;
const DISTANCES: readonly FieldStatistic[] = ['jensen_shannon', 'hellinger', 'total_variation'];

/** 2,000 events over four categories, and over as many rare ones as asked. */
const rows = (rare: number) =>
  rowsOf(2000, (i) => ({ c: i % 10 === 0 ? `rare${(i / 10) % rare}` : NAMES[i % 4] }));
const BASELINE = rows(150);
const judge = bench([spec('c', 'categorical')], { rows: BASELINE });
/** The same four, and 150 rare categories of which each occurs only every second time. */
const WINDOW = rowsOf(1000, (i) => ({
  c: i % 10 === 0 ? `rare${2 * ((i / 10) % 75)}` : NAMES[i % 4],
}));

describe('rare categories', () => {
  const { statistics } = judge.assess(WINDOW, 'c');

  test('share a bin of what would add them up, not of a distance', () => {
    expect(statistics.psi?.details?.bins).toBe(5);
    expect(statistics.g_test?.critical_value).toBe(statistics.chi_squared?.critical_value);
    expect(statistics.kl?.statistic).toBeLessThan(1e-12);
    const count = (list: typeof WINDOW) => {
      const counts = new Map<unknown, number>();
      for (const { c } of list) counts.set(c, (counts.get(c) ?? 0) + 1 / list.length);
      return counts;
    };
    const [p, q] = [count(BASELINE), count(WINDOW)];
    const apart = [...new Set([...p.keys(), ...q.keys()])].map((name) =>
      Math.abs((p.get(name) ?? 0) - (q.get(name) ?? 0)),
    );
    expect(apart.length).toBeGreaterThan(100);
    expect(statistics.total_variation?.statistic).toBeCloseTo(
      apart.reduce((sum, difference) => sum + difference, 0) / 2,
      12,
    );
    for (const name of DISTANCES) expect(statistics[name]?.statistic).toBeGreaterThan(0.04);
  });

  test('all of them have the p-value of chi_squared on the pooled bins', () => {
    for (const name of [...DISTANCES, 'kl']) {
      expect(statistics[name]?.p_value).toBe(statistics.chi_squared?.p_value);
    }
  });
});

test('a field of numbers has the same bins for all, and a circle too', () => {
  const numbers = rowsOf(1000, (i) => ({ x: i % 50, h: i % 24 }));
  const window = rowsOf(400, (i) => ({ x: i % 40, h: i % 20 }));
  const both = bench([spec('x', 'numeric'), spec('h', 'circular', { period: 24 })], {
    rows: numbers,
  });
  for (const field of ['x', 'h']) {
    const { statistics, detail } = both.assess(window, field);
    const shares = detail!.bins;
    const direct = shares.reduce((sum, { baseline, window: w }) => sum + Math.abs(baseline - w), 0);
    expect(statistics.total_variation?.statistic).toBeCloseTo(direct / 2, 12);
    const counts = {
      baseline: shares.map(({ baseline }) => Math.round(1000 * baseline)),
      window: shares.map(({ window: w }) => Math.round(400 * w)),
    };
    expect(statistics.jensen_shannon?.p_value).toBeCloseTo(chiSquared(counts).p_value, 12);
  }
});

describe('verdicts by one statistic', () => {
  const moved = rowsOf(1000, (i) => ({ c: i % 3 === 0 ? 'A' : NAMES[i % 4] }));
  const base = rowsOf(2000, (i) => ({ c: NAMES[i % 4] }));

  test.each<[FieldStatistic, number, RegExp]>([
    ['jensen_shannon', 0.1, /^Jensen–Shannon 0\.\d\d \(limit 0\.10\), n = 1,000\. A 25% → 50%/],
    ['kl', 0.05, /^KL 0\.\d\d \(limit 0\.05\), n = 1,000\. A 25% → 50%/],
    ['hellinger', 0.1, /^Hellinger 0\.\d\d \(limit 0\.10\), n = 1,000\. A 25% → 50%/],
    ['total_variation', 0.2, /^Total variation 0\.25 \(limit 0\.20\), n = 1,000\. A 25% → 50%/],
    ['g_test', 30, /^G \d+ \(limit 30\.0\), n = 1,000; noise would not exceed 11\.3\. A 25% → 50%/],
  ])('%s', (name, limit, words) => {
    const alone = bench([spec('c', 'categorical')], {
      rows: base,
      rules: {
        thresholds: [
          {
            field: 'c',
            statistics: { psi: { kind: 'off' }, [name]: { kind: 'limit', critical: limit } },
          },
        ],
      },
    });
    const found = alone.assess(moved, 'c');
    expect(found).toMatchObject({ verdict: 'critical', reason_code: `${name}_critical` });
    expect(found.reason).toMatch(words);
    expect(alone.assess(base.slice(0, 1000), 'c').verdict).toBe('ok');
  });
});

test('distances that decide together with chi_squared do not count its p-value twice', () => {
  const limit = { kind: 'limit' as const, warning: 0.9 };
  const together = bench([spec('c', 'categorical')], {
    rows: BASELINE,
    rules: {
      thresholds: [
        {
          field: 'c',
          statistics: {
            psi: { kind: 'off' },
            missing_rate: { kind: 'off' },
            invalid_rate: { kind: 'off' },
            unseen_rate: { kind: 'off' },
            jensen_shannon: limit,
            hellinger: limit,
            total_variation: limit,
          },
        },
      ],
    },
  });
  const window = rowsOf(1000, (i) => ({ c: i % 30 === 0 ? 'A' : NAMES[i % 4] }));
  const { statistics } = together.assess(window, 'c');
  expect(statistics.jensen_shannon?.p_adjusted).toBe(statistics.jensen_shannon?.p_value);
});
