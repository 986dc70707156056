import { expect } from 'vitest';

/** Expects a relative difference of at most `relative` (absolute where 0 is expected). */
export function expectClose(
  actual: number,
  expected: number,
  { relative = 1e-10, what = '' }: { relative?: number; what?: string } = {},
): void {
  const scale = expected === 0 ? 1 : Math.abs(expected);
  expect(
    Math.abs(actual - expected) / scale,
    `${what}: expected ${expected}, got ${actual}`,
  ).toBeLessThanOrEqual(relative);
}
