import { expect, it } from 'vitest';
import { poissonDeviance } from './poisson-deviance.ts';

it('equals x ln(x/μ) + μ − x away from μ', () => {
  expect(poissonDeviance(3, 8)).toBeCloseTo(3 * Math.log(3 / 8) + 5, 14);
  expect(poissonDeviance(0, 8)).toBe(8);
  expect(poissonDeviance(8, 8)).toBe(0);
});

it('keeps its digits near μ, where it tends to (x−μ)²/(2μ)', () => {
  const mean = 1e8;
  // Third-order term of the expansion: −(x−μ)³/(6μ²).
  expect(
    poissonDeviance(mean + 10, mean) / (100 / (2 * mean) - 1000 / (6 * mean ** 2)),
  ).toBeCloseTo(1, 12);
});
