import type { OffsetRange, OffsetRanges } from './offset-ranges.ts';

/** Ranges of one partition that are told apart; beyond that the oldest ones are told as one. */
const MOST_RANGES = 100;

/** Offsets that were not counted and never will be, with the time that their events may be of. */
export interface LostRange {
  readonly from: number;
  readonly to: number;
  /**
   * `log`: the log let go of them before they were read; `overlap`: they came in one block with
   * offsets that had been counted already, and a block cannot be taken apart.
   */
  readonly cause: 'log' | 'overlap';
  /** Highest event time counted before them, milliseconds since 1970; `null` where none was. */
  readonly after: number | null;
  /** Highest event time of the block behind them; `null` until there is one. */
  readonly before: number | null;
}

/** The lost offsets of one partition, ascending. */
export class LostRanges {
  #ranges: LostRange[];

  constructor(ranges: readonly LostRange[] = []) {
    this.#ranges = [...ranges];
  }

  /** Adds a range, but for what was added before; answers the parts that are new. */
  add(range: LostRange): OffsetRange[] {
    let parts: OffsetRange[] = [[range.from, range.to]];
    for (const { from, to } of this.#ranges) {
      parts = parts.flatMap((part) => without(part, [from, to]));
    }
    for (const [from, to] of parts) this.#ranges.push({ ...range, from, to });
    this.#ranges.sort((a, b) => a.from - b.from);
    while (this.#ranges.length > MOST_RANGES) this.#joinOldest();
    return parts;
  }

  /** What lies between the two was counted, or will never be either. */
  #joinOldest(): void {
    const [a, b] = this.#ranges.splice(0, 2) as [LostRange, LostRange];
    const after = a.after === null || b.after === null ? null : Math.min(a.after, b.after);
    const before = a.before === null || b.before === null ? null : Math.max(a.before, b.before);
    this.#ranges.unshift({ ...a, to: b.to, after, before });
  }

  /** Notes that the log goes on from an offset on with events up to a time. */
  noteBehind(offset: number, time: number): void {
    this.#ranges = this.#ranges.map((range) =>
      range.before === null && range.to <= offset ? { ...range, before: time } : range,
    );
  }

  /** Forgets what no window from a time on can hold; answers it. */
  forgetBefore(time: number): LostRange[] {
    const isOver = ({ before }: LostRange) => before !== null && before < time;
    const over = this.#ranges.filter(isOver);
    if (over.length > 0) this.#ranges = this.#ranges.filter((range) => !isOver(range));
    return over;
  }

  /** The ranges without what was counted nevertheless, by somebody who had read it before. */
  except(counted: OffsetRanges): LostRange[] {
    return this.#ranges.flatMap((range) =>
      counted.missing([range.from, range.to]).map(([from, to]) => ({ ...range, from, to })),
    );
  }

  list(): readonly LostRange[] {
    return this.#ranges;
  }
}

/** Whether events of lost offsets may belong to a window. */
export function mayTouch(
  { after, before }: Pick<LostRange, 'after' | 'before'>,
  window: { readonly start: number; readonly end: number; readonly latenessMs: number },
): boolean {
  if (after !== null && window.end + window.latenessMs <= after) return false;
  return before === null || window.start <= before;
}

function without([from, to]: OffsetRange, [a, b]: OffsetRange): OffsetRange[] {
  const left: OffsetRange[] = a > from ? [[from, Math.min(to, a)]] : [];
  const right: OffsetRange[] = b < to ? [[Math.max(from, b), to]] : [];
  return [...left, ...right];
}
