import { integer, listOf, number, oneOf } from '#libs/statistics/checked-record.ts';
import type { DetectorDefinition, SequentialOutcome } from './sequential-detector.ts';

export interface AdwinOptions {
  /** Chance of a false alarm at a test, in (0, 1); 0.002 unless given. */
  readonly delta: number;
  /** Values from one test to the next; 32 unless given. */
  readonly clock: number;
  /** Buckets of one size before two are merged; 5 unless given. */
  readonly maxBuckets: number;
  /** Least values on each side of a cut; 5 unless given. */
  readonly minWindow: number;
  /** Values that the window must exceed before the first test; 10 unless given. */
  readonly grace: number;
  /** After an alarm, `restart` with an empty window or `shrink` it to its newer part, as the paper does. */
  readonly afterDrift: 'restart' | 'shrink';
}

interface AdwinMemory {
  /** Row i holds buckets of 2^i values, the oldest first: their sums … */
  sums: number[][];
  /** … and their sums of squared deviations from their own mean. */
  spreads: number[][];
  width: number;
  total: number;
  /** Sum of squared deviations from the window's mean. */
  spread: number;
  /** Values since the last multiple of the clock. */
  ticks: number;
}

/** The window split into n0 older values and n1 newer ones. */
interface Cut {
  readonly difference: number;
  readonly limit: number;
}

/** Rows for any number of values that a double counts. */
const MOST_ROWS = 53;

/**
 * ADWIN2, adaptive windowing: keeps a window of the last W values in O(log W) buckets, and at every
 * clock tick looks for a cut into n₀ older and n₁ newer values whose means differ by more than
 * ε = √(2/m·σ²·ln(2 ln W/δ)) + 2/(3m)·ln(2 ln W/δ), 1/m = 1/(n₀ − min + 1) + 1/(n₁ − min + 1). The
 * second term takes values in [0, 1]: scale others, or small ones will never seem to change.
 * Costs O(log W) a test.
 *
 * Bifet and Gavaldà 2007, "Learning from Time-Changing Data with Adaptive Windowing"; the variant
 * with a minimum window is river 0.26.1's, whose alarms it raises at the same values.
 */
export const ADWIN: DetectorDefinition<AdwinOptions, AdwinMemory> = {
  name: 'adwin',
  options: {
    delta: number({ fallback: 0.002, above: 0, below: 1 }),
    clock: integer({ fallback: 32, atLeast: 1 }),
    // With one bucket a size, a window of 2^i values would be one bucket without a cut.
    maxBuckets: integer({ fallback: 5, atLeast: 2, atMost: 1000 }),
    minWindow: integer({ fallback: 5, atLeast: 1 }),
    grace: integer({ fallback: 10, atLeast: 0 }),
    afterDrift: oneOf(['restart', 'shrink'], 'restart'),
  },
  memory: {
    sums: listOf(listOf(number(), { atMost: 1000 }), { atMost: MOST_ROWS }),
    spreads: listOf(listOf(number(), { atMost: 1000 }), { atMost: MOST_ROWS }),
    width: integer({ atLeast: 0 }),
    total: number(),
    spread: number(),
    ticks: integer({ atLeast: 0 }),
  },
  prepare: (options) => ({
    keepsMemory: options.afterDrift === 'shrink',
    start: () => ({ sums: [], spreads: [], width: 0, total: 0, spread: 0, ticks: 0 }),
    step: (memory, value) => {
      insert(memory, value, options.maxBuckets);
      memory.ticks = (memory.ticks + 1) % options.clock;
      if (memory.ticks !== 0 || memory.width <= options.grace) return waiting(memory, options);
      const found = nearestCut(memory, options);
      if (found === null) return waiting(memory, options);
      const outcome = outcomeOf(found);
      if (outcome.kind === 'drift' && options.afterDrift === 'shrink') shrink(memory, options);
      return outcome;
    },
    objection: (memory) => objection(memory, options),
  }),
};

function insert(memory: AdwinMemory, value: number, maxBuckets: number): void {
  const before = memory.width;
  memory.width += 1;
  if (before > 0) {
    const deviation = value - memory.total / before;
    memory.spread += (before * deviation * deviation) / memory.width;
  }
  memory.total += value;
  push(memory, 0, { sum: value, spread: 0 });
  for (let row = 0; memory.sums[row]!.length > maxBuckets; row++) {
    const size = 2 ** row;
    const [first = 0, second = 0] = memory.sums[row]!.splice(0, 2);
    const [firstSpread = 0, secondSpread = 0] = memory.spreads[row]!.splice(0, 2);
    const apart = first / size - second / size;
    const spread = firstSpread + secondSpread + size * 0.5 * apart * apart;
    push(memory, row + 1, { sum: first + second, spread });
  }
}

