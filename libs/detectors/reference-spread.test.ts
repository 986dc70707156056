import { expect, test } from 'vitest';
import { chiSquared } from '#libs/statistics/chi-squared.ts';
import { fieldBaseline } from './field-baseline.ts';
import { layoutOf, normal, profileOf, type Row, rowsOf, spec, uniform } from './judge-fixture.ts';
import { referenceSpread } from './reference-spread.ts';
import { resolveRules } from './rules.ts';

/** sup abs(F − G) from the definition. */
function ksOf(before: readonly number[], after: readonly number[]): number {
  const share = (sample: readonly number[], at: number): number =>
    sample.filter((value) => value <= at).length / sample.length;
  return Math.max(
    ...[...before, ...after].map((at) => Math.abs(share(before, at) - share(after, at))),
  );
}

test('each part is compared with the baseline without it, on the reference scale', () => {
  const random = uniform(21);
  const row = (i: number): Row => ({
    x: random() < 0.1 ? null : Math.round(normal(random) * 10 + (i % 3)),
    c: ['a', 'b', `once${Math.floor(random() * 400)}`][Math.floor(random() * 2.1)],
  });
  const parts = [60, 90, 0, 40].map((count) => rowsOf(count, row));
  const rows = parts.flat();
  const layout = layoutOf([spec('x', 'numeric'), spec('c', 'categorical')], rows);
  const whole = profileOf(layout, rows);
  const rules = resolveRules(layout);
  const fields = layout.fields.map((field, i) =>
    fieldBaseline(field, {
      counts: whole.fields[i]!,
      events: whole.events,
      rules: rules.fields[i]!,
      errorBound: null,
      seen: null,
    }),
  );
  const before = JSON.stringify(whole);
  const [x, c] = referenceSpread(
    { layout, fields, whole, zeroFill: rules.zeroFill, missingAsBin: false },
    parts.map((part) => profileOf(layout, part)),
  );
  expect(JSON.stringify(whole)).toBe(before);
  const filled = parts.filter((part) => part.length > 0);
  const splits = filled.map((part) => ({
    part,
    rest: filled.filter((other) => other !== part).flat(),
  }));
  const numbers = (sample: readonly Row[]): number[] =>
    sample.flatMap((entry) => (entry.x === null ? [] : [Number(entry.x)]));
  const ks = splits.map(({ part, rest }) => {
    const [n, m] = [numbers(rest).length, numbers(part).length];
    return (ksOf(numbers(rest), numbers(part)) ** 2 * n * m) / (n + m);
  });
  expect(x?.get('ks')?.x).toHaveLength(3);
  for (const [i, expected] of ks.entries()) expect(x?.get('ks')?.x[i]).toBeCloseTo(expected, 10);
  const missing = splits.map(({ part, rest }) => {
    const [b, w] = [rest, part].map((sample) => sample.filter((entry) => entry.x === null).length);
    return chiSquared({
      baseline: [b!, rest.length - b!],
      window: [w!, part.length - w!],
    }).statistic;
  });
  expect(x?.get('missing_rate')?.x).toEqual(missing);
  const unseen = splits.map(({ part, rest }) => {
    const times = new Map<unknown, number>();
    for (const { c: category } of rest) times.set(category, (times.get(category) ?? 0) + 1);
    const once = [...times.values()].filter((count) => count === 1).length;
    const fresh = part.filter((entry) => !times.has(entry.c)).length;
    return chiSquared({
      baseline: [once, rest.length - once],
      window: [fresh, part.length - fresh],
    }).statistic;
  });
  expect(Math.max(...unseen)).toBeGreaterThan(0);
  expect(c?.get('unseen_rate')?.x).toEqual(unseen);
});
