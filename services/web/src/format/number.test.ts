import { expect, test } from 'vitest';
import { formatDifference, formatFigure, formatP, formatPoints } from './number.ts';

test.each([
  [0.5, undefined, '0.50'],
  [0.0123, undefined, '0.012'],
  [0.00012, undefined, '1.2×10⁻⁴'],
  [1e-40, undefined, '10⁻⁴⁰'],
  [0, -512.3, '10⁻⁵¹²'],
  [0, undefined, '<10⁻³⁰⁰'],
  [undefined, undefined, '–'],
])('p = %s with log10 %s reads %s', (p, log10P, text) => {
  expect(formatP(p, log10P)).toBe(text);
});

test('figures carry the unit that their name implies', () => {
  expect(formatFigure('ks', 0.2718)).toBe('0.27');
  expect(formatFigure('missing_rate', 0.05)).toBe('5 points');
  expect(formatFigure('missing_rate', 0.01)).toBe('1 point');
  expect(formatFigure('volume', 0.5)).toBe('0.50×');
  expect(formatFigure('mean_shift', -1.25)).toBe('−1.25 sd');
  expect(formatFigure('wasserstein', 1234.5)).toBe('1,235');
});

test('differences have a sign, and nothing that differs reads as nothing', () => {
  expect(formatPoints(0.0213)).toBe('+2.1 points');
  expect(formatPoints(-0.00004)).toBe('−0.004 points');
  expect(formatPoints(0)).toBe('0 points');
  expect(formatDifference(-12)).toBe('−12');
  expect(formatDifference(0)).toBe('0');
});
