import type { CellCounts, Significance } from './result.ts';
import { significanceFromLog } from './significance.ts';

// Chances go far below the range of doubles, so each is f · 2^(600·e). One exponent step is wide
// enough that terms two steps apart cannot matter to each other.
const STEP_DOWN = 2 ** -600;
const STEP_UP = 2 ** 600;
const LOG_STEP = 600 * Math.LN2;
const SMALL = 2 ** -300;
const LARGE = 2 ** 300;
const EXPONENT_OF_ZERO = -(2 ** 30);

/** What the exact p-value conditions on. */
export interface KsExactOptions {
  readonly n: number;
  readonly m: number;
  /** max abs(i·m − j·n) over the ends of blocks, an integer. */
  readonly h: number;
}

/**
 * Exact two-sided p-value of the Kolmogorov–Smirnov statistic, conditional on the pooled order and
 * its ties: the chance that a random split of the pooled values into n and m is at least as far
 * apart at the end of some tie block.
 *
 * q(i, j), the chance from i and j values on, is computed backwards along diagonals i + j and only
 * inside the band that has not been left yet; nothing is ever subtracted from 1. Values in open
 * (even) cells are distinct. At most n·m steps, and memory for min(n, m) numbers.
 */
export function ksExactPValue(cells: CellCounts, options: KsExactOptions): Significance {
  return significanceFromLog(options.h <= 0 ? 0 : logChance(cells, options));
}

/** ln q(0, 0). One long function because calls a diagonal would double the time of thin bands. */
function logChance({ baseline, window }: CellCounts, options: KsExactOptions): number {
  const { h } = options;
  // i counts the smaller sample; fraction[i] · 2^(600·exponent[i]) is q(i, s − i).
  const n = Math.min(options.n, options.m);
  const m = Math.max(options.n, options.m);
  const total = n + m;
  const fraction = new Float64Array(n + 2).fill(1);
  const exponent = new Int32Array(n + 2);
  fraction[n] = 0;
  exponent[n] = EXPONENT_OF_ZERO;
  // Outside [low, high] every chance is 1; the band holds every i less than h apart.
  let low = n;
  let high = n;
  let bandLow = n + 1;
  let bandHigh = total;
  let s = total;
  for (let cell = baseline.length - 1; cell >= 0; cell--) {
    const count = baseline[cell]! + window[cell]!;
    if (count === 0) continue;
    const size = cell % 2 === 1 ? count : 1;
    for (let block = count / size; block > 0; block--) {
      // At the end of a block, whoever is h or further apart has left, with chance 1.
      const centre = s * n;
      while ((bandLow - 1) * total > centre - h) bandLow--;
      while (bandHigh * total >= centre + h) bandHigh--;
      for (; low <= high && low < bandLow; low++) {
        fraction[low] = 1;
        exponent[low] = 0;
      }
      for (; high >= low && high > bandHigh; high--) {
        fraction[high] = 1;
        exponent[high] = 0;
      }
      if (low > high) {
        // Everybody has left, so every chance before this block is 1 too.
        return 0;
      }
      for (const end = s - size; s > end; ) {
        const share = 1 / (total - --s);
        const least = s > m ? s - m : 0;
        low = low > least ? low - 1 : least;
        if (high > s) high = s;
        let f0 = fraction[low]!;
        let e0 = exponent[low]!;
        for (let i = low; i <= high; i++) {
          const f1 = fraction[i + 1]!;
          const e1 = exponent[i + 1]!;
          const toNext = (n - i) * share * f1;
          const toSame = (m - s + i) * share * f0;
          let f: number;
          let e = e0;
          if (e0 === e1) {
            f = toNext + toSame;
          } else if (e1 > e0 ? toNext !== 0 : toSame === 0) {
            f = e1 - e0 === 1 ? toNext + toSame * STEP_DOWN : toNext;
            e = e1;
          } else {
            f = e0 - e1 === 1 ? toSame + toNext * STEP_DOWN : toSame;
          }
          if (f < SMALL) {
            if (f > 0) {
              f *= STEP_UP;
              e -= 1;
            } else e = EXPONENT_OF_ZERO;
          } else if (f > LARGE) {
            f *= STEP_DOWN;
            e += 1;
          }
          fraction[i] = f;
          exponent[i] = e;
          f0 = f1;
          e0 = e1;
        }
      }
    }
  }
  return Math.log(fraction[0]!) + exponent[0]! * LOG_STEP;
}