function push(
  { sums, spreads }: AdwinMemory,
  row: number,
  bucket: { readonly sum: number; readonly spread: number },
): void {
  if (row === sums.length) {
    sums.push([]);
    spreads.push([]);
  }
  sums[row]!.push(bucket.sum);
  spreads[row]!.push(bucket.spread);
}

/** The cut that exceeds its limit most, or comes nearest to it; `null` where none is allowed. */
function nearestCut(memory: AdwinMemory, { delta, minWindow }: AdwinOptions): Cut | null {
  const { sums, width, total } = memory;
  const confidence = Math.log((2 * Math.log(width)) / delta);
  // Rounding may leave the spread of equal values below 0.
  const variance = Math.max(0, memory.spread) / width;
  let n0 = 0;
  let sum0 = 0;
  let nearest: Cut | null = null;
  for (let row = sums.length - 1; row >= 0; row--) {
    for (const sum of sums[row]!) {
      n0 += 2 ** row;
      sum0 += sum;
      const n1 = width - n0;
      if (n0 < minWindow || n1 < minWindow) continue;
      const reciprocal = 1 / (n0 - minWindow + 1) + 1 / (n1 - minWindow + 1);
      const limit =
        Math.sqrt(2 * reciprocal * variance * confidence) + (2 / 3) * confidence * reciprocal;
      const cut = { difference: (total - sum0) / n1 - sum0 / n0, limit };
      if (nearest === null || closeness(cut) > closeness(nearest)) nearest = cut;
    }
  }
  return nearest;
}

function closeness({ difference, limit }: Cut): number {
  return Math.abs(difference) / limit;
}

function outcomeOf({ difference, limit }: Cut): SequentialOutcome {
  const statistic = Math.abs(difference);
  return {
    kind: statistic > limit ? 'drift' : 'steady',
    direction: difference >= 0 ? 'up' : 'down',
    statistic,
    limit,
  };
}

/** Drops the oldest buckets until no cut exceeds its limit. */
function shrink(memory: AdwinMemory, options: AdwinOptions): void {
  for (;;) {
    dropOldest(memory);
    const cut = nearestCut(memory, options);
    if (cut === null || outcomeOf(cut).kind === 'steady') return;
  }
}

function dropOldest(memory: AdwinMemory): void {
  const { sums, spreads } = memory;
  const row = sums.length - 1;
  const size = 2 ** row;
  const sum = sums[row]!.shift() ?? 0;
  const spread = spreads[row]!.shift() ?? 0;
  memory.width -= size;
  memory.total -= sum;
  const apart = sum / size - memory.total / memory.width;
  memory.spread -= spread + (size * memory.width * apart * apart) / (size + memory.width);
  if (sums[row]!.length === 0) {
    sums.pop();
    spreads.pop();
  }
}

/** The next clock tick by which the window exceeds its grace and can be cut. */
function waiting(
  { width, ticks }: AdwinMemory,
  { clock, grace, minWindow }: AdwinOptions,
): SequentialOutcome {
  const toTick = clock - ticks;
  const missing = Math.max(0, Math.max(grace + 1, 2 * minWindow) - width - toTick);
  return { kind: 'waiting', remaining: toTick + Math.ceil(missing / clock) * clock };
}

function objection(
  { sums, spreads, width, ticks }: AdwinMemory,
  { clock, maxBuckets }: AdwinOptions,
): string | null {
  const counted = sums.reduce((count, row, i) => count + row.length * 2 ** i, 0);
  if (counted !== width) return `have as many values as its buckets, ${counted}, got ${width}`;
  if (spreads.length !== sums.length || spreads.some((row, i) => row.length !== sums[i]!.length)) {
    return 'have a spread for each sum';
  }
  if (sums.some(({ length }) => length > maxBuckets)) {
    return `have at most ${maxBuckets} buckets of a size`;
  }
  return ticks < clock ? null : `have fewer ticks than ${clock}, got ${ticks}`;
}
