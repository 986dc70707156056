import { ksAsymptoticPValue } from './ks-asymptotic.ts';
import { ksExactPValue } from './ks-exact.ts';
import type { CellCounts, Significance } from './result.ts';

/** n·m up to which the exact p-value is computed. */
const KS_EXACT_LIMIT = 4_000_000;

/** What {@link ksPValue} needs beside the cells. */
export interface KsPValueOptions {
  readonly n: number;
  readonly m: number;
  readonly statistic: number;
  /** `auto` (default): exact, conditional on ties, while n·m ≤ 4,000,000. */
  readonly method?: 'auto' | 'exact' | 'asymptotic';
}

/** A p-value and how it was computed. */
export interface KsPValue extends Significance {
  readonly method: 'exact' | 'asymptotic';
}

/**
 * Two-sided p-value of a Kolmogorov–Smirnov statistic: exact and conditional on the ties of the
 * cells for small samples, else of the large-sample distribution, which ignores ties (conservative).
 */
export function ksPValue(cells: CellCounts, options: KsPValueOptions): KsPValue {
  const { n, m, statistic, method = 'auto' } = options;
  if (method === 'exact' || (method === 'auto' && n * m <= KS_EXACT_LIMIT)) {
    const h = Math.round(statistic * n * m);
    return { ...ksExactPValue(cells, { n, m, h }), method: 'exact' };
  }
  return { ...ksAsymptoticPValue(statistic, { n, m }), method: 'asymptotic' };
}
