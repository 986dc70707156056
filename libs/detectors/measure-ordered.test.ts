import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bench, normal, type Row, rowsOf, spec, uniform } from './judge-fixture.ts';
import type { FieldStatistic } from './rules.ts';

const random = uniform(41);
const round = (value: number): number => Math.round(value * 10) / 10;
const draw = (count: number, move: (z: number) => number): Row[] =>
  rowsOf(count, () => ({ x: round(move(normal(random))) }));
const BASELINE = draw(4000, (z) => 50 + 10 * z);
const MOVED = draw(800, (z) => 54 + 10 * z);
const STILL = draw(800, (z) => 50 + 10 * z);
const WIDER = draw(800, (z) => 50 + 15 * z);

const numbers = (rows: readonly Row[]): number[] => rows.map(({ x }) => Number(x));
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const sd = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};

/** A monitor in which one statistic decides besides the rates. */
function alone(statistic: FieldStatistic, limit: number, rows = BASELINE) {
  return bench([spec('x', 'numeric')], {
    rows,
    rules: {
      evidence: 'iid',
      thresholds: [
        {
          field: 'x',
          statistics: {
            ks: { kind: 'off' },
            out_of_range_rate: { kind: 'off' },
            [statistic]: { kind: 'limit', critical: limit },
          },
        },
      ],
    },
  });
}

describe('figures', () => {
  const { statistics } = bench([spec('x', 'numeric')], { rows: BASELINE }).assess(MOVED, 'x');

  test('mean_shift is in standard deviations of the baseline, with both means', () => {
    const figure = statistics.mean_shift!;
    const [before, after] = [numbers(BASELINE), numbers(MOVED)];
    expect(figure.statistic).toBeCloseTo((mean(after) - mean(before)) / sd(before), 9);
    expect(figure.baseline).toBeCloseTo(mean(before), 9);
    expect(figure.window).toBeCloseTo(mean(after), 9);
    expect(figure.detectable).toBeCloseTo(3.4174 * Math.sqrt(1 / 4000 + 1 / 800), 4);
    expect(figure.critical_value).toBeLessThan(figure.detectable!);
  });

  test('wasserstein is the mean distance of equal ranks, in the unit of the field', () => {
    const after = numbers(MOVED).sort((a, b) => a - b);
    const before = numbers(BASELINE).sort((a, b) => a - b);
    const direct = mean(before.map((value, i) => Math.abs(value - after[Math.floor(i / 5)]!)));
    const { statistic, error_bound = 0, details } = statistics.wasserstein!;
    expect(Math.abs(statistic - direct)).toBeLessThanOrEqual(error_bound + 1e-6);
    expect(error_bound).toBeLessThan(0.01);
    expect(details?.normalised).toBeCloseTo(statistic / sd(numbers(BASELINE)), 9);
    expect(statistics.wasserstein?.p_value).toBe(statistics.ks?.p_value);
  });

  test('mann_whitney tells the AUC, and which side of ½ it is on', () => {
    const pairs = numbers(BASELINE).flatMap((x) =>
      numbers(MOVED.slice(0, 800)).map((y) => (y > x ? 1 : y === x ? 0.5 : 0)),
    );
    const figure = statistics.mann_whitney!;
    expect(figure.details?.auc).toBeCloseTo(mean(pairs), 12);
    expect(figure.statistic).toBeCloseTo(mean(pairs) - 0.5, 12);
  });

  test('those that are only shown have no limit, no verdict and no adjusted p', () => {
    for (const name of ['cramer_von_mises', 'anderson_darling', 'mann_whitney', 'wasserstein']) {
      for (const key of ['verdict', 'threshold', 'p_adjusted']) {
        expect(statistics[name]).not.toHaveProperty(key);
      }
      expect(statistics[name]?.evidence).toBe('iid');
    }
  });
});

