import { expect, it } from 'vitest';
import { andersonDarlingSpread } from './anderson-darling-spread.ts';
import { expectClose } from './reference/expect-close.ts';

/** σ_N with the double sum of the paper written out. */
function fromDefinition(n: number, m: number): number {
  const total = n + m;
  let h = 0;
  let g = 0;
  for (let j = total - 1; j > 0; j--) {
    h += 1 / j;
    for (let i = 1; i < j && i <= total - 2; i++) g += 1 / ((total - i) * j);
  }
  const k = 2;
  const inverse = 1 / n + 1 / m;
  const a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * inverse;
  const b = (2 * g - 4) * k ** 2 + 8 * h * k + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
  const c = (6 * h + 2 * g - 2) * k ** 2 + (4 * h - 4 * g + 6) * k + (2 * h - 6) * inverse + 4 * h;
  const d = (2 * h + 6) * k ** 2 - 4 * h * k;
  const cube = a * total ** 3 + b * total ** 2 + c * total + d;
  return Math.sqrt(cube / ((total - 1) * (total - 2) * (total - 3)));
}

it('agrees with the paper’s sums, below and above where they are replaced by expansions', () => {
  for (const [n, m] of [
    [2, 2],
    [9, 5],
    [100, 100],
    [101, 100],
    [400, 60],
  ] as const) {
    expectClose(andersonDarlingSpread({ n, m })!, fromDefinition(n, m), { relative: 1e-11 });
  }
});

it('tends to the standard deviation of the limit law, √(2(π² − 9)/3)', () => {
  expectClose(andersonDarlingSpread({ n: 1e9, m: 1e9 })!, Math.sqrt((2 * (Math.PI ** 2 - 9)) / 3), {
    relative: 1e-7,
  });
});

it('is not defined for fewer than four values', () => {
  expect(andersonDarlingSpread({ n: 2, m: 1 })).toBeUndefined();
});
