import { expect, it } from 'vitest';
import table from '../reference/distributions.json' with { type: 'json' };
import { logHypergeometric } from './hypergeometric.ts';

it('agrees with exact integers', () => {
  const rows = table.hypergeometric_log10 as [number, number, number, number, number][];
  for (const [k, total, marked, draws, log10] of rows) {
    const actual = logHypergeometric(k, { total, marked, draws }) / Math.LN10;
    expect(Math.abs(actual - log10), `${k} of ${total}`).toBeLessThan(
      1e-12 * (1 + Math.abs(log10)),
    );
  }
});

it('is certain when nothing or everything is drawn', () => {
  expect(logHypergeometric(0, { total: 9, marked: 4, draws: 0 })).toBe(0);
  expect(logHypergeometric(4, { total: 9, marked: 4, draws: 9 })).toBe(0);
  expect(logHypergeometric(3, { total: 9, marked: 4, draws: 9 })).toBe(-Infinity);
});
