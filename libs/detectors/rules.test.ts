import { describe, expect, test } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { layoutOf, spec } from './judge-fixture.ts';
import { applicableStatistics, type RulesInput, resolveRules } from './rules.ts';

const LAYOUT = layoutOf(
  [
    spec('amount', 'numeric'),
    spec('carrier', 'categorical'),
    spec('fraud', 'boolean'),
    spec('hour', 'circular', { period: 24 }),
    spec('key', 'id'),
  ],
  [{ amount: 1, carrier: 'AA', fraud: true, hour: 3, key: 'k' }],
);

function thresholdsOf(input: RulesInput, field: string) {
  return resolveRules(LAYOUT, input).fields.find((rules) => rules.field === field)?.thresholds;
}

function errorOf(input: RulesInput): PlumblineError {
  try {
    resolveRules(LAYOUT, input);
  } catch (error) {
    if (error instanceof PlumblineError) return error;
  }
  throw new Error('expected an error');
}

const limit = (warning?: number, critical?: number) => ({
  kind: 'limit' as const,
  ...(warning === undefined ? {} : { warning }),
  ...(critical === undefined ? {} : { critical }),
});

describe('resolveRules', () => {
  test('defaults by field type', () => {
    const rate = { warning: 0.01, critical: 0.05 };
    const rates = { missing_rate: rate, invalid_rate: rate };
    expect(thresholdsOf({}, 'amount')).toEqual({
      ks: { warning: 0.1, critical: 0.2 },
      ...rates,
      out_of_range_rate: rate,
    });
    expect(thresholdsOf({}, 'carrier')).toEqual({
      psi: { warning: 0.1, critical: 0.25 },
      ...rates,
      unseen_rate: rate,
    });
    expect(thresholdsOf({}, 'fraud')).toEqual({ psi: { warning: 0.1, critical: 0.25 }, ...rates });
    expect(thresholdsOf({}, 'hour')).toEqual({ kuiper: { warning: 0.1, critical: 0.2 }, ...rates });
    expect(thresholdsOf({}, 'key')).toEqual(rates);
    expect(resolveRules(LAYOUT)).toMatchObject({
      volume: { critical: { low: 0.5, high: 2 } },
      minSamples: 100,
      significance: 0.01,
      evidence: 'auto',
      zeroFill: { kind: 'half_observation' },
      missingAsBin: false,
    });
  });

  test('a threshold adds a statistic, replaces a default, off removes one', () => {
    const input: RulesInput = {
      thresholds: [
        {
          field: 'amount',
          statistics: { psi: limit(0.3), missing_rate: limit(undefined, 0.5), ks: { kind: 'off' } },
        },
      ],
    };
    expect(thresholdsOf(input, 'amount')).toEqual({
      psi: { warning: 0.3 },
      missing_rate: { critical: 0.5 },
      invalid_rate: { warning: 0.01, critical: 0.05 },
      out_of_range_rate: { warning: 0.01, critical: 0.05 },
    });
  });

  test("'*' reaches the fields to which a statistic applies; a field's own wins in any order", () => {
    const input: RulesInput = {
      thresholds: [
        { field: 'amount', statistics: { ks: limit(0.4) } },
        { field: '*', statistics: { ks: limit(0.3), missing_rate: { kind: 'off' } } },
      ],
    };
    expect(thresholdsOf(input, 'amount')).toMatchObject({ ks: { warning: 0.4 } });
    expect(thresholdsOf(input, 'carrier')).not.toHaveProperty('ks');
    for (const field of ['amount', 'carrier', 'fraud', 'hour', 'key']) {
      expect(thresholdsOf(input, field)).not.toHaveProperty('missing_rate');
    }
  });

  test('what needs an order of the values applies to numbers, what works on bins to all', () => {
    const [amount, carrier, fraud, hour, key] = LAYOUT.fields.map((field) =>
      applicableStatistics(field),
    );
    const ordered = ['ks', 'cramer_von_mises', 'anderson_darling', 'mann_whitney', 'wasserstein'];
    expect(amount).toEqual(expect.arrayContaining([...ordered, 'mean_shift', 'kuiper']));
    for (const other of [carrier, fraud, hour, key]) {
      for (const name of [...ordered, 'mean_shift']) expect(other).not.toContain(name);
    }
    const binned = ['psi', 'jensen_shannon', 'kl', 'hellinger', 'total_variation', 'g_test'];
    for (const field of [amount, carrier, fraud, hour]) {
      expect(field).toEqual(expect.arrayContaining([...binned, 'chi_squared']));
      expect(new Set(field).size).toBe(field?.length);
    }
    expect(key).toEqual(['missing_rate', 'invalid_rate']);
  });

  test.each<[string, RulesInput, string, RegExp, RegExp]>([
    [
      'a statistic that does not apply',
      { thresholds: [{ field: 'carrier', statistics: { ks: limit(0.1) } }] },
      'thresholds.carrier.ks',
      /applies to a categorical field, got 'ks'/,
      /psi, chi_squared, jensen_shannon, kl, .*, g_test, missing_rate, invalid_rate, unseen_rate/,
    ],
    [
      'an unknown statistic',
      { thresholds: [{ field: '*', statistics: { kss: limit(0.1) } }] },
      'thresholds.*.kss',
      /known statistic, got 'kss'/,
      /Did you mean 'ks'/,
    ],
    [
      'an unknown field',
      { thresholds: [{ field: 'amont', statistics: {} }] },
      'thresholds.amont',
      /monitored field, got 'amont'/,
      /Did you mean 'amount'/,
    ],
    [
      'volume on a field',
      { thresholds: [{ field: 'amount', statistics: { volume: limit(0.5) } }] },
      'thresholds.amount.volume',
      /got 'volume'/,
      /whole stream/,
    ],
    [
      'warning above critical',
      { thresholds: [{ field: 'amount', statistics: { ks: limit(0.3, 0.2) } }] },
      'thresholds.amount.ks',
      /warning ≤ critical, got 0.3 and 0.2/,
      /^$/,
    ],
    [
      'a negative threshold',
      { thresholds: [{ field: 'amount', statistics: { ks: limit(-1) } }] },
      'thresholds.amount.ks.warning',
      /at least 0, got -1/,
      /^$/,
    ],
    ['a bad level', { significance: 0 }, 'significance', /between 0 and 1, got 0/, /^$/],
    ['too few samples', { minSamples: 0.5 }, 'min_samples', /got 0.5/, /^$/],
    [
      'an edge that is no knot',
      {
        bins: {
          default: { kind: 'count', count: 10 },
          fields: [{ field: 'amount', bins: { kind: 'edges', edges: [1, 2] } }],
        },
      },
      'bins.amount[1]',
      /must be a knot of the grid of amount, got 2/,
      /^$/,
    ],
    [
      'a low volume above 1',
      { volume: { kind: 'band', warning: { low: 1.5 } } },
      'volume.warning.low',
      /below 1, got 1.5/,
      /^$/,
    ],
  ])('refuses %s', (_, input, path, message, fix) => {
    const error = errorOf(input);
    expect(error.code).toBe('PLB_CONFIG_INVALID');
    expect(error.detail.path).toBe(path);
    expect(error.message).toMatch(message);
    expect(error.detail.fix ?? '').toMatch(fix);
  });
});
