import { describe, expect, it } from 'vitest';
import table from '../reference/distributions.json' with { type: 'json' };
import { expectClose } from '../reference/expect-close.ts';
import { fUpperTail } from './f-upper-tail.ts';

describe('fUpperTail', () => {
  it('agrees with SciPy, also for degrees that are not integers', () => {
    for (const [f, d1, d2, p] of table.f as [number, number, number, number][]) {
      expectClose(fUpperTail(f, { d1, d2 }).p_value, p, {
        relative: 1e-9,
        what: `${f}, ${d1}, ${d2}`,
      });
    }
  });

  it('keeps its logarithm beyond underflow', () => {
    for (const [f, d1, d2, log10] of table.f_log10 as [number, number, number, number][]) {
      expectClose(fUpperTail(f, { d1, d2 }).log10_p, log10, {
        relative: 1e-12,
        what: `${f}, ${d1}, ${d2}`,
      });
    }
  });

  it('is 1 at 0 and 0 at infinity', () => {
    expect(fUpperTail(0, { d1: 3, d2: 9 }).p_value).toBe(1);
    expect(fUpperTail(Infinity, { d1: 3, d2: 9 }).p_value).toBe(0);
  });

  it('refuses degrees of freedom of 0', () => {
    expect(() => fUpperTail(1, { d1: 0, d2: 9 })).toThrow(RangeError);
  });
});
