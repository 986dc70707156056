import { describe, expect, test } from 'vitest';
import { parseCheck, resolveCheck } from './parse-check.ts';
import type { CheckDocument } from './schemas/check.ts';

describe('a configuration of a check', () => {
  test('may be as small as one field', () => {
    const outcome = parseCheck('fields: { delay: { type: numeric } }');
    expect(outcome).toMatchObject({
      ok: true,
      config: {
        fields: { kind: 'listed', fields: [{ name: 'delay', type: 'numeric' }] },
        minSamples: 100,
        significance: 0.01,
        bins: { default: { kind: 'count', count: 10 }, fields: [] },
        volume: { kind: 'default' },
      },
    });
  });

  test('takes what a monitor says about values, by the same words', () => {
    const outcome = parseCheck(`
fields: auto
derive: { hour: { hour_of_day: $.ts } }
thresholds: { amount: { ks: { warning: 0.1, critical: 0.3 }, psi: off } }
bins: { amount: [0, 10], '*': 20 }
min_samples: 30
significance: 0.001
zero_fill: { epsilon: 0.0001 }
missing_as_bin: true
`);
    expect(outcome).toMatchObject({
      ok: true,
      config: {
        thresholds: [
          {
            field: 'amount',
            statistics: {
              ks: { kind: 'limit', warning: 0.1, critical: 0.3 },
              psi: { kind: 'off' },
            },
          },
        ],
        bins: {
          default: { kind: 'count', count: 20 },
          fields: [{ field: 'amount', bins: { kind: 'edges', edges: [0, 10] } }],
        },
        minSamples: 30,
        zeroFill: { kind: 'epsilon', epsilon: 0.0001 },
        missingAsBin: true,
      },
    });
  });

  test.each([
    ['thresholds: { a: { ks: { critcal: 0.2 } } }', 'thresholds.a.ks.critcal', 'critical', 1, 26],
    ['min_sample: 3', 'min_sample', 'min_samples', 1, 1],
    ['fields: { amount: {} }\nbins: { amuont: 5 }', 'bins.amuont', 'amount', 2, 9],
    ['fields: { a: { type: numric } }', 'fields.a.type', 'numeric', 1, 22],
  ])('%j is told by path, place and nearest name', (text, path, suggestion, line, column) => {
    const outcome = parseCheck(text);
    expect(outcome.ok).toBe(false);
    if (outcome.ok) return;
    expect(outcome.problems[0]).toMatchObject({ path, suggestion, line, column });
  });

  test.each([
    ['window: 1h', 'window: unknown key'],
    ['', 'must be a map with fields, thresholds and other keys of a monitor, got nothing'],
    ['- a', 'got a list'],
    ['thresholds: { a: { ks: { warning: 0.3, critical: 0.2 } } }', 'must be at most critical'],
    ['bins: { a: [3, 1] }', 'must be above the edge before it'],
  ])('%j is refused', (text, reason) => {
    const outcome = parseCheck(text);
    const problems = outcome.ok ? [] : outcome.problems;
    expect(problems.map(({ path, reason: why }) => `${path}: ${why}`).join()).toContain(reason);
  });

  test('of a program is refused with every problem', () => {
    const wrong = { min_samples: 0, treshold: {} } as unknown as CheckDocument;
    expect(() => resolveCheck(wrong)).toThrow(
      /Cannot compare with these options: min_samples: must be .*; treshold: unknown key \(did you mean "thresholds"\?\)/,
    );
  });
});
