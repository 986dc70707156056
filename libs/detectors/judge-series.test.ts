import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Assessment, Verdict } from './evaluation.ts';
import { figuresOfWindow, judgeSeries, type WindowFigures } from './judge-series.ts';
import { createDetector } from './sequential/detectors.ts';
import type { SeriesRule } from './series-rules.ts';

const RULE: SeriesRule = {
  ...{ field: 'amount', statistic: 'ks', detector: 'page_hinkley', verdict: 'warning' },
  options: { delta: 0.01, lambda: 0.1, minInstances: 3 },
};

function windowOf(
  ks: number,
  { m = 500, n = 5000, verdict = 'ok' as Verdict, field = 'amount', segment = '' } = {},
): Assessment {
  return {
    ...{ field, segment: segment === '' ? null : segment, verdict, n, m, warnings: [] },
    ...{ reason_code: 'within_limits', reason: 'KS is within its limit.' },
    statistics: { ks: { statistic: ks }, missing_rate: { statistic: 0 } },
  };
}

/** Judges the last of the windows. */
function judgeLast(
  windows: readonly Assessment[],
  rules: readonly SeriesRule[] = [RULE],
): Assessment {
  const given = { rules, minSamples: 100, minSegmentRows: 300 };
  const past = windows.slice(0, -1).map((window) => figuresOfWindow([window], given));
  return judgeSeries(windows.slice(-1), { ...given, past })[0]!;
}

const QUIET = Array.from({ length: 10 }, (_, i) => windowOf(0.03 + (i % 2) / 100));
const RISEN = [...QUIET, windowOf(0.09), windowOf(0.09), windowOf(0.09)];

describe('judgeSeries', () => {
  it('raises the verdict where figures below every limit have risen, and says so', () => {
    const judged = judgeLast(RISEN);
    expect(judged).toMatchObject({
      verdict: 'warning',
      reason_code: 'page_hinkley_warning',
      reason: expect.stringMatching(
        /^KS has risen within 13 windows: Page–Hinkley 0\.1\d* \(limit 0\.10\)\. KS is within/,
      ),
      statistics: {
        ks: { statistic: 0.09, sequential: { kind: 'drift', direction: 'up', windows: 13 } },
      },
    });
    expect(judgeLast(RISEN.slice(0, -1))).toMatchObject({ verdict: 'ok' });
    expect(judgeLast(RISEN, [{ ...RULE, verdict: 'critical' }])).toMatchObject({
      verdict: 'critical',
      reason_code: 'page_hinkley_critical',
    });
  });

  it('counts windows since the last alarm', () => {
    const judged = judgeLast([...RISEN, windowOf(0.09), windowOf(0.09)]);
    expect(judged.statistics.ks?.sequential).toEqual({
      ...{ detector: 'page_hinkley', kind: 'waiting', windows: 2 },
    });
  });

  it('decides nothing where figures have fallen: the window came nearer to the baseline', () => {
    const fallen = [...QUIET.map(() => windowOf(0.09)), windowOf(0), windowOf(0)];
    const judged = judgeLast(fallen);
    expect(judged.statistics.ks?.sequential).toMatchObject({ kind: 'drift', direction: 'down' });
    expect(judged).toMatchObject({ verdict: 'ok', reason_code: 'within_limits' });
  });

  it.each(['warning', 'critical'] as const)('leaves the reason of a %s first', (verdict) => {
    const judged = judgeLast([...RISEN.slice(0, -1), windowOf(0.09, { verdict })]);
    expect(judged.verdict).toBe(verdict);
    expect(judged.reason_code).toBe('within_limits');
    expect(judged.reason).toMatch(/^KS is within its limit\. KS has risen/);
  });

  it('passes over windows with too few values, and says nothing in them', () => {
    const few = windowOf(0.9, { m: 99 });
    expect(judgeLast([...QUIET, few])).toEqual(few);
    const without = judgeLast(RISEN);
    const [last] = RISEN.slice(-1);
    expect(judgeLast([...RISEN.slice(0, -1), few, few, last!])).toEqual(without);
    // A rate needs no such number.
    const rate: SeriesRule = { ...RULE, statistic: 'missing_rate' };
    expect(judgeLast([few], [rate]).statistics.missing_rate).toHaveProperty('sequential');
  });

  it('follows each segment by itself, where its baseline is large enough', () => {
    const options = { rules: [RULE], minSamples: 100, minSegmentRows: 300 };
    const windows = RISEN.map(({ statistics: { ks } }) => [
      windowOf(0.03),
      windowOf(ks!.statistic, { segment: 'country=DE' }),
      windowOf(ks!.statistic, { segment: 'other', n: 299 }),
    ]);
    const past = windows.slice(0, -1).map((window) => figuresOfWindow(window, options));
    const [whole, large, small] = judgeSeries(windows.at(-1)!, { ...options, past });
    expect(whole).toMatchObject({
      verdict: 'ok',
      statistics: { ks: { sequential: { kind: 'steady', windows: 13, statistic: 0 } } },
    });
    expect(large).toMatchObject({ verdict: 'warning', reason_code: 'page_hinkley_warning' });
    expect(small).toBe(windows.at(-1)![2]);
  });

  it('leaves other fields, and other statistics of the field, alone', () => {
    const other = windowOf(0.5, { field: 'country' });
    const given = { rules: [RULE], minSamples: 100, minSegmentRows: 300, past: [] };
    const [first, second] = judgeSeries([other, windowOf(0.05)], given);
    expect(first).toBe(other);
    expect(second!.statistics.missing_rate).toEqual({ statistic: 0 });
  });

  it('says of each window what one detector says that reads all of them', () => {
    const values = fc.array(fc.double({ min: 0, max: 0.3, noNaN: true }), {
      minLength: 1,
      maxLength: 40,
    });
    const few = fc.array(fc.boolean(), { minLength: 40, maxLength: 40 });
    const rules = fc.constantFrom<SeriesRule>(
      RULE,
      { ...RULE, detector: 'cusum', options: { mean: 0.05, sd: 0.05 } },
      { ...RULE, detector: 'ewma', options: { mean: 0.05, sd: 0.05 } },
      { ...RULE, detector: 'adwin', options: { delta: 0.5, clock: 1, minWindow: 1, grace: 2 } },
    );
    fc.assert(
      fc.property(values, few, rules, (figures, isFew, rule) => {
        const detector = createDetector(rule.detector, rule.options);
        const given = { rules: [rule], minSamples: 100, minSegmentRows: 300 };
        const past: WindowFigures[] = [];
        for (const [i, figure] of figures.entries()) {
          const window = [windowOf(figure, { m: isFew[i] ? 5 : 500 })];
          const [judged] = judgeSeries(window, { ...given, past });
          past.push(figuresOfWindow(window, given));
          if (isFew[i]) continue;
          const { remaining: _, ...expected } = { remaining: 0, ...detector.update(figure) };
          expect(judged!.statistics.ks!.sequential).toMatchObject(expected);
        }
      }),
      { seed: 33, numRuns: 100 },
    );
  });
});
