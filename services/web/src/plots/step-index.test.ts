import { expect, test } from 'vitest';
import { stepIndex } from './step-index.ts';

test.each([
  ['ArrowLeft', 4],
  ['ArrowRight', 6],
  ['PageDown', 15],
  ['PageUp', 0],
  ['Home', 0],
  ['End', 19],
])('%s leads from 5 of 20 to %d', (key, target) => {
  expect(stepIndex(key, { index: 5, count: 20 })).toBe(target);
});

test('the ends are not passed', () => {
  expect(stepIndex('ArrowLeft', { index: 0, count: 3 })).toBe(0);
  expect(stepIndex('ArrowRight', { index: 2, count: 3 })).toBe(2);
});

test('other keys, and an empty row, do not move', () => {
  expect(stepIndex('Tab', { index: 1, count: 3 })).toBeUndefined();
  expect(stepIndex('End', { index: -1, count: 0 })).toBeUndefined();
});
