const FIRST_CAPACITY = 16;
/** Values waiting to be sorted in beside a short list of runs. */
const LEAST_PENDING = 256;

/**
 * A multiset of numbers as sorted distinct values with counts. Values wait in a buffer that is at
 * most as long as the list of distinct ones, then are sorted and merged in: O(n log n) for n
 * values, memory for twice the distinct ones.
 */
export class ValueRuns {
  #values = new Float64Array(0);
  #counts = new Float64Array(0);
  #length = 0;
  #pending = new Float64Array(0);
  #waiting = 0;

  /** Adds a number other than NaN and −0. */
  add(value: number): void {
    if (this.#waiting === this.#pending.length) this.#makeRoom();
    this.#pending[this.#waiting++] = value;
  }

  #makeRoom(): void {
    const limit = Math.max(LEAST_PENDING, this.#length);
    if (this.#pending.length >= limit) {
      this.#merge();
      return;
    }
    const size = Math.min(limit, Math.max(FIRST_CAPACITY, this.#pending.length * 2));
    const wider = new Float64Array(size);
    wider.set(this.#pending);
    this.#pending = wider;
  }

  #merge(): void {
    if (this.#waiting === 0) return;
    const fresh = this.#pending.subarray(0, this.#waiting).sort();
    const additional = countAdditional(this.#values.subarray(0, this.#length), fresh);
    const length = this.#length + additional;
    // From behind, so that the runs can move up inside their own arrays.
    if (length > this.#values.length) {
      const capacity = Math.max(length, Math.ceil(this.#values.length * 1.5));
      this.#values = resized(this.#values, capacity);
      this.#counts = resized(this.#counts, capacity);
    }
    const values = this.#values;
    const counts = this.#counts;
    let read = this.#length - 1;
    let write = length - 1;
    for (let i = fresh.length - 1; i >= 0; ) {
      const value = fresh[i]!;
      let times = 1;
      while (--i >= 0 && fresh[i] === value) times += 1;
      while (read >= 0 && values[read]! > value) {
        values[write] = values[read]!;
        counts[write--] = counts[read--]!;
      }
      if (read >= 0 && values[read] === value) times += counts[read--]!;
      values[write] = value;
      counts[write--] = times;
    }
    this.#length = length;
    this.#waiting = 0;
  }

  /** The distinct values, ascending, and how often each was added. */
  finish(): { readonly values: Float64Array; readonly counts: Float64Array } {
    this.#merge();
    this.#pending = new Float64Array(0);
    return {
      values: this.#values.subarray(0, this.#length),
      counts: this.#counts.subarray(0, this.#length),
    };
  }
}

/** How many distinct values of `fresh` (sorted) are not among `values` (sorted, distinct). */
function countAdditional(values: Float64Array, fresh: Float64Array): number {
  let additional = 0;
  let at = 0;
  for (let i = 0; i < fresh.length; i++) {
    const value = fresh[i]!;
    if (i > 0 && fresh[i - 1] === value) continue;
    while (at < values.length && values[at]! < value) at += 1;
    if (at === values.length || values[at] !== value) additional += 1;
  }
  return additional;
}

function resized(array: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(capacity);
  wider.set(array);
  return wider;
}
