import { integer, number, oneOf, SIZE, VALUE } from '#libs/statistics/checked-record.ts';
import type { DetectorDefinition } from './sequential-detector.ts';

export interface EwmaOptions {
  /** Mean of the values while nothing has changed. */
  readonly mean: number;
  /** Their standard deviation. */
  readonly sd: number;
  /** Weight of the newest value, in (0, 1]; 0.1 unless given. */
  readonly lambda: number;
  /** L: distance of the limits from the mean, in standard deviations of the average; 2.814 unless given. */
  readonly width: number;
  /** `exact` limits are narrower for the first values; `asymptotic` ones are not. */
  readonly limits: 'exact' | 'asymptotic';
}

interface EwmaMemory {
  count: number;
  /** Average of the deviations from the mean. */
  average: number;
}

/**
 * Exponentially weighted moving average chart: z ← λx + (1 − λ)z from z = mean; drift where
 * |z − mean| is above L·sd·√(λ/(2 − λ)·[1 − (1 − λ)²ⁱ]) at the i-th value, or, with asymptotic
 * limits, above the same without the bracket. For independent normal values and the defaults there
 * are 486 values between false alarms on average, and 8.2 until a shift of one standard deviation is
 * found (500 and 10.3 with asymptotic limits). Statistic and limit are in the unit of the values.
 *
 * Roberts 1959, Technometrics 1; Lucas and Saccucci 1990, Technometrics 32 (run lengths);
 * Montgomery, Introduction to Statistical Quality Control, section 9.2.
 */
export const EWMA: DetectorDefinition<EwmaOptions, EwmaMemory> = {
  name: 'ewma',
  options: {
    mean: VALUE,
    sd: SIZE,
    lambda: number({ fallback: 0.1, above: 0, atMost: 1 }),
    width: number({ fallback: 2.814, above: 0, atMost: 1000 }),
    limits: oneOf(['exact', 'asymptotic'], 'exact'),
  },
  memory: { count: integer({ atLeast: 0 }), average: number() },
  prepare: ({ mean, sd, lambda, width, limits }) => {
    const reach = width * sd * Math.sqrt(lambda / (2 - lambda));
    return {
      start: () => ({ count: 0, average: 0 }),
      step: (memory, value) => {
        memory.count += 1;
        memory.average += lambda * (value - mean - memory.average);
        const grown = limits === 'exact' ? Math.sqrt(1 - (1 - lambda) ** (2 * memory.count)) : 1;
        const statistic = Math.abs(memory.average);
        const limit = reach * grown;
        return {
          kind: statistic > limit ? 'drift' : 'steady',
          direction: memory.average >= 0 ? 'up' : 'down',
          statistic,
          limit,
        };
      },
    };
  },
};
