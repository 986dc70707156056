/** Half-open range of offsets. */
export type OffsetRange = readonly [from: number, to: number];

/** Sorted, disjoint, non-touching ranges of offsets of one partition. */
export class OffsetRanges {
  #ranges: OffsetRange[];

  constructor(ranges: readonly OffsetRange[] = []) {
    this.#ranges = [];
    for (const range of ranges) this.add(range);
  }

  /** Whether any offset of the range is in. */
  overlaps([from, to]: OffsetRange): boolean {
    return this.#ranges.some(([a, b]) => from < b && a < to);
  }

  /** Whether every offset of the range is in. */
  covers([from, to]: OffsetRange): boolean {
    return this.#ranges.some(([a, b]) => a <= from && to <= b);
  }

  /** The parts of the range that are not in. */
  missing([from, to]: OffsetRange): OffsetRange[] {
    const missing: OffsetRange[] = [];
    let next = from;
    for (const [a, b] of this.#ranges) {
      if (b <= next) continue;
      if (a >= to) break;
      if (a > next) missing.push([next, a]);
      next = b;
    }
    if (next < to) missing.push([next, to]);
    return missing;
  }

  add([from, to]: OffsetRange): void {
    if (!(from < to)) throw new RangeError(`Cannot add offsets ${from}–${to}: the range is empty`);
    const before = this.#ranges.filter(([, b]) => b < from);
    const after = this.#ranges.filter(([a]) => a > to);
    const touching = this.#ranges.slice(before.length, this.#ranges.length - after.length);
    const low = Math.min(from, ...touching.map(([a]) => a));
    const high = Math.max(to, ...touching.map(([, b]) => b));
    this.#ranges = [...before, [low, high], ...after];
  }

  /** Next offset after the highest one in; 0 without any. */
  get end(): number {
    return this.#ranges.at(-1)?.[1] ?? 0;
  }

  /** The holes between the ranges. */
  gaps(): OffsetRange[] {
    return this.#ranges.slice(1).map(([a], i) => [this.#ranges[i]![1], a]);
  }

  list(): readonly OffsetRange[] {
    return this.#ranges;
  }
}
