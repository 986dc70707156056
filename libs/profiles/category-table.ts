import { ByteTable } from './byte-table.ts';
import type { CategoricalCounts } from './counts.ts';
import type { CategoricalLayout } from './layout.ts';

/** How many unseen values a profile names; enough for a person, bounded for a machine. */
export const UNSEEN_LIMIT = 64;
/** The longest name kept of an unseen value, in UTF-16 code units. */
export const UNSEEN_NAME_LENGTH = 256;

/** Codes of values that have no cell of their own. */
export const OTHER = -1;
export const UNSEEN = -2;

const encoder = new TextEncoder();

/** Finds a category's cell. */
export class CategoryTable {
  readonly layout: CategoricalLayout;
  readonly #cells = new Map<string, number>();
  readonly #bytes = new ByteTable();
  /** Cell of each entry of `#bytes`. */
  readonly #cellOf: Int32Array;

  constructor(layout: CategoricalLayout) {
    this.layout = layout;
    for (const [cell, category] of layout.categories.entries()) this.#cells.set(category, cell);
    for (const category of layout.folded) this.#cells.set(category, OTHER);
    this.#cellOf = new Int32Array(this.#cells.size);
    for (const [category, cell] of this.#cells) {
      // No bytes of UTF-8 are a text with half a surrogate pair.
      if (category.isWellFormed()) this.#cellOf[this.#bytes.add(encoder.encode(category))] = cell;
    }
  }

  /** The cell of a category, `OTHER` where the cap folded it, `UNSEEN` where it is new. */
  locate(category: string): number {
    return this.#cells.get(category) ?? UNSEEN;
  }

  /** `locate` for the category that stands in UTF-8 as `bytes[begin, end)`. */
  locateBytes(bytes: Uint8Array, begin: number, end: number): number {
    const entry = this.#bytes.find(bytes, begin, end);
    return entry < 0 ? UNSEEN : this.#cellOf[entry]!;
  }

  /** Counts a category that occurs `times` times; unseen ones are not trimmed yet. */
  addTimes(counts: CategoricalCounts, category: string, times: number): void {
    const cell = this.locate(category);
    if (cell >= 0) counts.cells[cell]! += times;
    else if (cell === OTHER) counts.other += times;
    else {
      counts.unseen += times;
      addUnseen(counts, unseenName(category), times);
    }
  }
}

/**
 * The name under which an unseen value is listed: cut where it is too long to be stored, and without
 * lone surrogates, which UTF-8 cannot hold. Values of the same name count together.
 */
export function unseenName(value: string): string {
  if (value.length <= UNSEEN_NAME_LENGTH) return value.toWellFormed();
  // A slice alone would keep the whole text in memory.
  return Buffer.from(`${value.slice(0, UNSEEN_NAME_LENGTH - 1)}…`.toWellFormed()).toString();
}

/** Notes an unseen value by its name; the caller trims when it has added all. */
export function addUnseen(counts: CategoricalCounts, name: string, times: number): void {
  counts.unseenValues.set(name, (counts.unseenValues.get(name) ?? 0) + times);
}

/**
 * Keeps the most frequent unseen values (ties by code unit) and counts the rest in `unseenBeyond`.
 * Exact, whatever the order of events, while no more than the limit was ever seen.
 */
export function trimUnseen(counts: CategoricalCounts): void {
  if (counts.unseenValues.size <= UNSEEN_LIMIT) return;
  for (const [name, count] of sortUnseen(counts).slice(UNSEEN_LIMIT)) {
    counts.unseenValues.delete(name);
    counts.unseenBeyond += count;
  }
}

/**
 * Takes unseen values back out; `counts.unseen` is what remains. Which values lie beyond the limit
 * is not known: names never fall below 0, and the rarest give way where the rest would.
 */
export function removeUnseen(
  counts: CategoricalCounts,
  names: Iterable<readonly [name: string, count: number]>,
): void {
  const { unseenValues } = counts;
  for (const [name, count] of names) {
    const left = (unseenValues.get(name) ?? 0) - count;
    if (left > 0) unseenValues.set(name, left);
    else unseenValues.delete(name);
  }
  let beyond = counts.unseen;
  for (const count of unseenValues.values()) beyond -= count;
  for (const [name, count] of sortUnseen(counts).reverse()) {
    if (beyond >= 0) break;
    const left = Math.max(0, count + beyond);
    beyond += count - left;
    if (left > 0) unseenValues.set(name, left);
    else unseenValues.delete(name);
  }
  counts.unseenBeyond = beyond;
}

/** Unseen values, the most frequent first, ties by code unit. */
export function sortUnseen(counts: CategoricalCounts): [value: string, count: number][] {
  return [...counts.unseenValues].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

/** Counts of nothing for a categorical layout. */
export function emptyCategoricalCounts(layout: CategoricalLayout): CategoricalCounts {
  return {
    kind: 'categorical',
    missing: 0,
    wrongType: 0,
    cells: new Float64Array(layout.categories.length),
    other: 0,
    unseen: 0,
    unseenValues: new Map(),
    unseenBeyond: 0,
  };
}
