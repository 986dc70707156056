import { edfDistance } from './edf-distance.ts';
import { kuiperPValue } from './kuiper-p-value.ts';
import type { CellCounts, Significance } from './result.ts';

/** The statistic of Kuiper's test without its p-value. */
export interface KuiperDistance {
  /** V = D⁺ + D⁻, which does not depend on where a circle begins. */
  readonly statistic: number;
  readonly d_plus: number;
  readonly d_minus: number;
  readonly n: number;
  readonly m: number;
}

export type KuiperResult = KuiperDistance & Significance;

/**
 * Kuiper's two-sample test on rank cells, for values on a circle or a line.
 *
 * @throws RangeError when a sample is empty
 */
export function kuiper(cells: CellCounts): KuiperResult {
  const distance = kuiperDistance(cells);
  return { ...distance, ...kuiperPValue(distance.statistic, distance) };
}

/**
 * The statistic alone.
 *
 * @throws RangeError when a sample is empty
 */
export function kuiperDistance(cells: CellCounts): KuiperDistance {
  const { d_plus, d_minus, n, m } = edfDistance(cells, 'kuiper');
  return { statistic: d_plus + d_minus, d_plus, d_minus, n, m };
}