describe('verdicts by one statistic', () => {
  test.each<[FieldStatistic, number, RegExp]>([
    [
      'cramer_von_mises',
      1,
      /^Cramér–von Mises \d+(\.\d+)? \(limit 1\.00\), n = 800; noise would not exceed 0\.74\. Median 49\.9 → 54\./,
    ],
    [
      'anderson_darling',
      7,
      /^Anderson–Darling \d+(\.\d+)? \(limit 7\.00\), n = 800; noise would not exceed 6\.63\. Median/,
    ],
    [
      'mann_whitney',
      0.05,
      /^AUC 0\.6\d \(limit 0\.55\), n = 800; noise would not exceed 0\.53\. A live value exceeds a baseline value in 6\d of 100 pairs\. Median/,
    ],
    ['wasserstein', 2, /^Values moved on average by [34]\.\d+ \(limit 2\), n = 800\. Median/],
    [
      'mean_shift',
      0.2,
      /^Mean shift 0\.\d\d sd \(limit 0\.20 sd\), n = 800; noise would not exceed 0\.10 sd\. Mean 49\.8 → 53\.8\./,
    ],
  ])('%s', (name, limit, words) => {
    const judge = alone(name, limit);
    const found = judge.assess(MOVED, 'x');
    expect(found).toMatchObject({ verdict: 'critical', reason_code: `${name}_critical` });
    expect(found.reason).toMatch(words);
    expect(judge.assess(STILL, 'x')).toMatchObject({
      verdict: 'ok',
      reason_code: 'within_limits',
    });
    const fewer = judge.assess(MOVED.slice(0, 50), 'x');
    expect(fewer).toMatchObject({ verdict: 'insufficient_data', reason_code: 'below_min_samples' });
  });

  test('a change of spread alone: seen by Anderson–Darling, not by Mann–Whitney', () => {
    expect(alone('anderson_darling', 7).assess(WIDER, 'x').verdict).toBe('critical');
    expect(alone('mann_whitney', 0.05).assess(WIDER, 'x').verdict).toBe('ok');
  });

  test('lower values have an AUC below ½', () => {
    const lower = draw(800, (z) => 46 + 10 * z);
    expect(alone('mann_whitney', 0.05).assess(lower, 'x').reason).toMatch(
      /^AUC 0\.\d\d \(limit 0\.45\), n = 800; noise would not fall below 0\.47\. A live value exceeds a baseline value in 40 of 100 pairs\. Median/,
    );
  });
});

describe('what the values do not allow', () => {
  const constant = rowsOf(500, () => ({ x: 7 }));

  test('a constant baseline has no mean shift: said where it alone decides', () => {
    const found = alone('mean_shift', 0.2, constant).assess(constant, 'x');
    expect(found).toMatchObject({
      verdict: 'insufficient_data',
      reason_code: 'not_defined',
      reason:
        'Nothing to decide by: mean_shift is not defined: it needs a baseline whose values differ.',
    });
    expect(found.statistics).not.toHaveProperty('mean_shift');
  });

  test('beside another deciding statistic it is a warning, and nothing where it only is shown', () => {
    const rules = {
      evidence: 'iid' as const,
      thresholds: [
        { field: 'x', statistics: { mean_shift: { kind: 'limit' as const, warning: 0.2 } } },
      ],
    };
    const specs = [spec('x', 'numeric')];
    const beside = bench(specs, { rows: constant, rules }).assess(constant, 'x');
    expect(beside).toMatchObject({ verdict: 'ok', reason_code: 'within_limits' });
    const sentence = 'mean_shift is not defined: it needs a baseline whose values differ.';
    expect(beside.warnings).toContain(sentence);
    const shown = bench(specs, { rows: constant, rules: { evidence: 'iid' } });
    const { warnings, statistics } = shown.assess(constant, 'x');
    expect(warnings).not.toContain(sentence);
    expect(statistics.wasserstein).toMatchObject({
      statistic: 0,
      details: { normalised: 'not defined: the values of the baseline do not differ' },
    });
  });

  test('sums beyond a double', () => {
    const rows = rowsOf(300, (i) => ({ x: i % 3 }));
    const window = [...rows, { x: 1e200 }];
    const judge = alone('wasserstein', 1, rows);
    expect(judge.assess(window, 'x')).toMatchObject({
      verdict: 'insufficient_data',
      reason_code: 'not_defined',
      statistics: { ks: {}, anderson_darling: {} },
    });
    expect(judge.assess(window, 'x').statistics).not.toHaveProperty('mean_shift');
  });

  test('a bound that is a large part of the distance', () => {
    const rows = rowsOf(1000, (i) => ({ x: i % 2 }));
    const between = rowsOf(1000, (i) => ({ x: 0.5 + (i % 100) / 1000 }));
    const found = alone('wasserstein', 0.1, rows).assess(between, 'x');
    expect(found.warnings).toContain(
      'wasserstein may differ by up to 0.225: many live values lie between those of the baseline.',
    );
  });
});

