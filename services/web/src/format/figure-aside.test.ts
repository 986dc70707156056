import { expect, test } from 'vitest';
import { figureAside } from './figure-aside.ts';

test('what a value means stands behind it', () => {
  expect(figureAside('mann_whitney', { statistic: 0.13, details: { auc: 0.37 } })).toBe('AUC 0.37');
  expect(figureAside('wasserstein', { statistic: 9, details: { normalised: 0.4 } })).toBe(
    '0.40 sd',
  );
  expect(figureAside('chi_squared', { statistic: 9, details: { cramers_v: 0.04 } })).toBe('V 0.04');
});

test('nothing where a baseline has no spread, and behind other statistics', () => {
  const constant = { statistic: 9, details: { normalised: 'not defined: no spread' } };
  expect(figureAside('wasserstein', constant)).toBe('');
  expect(figureAside('ks', { statistic: 0.1, details: { d_plus: 0.1 } })).toBe('');
  expect(figureAside('psi', { statistic: 0.1 })).toBe('');
});
