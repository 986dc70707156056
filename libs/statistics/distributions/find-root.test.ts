import { expect, it } from 'vitest';
import { findRoot } from './find-root.ts';

it('finds roots that are steep, flat, or at an end', () => {
  expect(findRoot((x) => x ** 3 - 2, { lower: 0, upper: 5 })).toBeCloseTo(Math.cbrt(2), 13);
  expect(findRoot((x) => (x - 1) ** 9, { lower: -3, upper: 9 })).toBeCloseTo(1, 1);
  expect(findRoot((x) => Math.exp(-50 * x) - 1e-9, { lower: 0, upper: 10 })).toBeCloseTo(
    Math.log(1e9) / 50,
    12,
  );
  expect(findRoot((x) => x - 4, { lower: 4, upper: 5 })).toBe(4);
});

it('copes with an infinite value at an end', () => {
  expect(findRoot((x) => Math.log(x) + 3, { lower: 0, upper: 1 })).toBeCloseTo(Math.exp(-3), 13);
});

it('refuses ends of equal sign', () => {
  expect(() => findRoot((x) => x * x + 1, { lower: -1, upper: 1 })).toThrow(/signs/);
});
