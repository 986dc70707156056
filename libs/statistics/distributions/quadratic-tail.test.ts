import { describe, expect, it } from 'vitest';
import table from '../reference/quadratic.json' with { type: 'json' };
import { ANDERSON_DARLING, CRAMER_VON_MISES, logQuadraticTail } from './quadratic-tail.ts';

const LAWS = [
  ['cramer_von_mises', CRAMER_VON_MISES, table.cramer_von_mises],
  ['anderson_darling', ANDERSON_DARLING, table.anderson_darling],
] as const;

/** ln erfc(x) for large x by its continued fraction. */
function logErfc(x: number): number {
  let fraction = x;
  for (let k = 60; k > 0; k--) fraction = x + k / 2 / fraction;
  return -x * x - Math.log(fraction) - 0.5 * Math.log(Math.PI);
}

describe.each(LAWS)('logQuadraticTail of %s', (_, law, rows) => {
  it('agrees with the series of Anderson and Darling in as many digits as it takes', () => {
    for (const [z, log10] of rows as [number, number][]) {
      const actual = logQuadraticTail(z, law) / Math.LN10;
      expect(Math.abs(actual - log10), `z ${z}`).toBeLessThan(2e-13 * (1 + Math.abs(log10)));
    }
  });

  it('never rises, through both ways of integration and far beyond underflow', () => {
    let last = 0;
    for (let z = 1e-3; z < 1e5; z *= 1.003) {
      const log = logQuadraticTail(z, law);
      // Near p = 1 the last digit is not certain.
      expect(log, `z ${z}`).toBeLessThanOrEqual(last + 1e-14);
      last = log;
    }
    expect(last).toBeLessThan(-4e4);
    expect(last).toBeGreaterThan(-Infinity);
  });

  it('is 1 at and below 0', () => {
    expect(logQuadraticTail(0, law)).toBe(0);
    expect(logQuadraticTail(-3, law)).toBe(0);
  });
});

it('approaches √2·erfc(π√(z/2)) and √3·erfc(√z), which its beginning integrates to', () => {
  const apart = (z: number) => {
    const cvm = Math.log(2) / 2 + logErfc(Math.PI * Math.sqrt(z / 2));
    const ad = Math.log(3) / 2 + logErfc(Math.sqrt(z));
    return [
      Math.exp(logQuadraticTail(z, CRAMER_VON_MISES) - cvm) - 1,
      Math.exp(logQuadraticTail(z, ANDERSON_DARLING) - ad) - 1,
    ] as const;
  };
  // p is 1e-3 at 1.17 and 5.97.
  expect(Math.abs(apart(1.17)[0])).toBeLessThan(0.06);
  expect(Math.abs(apart(5.97)[1])).toBeLessThan(0.06);
  for (const z of [10, 100, 1000]) {
    for (const gap of apart(z)) expect(Math.abs(gap)).toBeLessThan(0.4 / z);
  }
});
