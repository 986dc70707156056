import { integer, listOf, number } from '#libs/statistics/checked-record.ts';
import { ksExactPValue } from '#libs/statistics/ks-exact.ts';
import { type Draw, seededDraws } from './seeded-draws.ts';
import type { DetectorDefinition } from './sequential-detector.ts';

export interface KswinOptions {
  /** Level of each single test, in (0, 1); 0.005 unless given. */
  readonly alpha: number;
  /** Values kept; 100 unless given. */
  readonly windowSize: number;
  /** Newest values compared with as many of the older ones; 30 unless given. */
  readonly statSize: number;
  /** Seed of the draws; 1 unless given. */
  readonly seed: number;
}

interface KswinMemory {
  window: number[];
  random: number;
}

/** Distances up to this are no drift, whatever their p-value. */
const LEAST_DISTANCE = 0.1;
/** Keeps the search for the least alarm below a second. */
const MOST_VALUES = 5000;

/**
 * KSWIN with another source of draws: to give it those of another implementation. A source with a
 * state of its own is not part of the detector's state.
 */
export function kswinWith(draw: Draw): DetectorDefinition<KswinOptions, KswinMemory> {
  return {
    name: 'kswin',
    options: {
      alpha: number({ fallback: 0.005, above: 0, below: 1 }),
      windowSize: integer({ fallback: 100, atLeast: 2, atMost: MOST_VALUES }),
      statSize: integer({ fallback: 30, atLeast: 1 }),
      seed: integer({ fallback: 1, atLeast: 0, atMost: 2 ** 32 - 1 }),
    },
    memory: {
      window: listOf(number(), { atMost: MOST_VALUES }),
      random: integer({ atLeast: 0, atMost: 2 ** 32 - 1 }),
    },
    prepare: ({ alpha, windowSize, statSize, seed }) => {
      if (windowSize < 2 * statSize) {
        throw new RangeError(
          `Cannot create kswin: windowSize must be at least twice statSize, got ${windowSize} and ${statSize}`,
        );
      }
      const older = windowSize - statSize;
      const limit = Math.max((leastAlarm(statSize, alpha) - 1) / statSize, LEAST_DISTANCE);
      return {
        start: () => ({ window: [], random: seed }),
        step: (memory, value) => {
          const { window } = memory;
          if (window.length === windowSize) window.shift();
          window.push(value);
          if (window.length < windowSize) {
            return { kind: 'waiting', remaining: windowSize - window.length };
          }
          const drawn = draw(memory, { population: older, count: statSize });
          const sample = drawn.map((position) => window[position]!);
          const statistic = largestGap(sample, window.slice(older)) / statSize;
          return {
            kind: statistic > limit ? 'drift' : 'steady',
            direction: null,
            statistic,
            limit,
          };
        },
        objection: ({ window: { length } }) =>
          length <= windowSize ? null : `hold at most ${windowSize} values, got ${length}`,
      };
    },
  };
}

/**
 * Kolmogorov–Smirnov windowing: once the window is full, each new value compares the newest values
 * with as many drawn from the older ones; drift where their two-sample KS distance is above 0.1 and
 * its exact p-value, which takes all values for distinct, is at most alpha. Costs one small sort a
 * value. Every value is a test of its own at level alpha, so false alarms come by the number of
 * values: choose alpha accordingly.
 *
 * Raab, Heusinger and Schleif 2020, "Reactive Soft Prototype Computing for Concept Drift Streams",
 * Neurocomputing 416; as in river 0.26.1, whose alarms it raises at the same values when it is given
 * the same draws.
 */
export const KSWIN = kswinWith(seededDraws);

/**
 * Least number c of 1 to r for which a distance of c/r between two samples of r is significant.
 *
 * @throws RangeError when none is
 */
function leastAlarm(r: number, alpha: number): number {
  // One open cell that holds all values: they count as distinct.
  const cells = { baseline: Float64Array.of(r), window: Float64Array.of(r) };
  const pValue = (h: number): number => ksExactPValue(cells, { n: r, m: r, h: h * r }).p_value;
  if (pValue(r) > alpha) {
    throw new RangeError(
      `Cannot create kswin: alpha must be at least ${pValue(r).toPrecision(3)}, the least p-value of ${r} values, got ${alpha}`,
    );
  }
  let below = 0;
  let enough = r;
  while (enough - below > 1) {
    const middle = (below + enough) >> 1;
    if (pValue(middle) <= alpha) enough = middle;
    else below = middle;
  }
  return enough;
}

/** max |#(a ≤ x) − #(b ≤ x)| of two samples of one size. */
function largestGap(a: readonly number[], b: readonly number[]): number {
  const first = Float64Array.from(a).sort();
  const second = Float64Array.from(b).sort();
  let i = 0;
  let j = 0;
  let most = 0;
  while (i < first.length && j < second.length) {
    const x = Math.min(first[i]!, second[j]!);
    while (first[i] === x) i++;
    while (second[j] === x) j++;
    most = Math.max(most, Math.abs(i - j));
  }
  return most;
}
