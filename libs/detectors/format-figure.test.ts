import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatBeside,
  formatChange,
  formatCount,
  formatPValue,
  formatShare,
  formatStatistic,
  formatValue,
  formatValues,
} from './format-figure.ts';

describe('figures in words', () => {
  test('counts and values', () => {
    expect(formatCount(41_802)).toBe('41,802');
    expect(formatValue(41)).toBe('41');
    expect(formatValue(-3.1444)).toBe('−3.14');
    expect(formatValue(41_802.4)).toBe('41,802');
    expect(formatValue(999.9)).toBe('1,000');
    expect(formatValue(3.2e-7)).toBe('3.2e-7');
    expect(formatValue(1e300)).toBe('1e+300');
    expect(formatValues(100.01, 100.02)).toEqual(['100.01', '100.02']);
    expect(formatValues(41, 63)).toEqual(['41', '63']);
  });

  test('a statistic is told apart from its limit', () => {
    expect(formatBeside(0.27, 0.2)).toEqual(['0.27', '0.20']);
    expect(formatBeside(0.1004, 0.1)).toEqual(['0.1004', '0.1000']);
    expect(formatBeside(0.1, 0.1)).toEqual(['0.10', '0.10']);
    expect(formatStatistic(0.00412)).toBe('0.004');
    expect(formatStatistic(0.00001)).toBe('<0.001');
    expect(formatStatistic(1234)).toBe('1,234');
  });

  test('shares', () => {
    expect(formatShare(0.001)).toBe('0.1%');
    expect(formatShare(0.12)).toBe('12%');
    expect(formatShare(0.9997)).toBe('99.97%');
    expect(formatShare(1)).toBe('100%');
    expect(formatShare(1e-9)).toBe('<0.001%');
    expect(formatChange(0.12, 0.18)).toBe('12% → 18%');
    expect(formatChange(0.121, 0.124)).toBe('12.1% → 12.4%');
    expect(formatChange(0.1, 0.1)).toBe('10%');
    expect(formatPValue(0.0312)).toBe('p = 0.031');
    expect(formatPValue(1e-40)).toBe('p < 1e-16');
  });

  test('only nothing is 0% and only everything 100%', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        const text = formatShare(share);
        expect(text === '0%').toBe(share === 0);
        expect(text === '100%').toBe(share === 1);
        expect(text.length).toBeLessThanOrEqual(8);
      }),
      { seed: 1 },
    );
  });
});
