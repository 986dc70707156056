import { expect, test } from 'vitest';
import { NumericGrid } from '#libs/profiles/numeric-grid.ts';
import { cellMoments } from '#libs/statistics/cell-moments.ts';
import { cellSums } from './cell-sums.ts';
import { layoutOf, normal, profileOf, rowsOf, spec, uniform } from './judge-fixture.ts';

test('mean and variance of counted values are those of the values', () => {
  const random = uniform(31);
  const specs = [spec('x', 'numeric')];
  const layout = layoutOf(
    specs,
    rowsOf(300, () => ({ x: Math.round(500 + 40 * normal(random)) })),
  );
  const [field] = layout.fields;
  if (field?.kind !== 'numeric') throw new Error('expected a numeric field');
  // Far below, far above, in the gaps and on the knots.
  const values = Array.from({ length: 2000 }, (_, i) => 480 + (i % 7) * 15 * normal(random));
  values.push(500, 501, -4000, 9000.5);
  const counts = profileOf(
    layout,
    values.map((x) => ({ x })),
  ).fields[0]!;
  if (counts.kind !== 'numeric') throw new Error('expected numeric counts');
  const sums = cellSums(new NumericGrid(field), counts);
  const { count, mean, variance } = cellMoments(sums, field);
  const expected = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - expected) ** 2, 0);
  expect(count).toBe(values.length);
  // A value's place in its gap is rounded to 2^-31 of it.
  expect(Math.abs(mean - expected)).toBeLessThan(1e-9);
  expect(Math.abs(variance / (squares / values.length) - 1)).toBeLessThan(1e-11);
});
