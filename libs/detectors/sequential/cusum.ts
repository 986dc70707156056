import { number, SIZE, VALUE } from '#libs/statistics/checked-record.ts';
import type { DetectorDefinition } from './sequential-detector.ts';

export interface CusumOptions {
  /** Mean of the values while nothing has changed. */
  readonly mean: number;
  /** Their standard deviation. */
  readonly sd: number;
  /** Half the shift to be found soonest, in standard deviations; 0.5 unless given. */
  readonly k: number;
  /** Accumulated deviation above which it is drift, in standard deviations; 5 unless given. */
  readonly h: number;
}

interface CusumMemory {
  up: number;
  down: number;
}

/**
 * Tabular cumulative sum chart, two-sided: with z = (x − mean)/sd, C⁺ ← max(0, C⁺ + z − k) and
 * C⁻ ← max(0, C⁻ − z − k); drift where one of them is above h. For independent normal values and
 * the defaults there are 465 values between false alarms on average, and 10.4 until a shift of one
 * standard deviation is found; correlated values, or an estimated mean, shorten the former.
 *
 * Page 1954, Biometrika 41; Montgomery, Introduction to Statistical Quality Control, section 9.1,
 * whose run lengths are those of Hawkins 1993, Journal of Quality Technology 25.
 */
export const CUSUM: DetectorDefinition<CusumOptions, CusumMemory> = {
  name: 'cusum',
  options: {
    mean: VALUE,
    sd: SIZE,
    k: number({ fallback: 0.5, atLeast: 0 }),
    h: number({ fallback: 5, above: 0 }),
  },
  memory: { up: number({ atLeast: 0 }), down: number({ atLeast: 0 }) },
  prepare: ({ mean, sd, k, h }) => ({
    start: () => ({ up: 0, down: 0 }),
    step: (memory, value) => {
      const z = (value - mean) / sd;
      memory.up = Math.max(0, memory.up + z - k);
      memory.down = Math.max(0, memory.down - z - k);
      const risen = memory.up >= memory.down;
      const statistic = risen ? memory.up : memory.down;
      return {
        kind: statistic > h ? 'drift' : 'steady',
        direction: risen ? 'up' : 'down',
        statistic,
        limit: h,
      };
    },
  }),
};
