import { integer, listOf, number, VALUE } from '#libs/statistics/checked-record.ts';
import type { DetectorDefinition } from './sequential-detector.ts';

export interface ConfidenceSequenceOptions {
  /** The values to compare with, in any order. */
  readonly baseline: number[];
  /** Chance of ever raising a false alarm, in (0, 0.5]; 0.05 unless given. */
  readonly alpha: number;
  /** Values before the first test; 100 unless given. */
  readonly minInstances: number;
}

interface ConfidenceSequenceMemory {
  /** Values per rank cell: below, at, between and above the distinct baseline values. */
  counts: number[];
  seen: number;
}

/**
 * Confidence sequence for a distribution function: drift where sup |F̂ₜ − F̂| between the stream so
 * far and the baseline is above the sum of two bands, each at α/2. The stream's holds at all times t
 * from `minInstances` on at once, so one may look after every value without raising the chance of a
 * false alarm: 0.85·√((ln(1 + ln(t/minInstances)) + 0.8·ln(1612/(α/2)))/t). The baseline's own is
 * √(ln(2/(α/2))/(2n)).
 *
 * Both assume that values are independent and from one distribution; correlated values, the rule in
 * streams, raise false alarms. An alarm begins a new sequence with a new α. A stream that changes
 * late is found late, since F̂ₜ is of all values so far. Costs O(k) a value for k distinct baseline
 * values, memory too.
 *
 * Howard and Ramdas 2022, "Sequential estimation of quantiles with applications to A/B testing and
 * best-arm identification", Bernoulli 28, theorem 2 with A = 0.85; Massart 1990, Annals of
 * Probability 18, for the baseline.
 */
export const CONFIDENCE_SEQUENCE: DetectorDefinition<
  ConfidenceSequenceOptions,
  ConfidenceSequenceMemory
> = {
  name: 'confidence_sequence',
  options: {
    baseline: listOf(VALUE, { atLeast: 1 }),
    alpha: number({ fallback: 0.05, above: 0, atMost: 0.5 }),
    minInstances: integer({ fallback: 100, atLeast: 1 }),
  },
  memory: {
    counts: listOf(integer({ atLeast: 0 })),
    seen: integer({ atLeast: 0 }),
  },
  prepare: ({ baseline, alpha, minInstances }) => {
    const { knots, shares } = distributionOf(baseline);
    const ownBand = Math.sqrt(Math.log(4 / alpha) / (2 * baseline.length));
    const cells = 2 * knots.length + 1;
    return {
      start: () => ({ counts: new Array<number>(cells).fill(0), seen: 0 }),
      step: (memory, value) => {
        memory.counts[cellOf(knots, value)]! += 1;
        memory.seen += 1;
        const t = memory.seen;
        if (t < minInstances) return { kind: 'waiting', remaining: minInstances - t };
        const limit = ownBand + uniformBand(t, { alpha: alpha / 2, from: minInstances });
        let below = 0;
        let statistic = 0;
        for (let cell = 0; cell < cells; cell++) {
          below += memory.counts[cell]!;
          statistic = Math.max(statistic, Math.abs(below / t - shares[(cell + 1) >> 1]!));
        }
        return { kind: statistic > limit ? 'drift' : 'steady', direction: null, statistic, limit };
      },
      objection: ({ counts, seen }) => {
        if (counts.length !== cells) return `have ${cells} counts, got ${counts.length}`;
        const sum = counts.reduce((a, b) => a + b, 0);
        return sum === seen ? null : `have counts that add up to ${seen}, got ${sum}`;
      },
    };
  },
};

/**
 * Half the width of the band around an empirical distribution function that holds, with chance
 * 1 − alpha, at all times t from `from` on at once. For alpha up to 0.25, 0.8·ln(1612/alpha) is at
 * least the C that the theorem needs.
 */
export function uniformBand(
  t: number,
  { alpha, from }: { readonly alpha: number; readonly from: number },
): number {
  return 0.85 * Math.sqrt((Math.log(1 + Math.log(t / from)) + 0.8 * Math.log(1612 / alpha)) / t);
}

/** Distinct values, ascending, and the share of values below the first, up to the first, second … */
function distributionOf(values: readonly number[]): { knots: number[]; shares: number[] } {
  const sorted = Float64Array.from(values).sort();
  const knots: number[] = [];
  const shares = [0];
  for (const [i, value] of sorted.entries()) {
    if (sorted[i + 1] === value) continue;
    knots.push(value);
    shares.push((i + 1) / sorted.length);
  }
  return { knots, shares };
}

/** 2i + 1 for the i-th knot, 2i for what lies just below it. */
function cellOf(knots: readonly number[], value: number): number {
  let low = 0;
  let high = knots.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (knots[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return knots[low] === value ? 2 * low + 1 : 2 * low;
}
