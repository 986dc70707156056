import { describe, expect, it } from 'vitest';
import { expectClose } from '../reference/expect-close.ts';
import { logIncompleteBeta } from './incomplete-beta.ts';

describe('logIncompleteBeta', () => {
  it('equals the closed form for b = 1 and for a = 1', () => {
    for (const x of [1e-9, 0.1, 0.5, 0.93]) {
      expectClose(logIncompleteBeta({ a: 7.5, b: 1, x, y: 1 - x }), 7.5 * Math.log(x), {
        relative: 1e-13,
      });
      const expected = Math.log1p(-((1 - x) ** 3));
      expectClose(logIncompleteBeta({ a: 1, b: 3, x, y: 1 - x }), expected, { relative: 1e-6 });
    }
  });

  it('is symmetric: I_x(a, b) + I_y(b, a) = 1', () => {
    for (const [a, b, x] of [
      [2, 5, 0.2],
      [300, 1e5, 0.0031],
      [0.05, 0.02, 0.7],
    ] as const) {
      const y = 1 - x;
      const both =
        Math.exp(logIncompleteBeta({ a, b, x, y })) +
        Math.exp(logIncompleteBeta({ a: b, b: a, x: y, y: x }));
      expect(both).toBeCloseTo(1, 12);
    }
  });

  it('is 0 and 1 at the ends', () => {
    expect(logIncompleteBeta({ a: 2, b: 3, x: 0, y: 1 })).toBe(-Infinity);
    expect(logIncompleteBeta({ a: 2, b: 3, x: 1, y: 0 })).toBe(0);
  });
});
