import { expect, test } from 'vitest';
import { completeFrom } from './baseline-range.ts';

const run = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

test('a log that was sampled as a whole is complete from the beginning', () => {
  expect(completeFrom([{ times: run(5, 20), fromStart: true }])).toBe(Number.NEGATIVE_INFINITY);
  expect(completeFrom([{ times: [], fromStart: false }])).toBe(Number.NEGATIVE_INFINITY);
});

test('the partition that reaches back least decides, unless it holds its whole log', () => {
  const partial = { times: run(100, 100), fromStart: false };
  const short = { times: run(120, 80), fromStart: false };
  // The middle one of the first nine.
  expect(completeFrom([partial, short])).toBe(124);
  expect(completeFrom([partial, { ...short, fromStart: true }])).toBe(104);
});

test('one wrong clock at its beginning does not decide', () => {
  const times = [1e9, ...run(100, 99)];
  expect(completeFrom([{ times, fromStart: false }])).toBe(104);
});

test('partitions that reach back too differently have no range in common', () => {
  const long = { times: run(0, 100), fromStart: false };
  expect(completeFrom([long, { times: run(95, 5), fromStart: false }])).toBeNull();
});
