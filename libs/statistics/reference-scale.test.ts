import { expect, it } from 'vitest';
import { fromReferenceScale, iidMean, toReferenceScale } from './reference-scale.ts';

it('puts each statistic on its scale and back', () => {
  const sizes = { n: 300, m: 100 };
  expect(toReferenceScale('ks', { value: 0.2, ...sizes })).toBeCloseTo(75 * 0.04, 12);
  expect(toReferenceScale('kuiper', { value: 0.2, ...sizes })).toBeCloseTo(3, 12);
  expect(toReferenceScale('psi', { value: 0.2, ...sizes })).toBeCloseTo(15, 12);
  expect(toReferenceScale('missing_rate', { value: 7, ...sizes })).toBe(7);
  for (const name of ['ks', 'kuiper', 'psi', 'chi_squared'] as const) {
    const x = toReferenceScale(name, { value: 0.3, ...sizes });
    expect(fromReferenceScale(name, { x, ...sizes })).toBeCloseTo(0.3, 12);
  }
});

it('knows the means under independent events', () => {
  expect(iidMean('ks')).toBeCloseTo(0.8225, 4);
  expect(iidMean('kuiper')).toBeCloseTo(1.6449, 4);
  expect(iidMean('psi', 10)).toBe(9);
  expect(iidMean('unseen_rate')).toBe(1);
});
