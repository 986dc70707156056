import { expect, test } from 'vitest';
import { centralRange } from './central-range.ts';

/** A value far out that holds almost nothing. */
const TAILED = {
  x: [0, 10, 20, 1_000],
  baseline: [0.1, 0.6, 0.99, 1],
  window: [0.2, 0.7, 0.985, 1],
};

test('a thin tail is left out, and that is said', () => {
  expect(centralRange(TAILED, undefined)).toEqual({ min: 0, max: 20, clipped: true });
});

test('the point of the gap stays in sight wherever it is', () => {
  expect(centralRange(TAILED, 1_000)).toEqual({ min: 0, max: 1_000, clipped: false });
});

test('a tail that one of the two distributions fills is kept', () => {
  const window = [0.1, 0.2, 0.5, 1];
  expect(centralRange({ ...TAILED, window }, undefined).max).toBe(1_000);
});

test('one huge step of a thinned tail is left out at either end', () => {
  const shares = [0.001, 0.04, 0.3, 0.6, 0.955, 1];
  const x = [-5_000, 0, 5, 10, 20, 1_700];
  const range = centralRange({ x, baseline: shares, window: shares }, undefined);
  expect(range).toEqual({ min: 0, max: 20, clipped: true });
});

test('without tails everything is shown, from where the curve leaves zero', () => {
  const shares = [0.01, 0.3, 0.6, 0.9, 1];
  const x = [0, 1, 2, 3, 4];
  const range = centralRange({ x, baseline: shares, window: shares }, 2);
  expect(range).toEqual({ min: 0, max: 4, clipped: false });
});

test('one value alone, or none, still gives a range', () => {
  const one = centralRange({ x: [5], baseline: [1], window: [1] }, 5);
  expect(one.min).toBeLessThan(5);
  expect(one.max).toBeGreaterThan(5);
  const none = centralRange({ x: [], baseline: [], window: [] }, undefined);
  expect(none.max).toBeGreaterThan(none.min);
});