test('under reference evidence they stand on independence, which is said', () => {
  const days = Array.from({ length: 25 }, () => draw(300, (z) => 50 + 10 * z));
  const rules = {
    thresholds: [
      {
        field: 'x',
        statistics: {
          mean_shift: { kind: 'limit' as const, critical: 0.2 },
          wasserstein: { kind: 'limit' as const, critical: 2 },
        },
      },
    ],
  };
  const found = bench([spec('x', 'numeric')], { days, rules }).assess(MOVED, 'x');
  expect(found.statistics.ks?.evidence).toBe('reference_windows');
  expect(found.statistics.mean_shift).toMatchObject({ evidence: 'iid', verdict: 'critical' });
  expect(found.statistics.mean_shift).not.toHaveProperty('rank');
  expect(found.warnings).toEqual([
    'The p-value of wasserstein, mean_shift takes events as independent: reference windows judge only ks, kuiper, psi, chi_squared and rates.',
  ]);
});

test('evidence of one statistic does not make an alarm of another that noise explains', () => {
  const effects = Array.from({ length: 30 }, () => 3 * normal(random));
  const days = effects.map((effect) => draw(300, (z) => 50 + effect + 3 * z));
  const limit = { kind: 'limit' as const, critical: 1 };
  const rules = { thresholds: [{ field: 'x', statistics: { wasserstein: limit } }] };
  const judge = bench([spec('x', 'numeric')], { days, rules });
  const found = judge.assess(
    draw(300, (z) => 53 + 3 * z),
    'x',
  );
  const { ks, wasserstein } = found.statistics;
  expect(ks?.statistic).toBeGreaterThan(0.2);
  expect(ks?.p_value).toBeGreaterThan(0.01);
  expect(ks?.p_adjusted).toBeLessThan(1e-9);
  expect([ks?.verdict, wasserstein?.verdict]).toEqual(['ok', 'critical']);
  expect(found.reason).toMatch(/^Values moved on average by .* \(limit 1\), n = 300\. Median/);
  expect(found.reason).not.toContain('KS');
});

test('whatever the values, every figure is a finite number and every p is above 0 or has a logarithm', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, -0, 5e-324, 2 ** 53, 2 ** 53 + 2, 1e300, -1e300, Number.MAX_VALUE),
    fc.integer({ min: -3, max: 3 }),
  );
  const rows = fc.array(fc.record({ x: value }), { minLength: 1, maxLength: 12 });
  const numbersIn = (found: unknown): number[] =>
    typeof found === 'number'
      ? [found]
      : typeof found === 'object' && found !== null
        ? Object.values(found).flatMap(numbersIn)
        : [];
  fc.assert(
    fc.property(rows, rows, (baseline, window) => {
      const { statistics } = bench([spec('x', 'numeric')], { rows: baseline }).assess(window, 'x');
      expect(Object.keys(statistics)).toEqual(
        expect.arrayContaining(['cramer_von_mises', 'anderson_darling', 'mann_whitney', 'g_test']),
      );
      for (const [name, figure] of Object.entries(statistics)) {
        expect(numbersIn(figure).every(Number.isFinite), `${name} ${JSON.stringify(figure)}`).toBe(
          true,
        );
        const { p_value = -1, log10_p = 0 } = figure;
        expect(p_value > 0 || log10_p < -300, name).toBe(true);
        expect(p_value).toBeLessThanOrEqual(1);
      }
    }),
    { seed: 42, numRuns: 300 },
  );
});
