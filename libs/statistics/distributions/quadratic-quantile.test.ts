import { expect, it } from 'vitest';
import { expectClose } from '../reference/expect-close.ts';
import { quadraticQuantile } from './quadratic-quantile.ts';
import { ANDERSON_DARLING, CRAMER_VON_MISES, logQuadraticTail } from './quadratic-tail.ts';

it('is the inverse of the tail', () => {
  for (const law of [CRAMER_VON_MISES, ANDERSON_DARLING]) {
    for (const alpha of [0.999, 0.5, 0.05, 0.01, 1e-9, 1e-200]) {
      const z = quadraticQuantile(law, alpha);
      expectClose(Math.exp(logQuadraticTail(z, law)), alpha, { relative: 1e-10, what: `${alpha}` });
    }
  }
});

it('gives the tabled points at 5 % and 1 %', () => {
  expect(quadraticQuantile(CRAMER_VON_MISES, 0.05)).toBeCloseTo(0.46136, 5);
  expect(quadraticQuantile(CRAMER_VON_MISES, 0.01)).toBeCloseTo(0.74346, 5);
  // Lewis 1961: the 3.857 of Anderson and Darling's own table is too small.
  expect(quadraticQuantile(ANDERSON_DARLING, 0.05)).toBeCloseTo(2.4924, 3);
  expect(quadraticQuantile(ANDERSON_DARLING, 0.01)).toBeCloseTo(3.8781, 3);
});

it('refuses an alpha outside (0, 1)', () => {
  expect(() => quadraticQuantile(ANDERSON_DARLING, 0)).toThrow('alpha must be in (0, 1), got 0');
});
