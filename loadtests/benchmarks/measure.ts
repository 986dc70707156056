/** Time that a piece of work took, nanoseconds. */
export interface Timing {
  readonly wallNs: number;
  /** CPU time of the whole process: garbage collector and compiler threads included. */
  readonly cpuNs: number;
}

/** What a number came out as over several repetitions. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** A quarter of the values lies below the first one, a quarter above the second. */
  readonly quartiles: readonly [number, number];
  /** (max − min) / median. */
  readonly spread: number;
  readonly repetitions: number;
}

/** Times synchronous work. */
export function measure(work: () => void): Timing {
  const cpu = process.cpuUsage();
  const begun = process.hrtime.bigint();
  work();
  const wallNs = Number(process.hrtime.bigint() - begun);
  const { user, system } = process.cpuUsage(cpu);
  return { wallNs, cpuNs: (user + system) * 1000 };
}

/** @throws RangeError without any value. */
export function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const min = sorted[0];
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) {
    throw new RangeError('Cannot summarise: there must be at least one value, got none');
  }
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  const quarter = (sorted.length - 1) >> 2;
  const quartiles = [sorted[quarter]!, sorted[sorted.length - 1 - quarter]!] as const;
  const spread = (max - min) / median;
  return { median, min, max, quartiles, spread, repetitions: sorted.length };
}

/** Collects garbage twice, since what the first collection finalises only the second one frees. */
export function collectGarbage(): void {
  const { gc } = globalThis;
  if (gc === undefined) {
    throw new Error('Cannot measure memory: Node must be started with --expose-gc');
  }
  gc();
  gc();
}

/**
 * Frees what the work before left behind, so that the next does not pay for it, but only young
 * objects: a full collection would also throw away the shapes of objects that are not there at the
 * moment, and with them compiled code.
 */
export function collectYoungGarbage(): void {
  const { gc } = globalThis;
  if (gc === undefined) {
    throw new Error('Cannot time work: Node must be started with --expose-gc');
  }
  gc({ type: 'minor' });
}

/** Bytes that JavaScript holds: objects on the heap and the memory of typed arrays. */
export function heldBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
