import { integer, LARGEST_VALUE, number, oneOf } from '#libs/statistics/checked-record.ts';
import type { DetectorDefinition } from './sequential-detector.ts';

export interface PageHinkleyOptions {
  /** Deviation from the mean that is tolerated, in the unit of the values; 0.005 unless given. */
  readonly delta: number;
  /** Accumulated deviation above which it is drift, in the unit of the values; 50 unless given. */
  readonly lambda: number;
  /** What a value's deviation still weighs one value later, in (0, 1]; 0.9999 unless given. */
  readonly alpha: number;
  /** Values before the first test; 30 unless given. */
  readonly minInstances: number;
  /** Which changes count; both unless given. */
  readonly direction: 'up' | 'down' | 'both';
}

interface PageHinkleyMemory {
  count: number;
  mean: number;
  /** Σ of deviations less delta each, and its minimum so far. */
  rise: number;
  lowest: number;
  /** Σ of deviations plus delta each, and its maximum so far. */
  fall: number;
  highest: number;
}

/**
 * Page–Hinkley test for a change of the mean, two-sided, with forgetting: with the running mean x̄,
 * U ← αU + x − x̄ − δ and D ← αD + x − x̄ + δ; drift where U − min U or max D − D is above λ. Costs a
 * few additions a value. Knows no false alarm rate: λ has to suit the unit and noise of the values.
 *
 * Page 1954, Biometrika 41; Hinkley 1971, Biometrika 58; the fading factor as in river 0.26.1, whose
 * alarms it raises at the same values.
 */
export const PAGE_HINKLEY: DetectorDefinition<PageHinkleyOptions, PageHinkleyMemory> = {
  name: 'page_hinkley',
  options: {
    delta: number({ fallback: 0.005, atLeast: 0, atMost: LARGEST_VALUE }),
    lambda: number({ fallback: 50, above: 0 }),
    alpha: number({ fallback: 0.9999, above: 0, atMost: 1 }),
    minInstances: integer({ fallback: 30, atLeast: 1 }),
    direction: oneOf(['up', 'down', 'both'], 'both'),
  },
  memory: {
    count: integer({ atLeast: 0 }),
    mean: number(),
    rise: number(),
    lowest: number(),
    fall: number(),
    highest: number(),
  },
  prepare: ({ delta, lambda, alpha, minInstances, direction }) => ({
    // The first deviation is 0, so U starts at −δ and D at δ: extremes of 0 never hold longer.
    start: () => ({ count: 0, mean: 0, rise: 0, lowest: 0, fall: 0, highest: 0 }),
    step: (memory, value) => {
      memory.count += 1;
      memory.mean += (value - memory.mean) / memory.count;
      const deviation = value - memory.mean;
      memory.rise = alpha * memory.rise + deviation - delta;
      memory.fall = alpha * memory.fall + deviation + delta;
      memory.lowest = Math.min(memory.lowest, memory.rise);
      memory.highest = Math.max(memory.highest, memory.fall);
      if (memory.count < minInstances) {
        return { kind: 'waiting', remaining: minInstances - memory.count };
      }
      const up = memory.rise - memory.lowest;
      const down = memory.highest - memory.fall;
      const risen = direction === 'up' || (direction === 'both' && up >= down);
      const statistic = risen ? up : down;
      return {
        kind: statistic > lambda ? 'drift' : 'steady',
        direction: risen ? 'up' : 'down',
        statistic,
        limit: lambda,
      };
    },
  }),
};
