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
    const sorted = this.#pending.subarray(0, this.#waiting).sort();
    const times = new Float64Array(sorted.length);
    const distinct = condense(sorted, times);
    this.#waiting = 0;
    this.#mergeRuns(sorted.subarray(0, distinct), times);
  }

  /** Adds each of the numbers as often as `times` says; the two arrays are this method's to use. */
  addCounted(values: Float64Array, times: Float64Array): void {
    this.#merge();
    const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
    const sorted = Float64Array.from(order, (place) => values[place]!);
    const counts = Float64Array.from(order, (place) => times[place]!);
    let distinct = 0;
    for (let i = 0; i < sorted.length; i++) {
      if (distinct > 0 && sorted[distinct - 1] === sorted[i]) counts[distinct - 1]! += counts[i]!;
      else {
        sorted[distinct] = sorted[i]!;
        counts[distinct++] = counts[i]!;
      }
    }
    this.#mergeRuns(sorted.subarray(0, distinct), counts);
  }

  /** Merges sorted distinct values with their counts into the runs. */
  #mergeRuns(fresh: Float64Array, times: Float64Array): void {
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
    for (let i = fresh.length - 1; i >= 0; i--) {
      const value = fresh[i]!;
      let count = times[i]!;
      while (read >= 0 && values[read]! > value) {
        values[write] = values[read]!;
        counts[write--] = counts[read--]!;
      }
      if (read >= 0 && values[read] === value) count += counts[read--]!;
      values[write] = value;
      counts[write--] = count;
    }
    this.#length = length;
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

/** Moves the distinct ones of sorted values to the front, with their counts; answers how many. */
function condense(sorted: Float64Array, counts: Float64Array): number {
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i]!;
    if (distinct > 0 && sorted[distinct - 1] === value) counts[distinct - 1]! += 1;
    else {
      sorted[distinct] = value;
      counts[distinct++] = 1;
    }
  }
  return distinct;
}

/** How many values of `fresh` are not among `values`; both are sorted and distinct. */
function countAdditional(values: Float64Array, fresh: Float64Array): number {
  let additional = 0;
  let at = 0;
  for (const value of fresh) {
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
