import { describe, expect, it } from 'vitest';
import { categoricalLayout, layoutOf, numericLayout } from '#libs/profiles/testing/layouts.ts';
import { resolveSeriesRules, type SequentialInput } from './series-rules.ts';

const LAYOUT = layoutOf([numericLayout([0, 1, 2]), categoricalLayout(['a'])]);
const [X, C] = LAYOUT.fields.map(({ spec }) => spec.name);

function rule(field: string, statistic: string, options: object = {}): SequentialInput {
  return {
    ...{ field, statistic, detector: 'adwin', verdict: 'warning' },
    options: options as Record<string, number>,
  };
}

describe('resolveSeriesRules', () => {
  it('takes a field’s own rule over that of all others, statistic by statistic', () => {
    const rules = resolveSeriesRules(LAYOUT, [
      rule('*', 'psi', { delta: 0.1 }),
      rule(X!, 'psi', { delta: 0.2 }),
      rule(X!, 'ks'),
      rule('*', 'unseen_rate'),
    ]);
    expect(rules.map(({ field, statistic, options }) => [field, statistic, options])).toEqual([
      [X, 'ks', {}],
      [X, 'psi', { delta: 0.2 }],
      [C, 'psi', { delta: 0.1 }],
      [C, 'unseen_rate', {}],
    ]);
    expect(resolveSeriesRules(LAYOUT)).toEqual([]);
  });

  it.each([
    [rule('xx', 'ks'), /sequential\.xx must name a monitored field, got 'xx'/],
    [rule('*', 'kss'), /sequential\.\*\.kss must be a known statistic, got 'kss'/],
    [rule('*', 'volume'), /must be a statistic of a field/],
    [rule(C!, 'ks'), /must be a statistic that applies to a categorical field, got 'ks'/],
    [rule(X!, 'ks', { delta: 2 }), /ks is wrong: Cannot create adwin: delta must be a number/],
  ])('refuses %j', (input, message) => {
    expect(() => resolveSeriesRules(LAYOUT, [input])).toThrow(
      expect.objectContaining({
        code: 'PLB_CONFIG_INVALID',
        message: expect.stringMatching(message),
      }),
    );
  });
});
