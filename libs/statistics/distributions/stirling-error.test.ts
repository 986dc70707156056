import { expect, it } from 'vitest';
import { stirlingError } from './stirling-error.ts';

it('is what Stirling’s formula leaves of ln 10!', () => {
  const stirling = 0.5 * Math.log(2 * Math.PI * 10) + 10 * Math.log(10) - 10;
  expect(stirlingError(10)).toBeCloseTo(Math.log(3628800) - stirling, 13);
});

it('is continuous where the series takes over from the recurrence', () => {
  const below = stirlingError(16 - 1e-9);
  expect(Math.abs(below - stirlingError(16))).toBeLessThan(1e-12);
});
