import type { ByteWriter } from './byte-writer.ts';
import type { NumericCounts } from './counts.ts';
import { encodeCounts } from './encode-profile.ts';
import type { EventRows, FieldColumn } from './field-column.ts';
import { FIRST_SIZE, growColumn } from './grow-column.ts';
import type { NumericLayout } from './layout.ts';
import { emptyNumericCounts, NumericGrid } from './numeric-grid.ts';
import { compileNumericReader, compileTimeReader } from './value.ts';
import { columnOf, NUMBER } from './value-column.ts';

/** Codes in a column of cells for values without a cell. */
const MISSING = -1;
const WRONG_TYPE = -2;
const INFINITE = -3;
/** Events a cell below which the touched cells are sorted. */
const SPARSE = 8;

/** The cells of a numeric or circular field, and the values that equal no knot. */
export class NumericColumn implements FieldColumn {
  readonly #grid: NumericGrid;
  readonly #path: string;
  readonly #read: (source: unknown) => number;
  /** Numbers are the values as they are. */
  readonly #isPlain: boolean;
  /** For a field derived from a time. */
  readonly #ofTime: ((time: number) => number) | undefined;
  /** That time is the event's. */
  readonly #ofEventTime: boolean;
  /** Zero between two calls of `encode`. */
  readonly #counts: NumericCounts;
  /** By cell, where its values begin among those that equal no knot; used by `encode` only. */
  readonly #starts: Int32Array;
  #sorted = new Float64Array(FIRST_SIZE);
  #scratch = new Float64Array(FIRST_SIZE);
  #cells = new Int32Array(FIRST_SIZE);
  #values = new Float64Array(FIRST_SIZE);

  constructor(layout: NumericLayout, timePath: string) {
    const { spec } = layout;
    this.#grid = new NumericGrid(layout);
    this.#counts = emptyNumericCounts(layout);
    this.#starts = new Int32Array(this.#counts.cells.length);
    this.#path = spec.path;
    this.#read = compileNumericReader(spec);
    this.#isPlain = spec.type !== 'circular' && spec.derive === undefined;
    this.#ofTime = compileTimeReader(spec);
    this.#ofEventTime = spec.path === timePath;
  }

  append(events: EventRows, at: number): void {
    const size = at + events.rows.length;
    this.#cells = growColumn(this.#cells, size);
    this.#values = growColumn(this.#values, size);
    if (this.#ofTime !== undefined) this.#appendTimes(events, at, this.#ofTime);
    else this.#appendValues(events, at);
  }

  #appendValues({ columns, rows }: EventRows, at: number): void {
    const column = columnOf(columns, this.#path);
    const { kinds, numbers } = column;
    const cells = this.#cells;
    const values = this.#values;
    const grid = this.#grid;
    const isPlain = this.#isPlain;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const value = numbers[row]!;
      // What is not finite the reader tells from its own codes.
      if (isPlain && kinds[row] === NUMBER && Number.isFinite(value)) {
        cells[at + i] = grid.locate(value);
        values[at + i] = value;
      } else this.#put(at + i, this.#read(column.get(row)));
    }
  }

  #appendTimes(
    { columns, times, rows }: EventRows,
    at: number,
    ofTime: (time: number) => number,
  ): void {
    if (this.#ofEventTime) {
      for (let i = 0; i < rows.length; i++) this.#put(at + i, ofTime(times[rows[i]!]!));
      return;
    }
    const column = columnOf(columns, this.#path);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const time = column.time(row);
      this.#put(at + i, Number.isNaN(time) ? this.#read(column.get(row)) : ofTime(time));
    }
  }

  #put(place: number, value: number): void {
    if (Number.isFinite(value)) {
      this.#cells[place] = this.#grid.locate(value);
      this.#values[place] = value;
    } else {
      this.#cells[place] = Number.isNaN(value) ? MISSING : value > 0 ? INFINITE : WRONG_TYPE;
    }
  }

  encode(writer: ByteWriter, places: Int32Array): void {
    const counts = this.#counts;
    for (const place of places) {
      const cell = this.#cells[place]!;
      if (cell >= 0) counts.cells[cell]!++;
      else if (cell === MISSING) counts.missing++;
      else if (cell === INFINITE) counts.infinite++;
      else counts.wrongType++;
    }
    const cells = this.#touched(places);
    this.#addSums(places, cells);
    encodeCounts(writer, counts, cells);
    this.#clear(cells);
  }

  /** The cells that the places have, in ascending order. */
  #touched(places: Int32Array): Int32Array {
    const { cells } = this.#counts;
    // Looking at all cells is quicker than sorting those of the places, unless these are few.
    if (places.length * SPARSE >= cells.length) {
      const touched = new Int32Array(Math.min(places.length, cells.length));
      let distinct = 0;
      for (let cell = 0; cell < cells.length; cell++) {
        if (cells[cell] !== 0) touched[distinct++] = cell;
      }
      return touched.subarray(0, distinct);
    }
    const sorted = places.map((place) => this.#cells[place]!).sort();
    return sorted.filter((cell, i) => cell >= 0 && cell !== sorted[i - 1]);
  }

  /**
   * Keeps the sums of the values that equal no knot. They are brought into the order of their cells
   * first: a sum and what it needs are then at hand for all values of a cell, instead of being
   * fetched from anywhere for each.
   */
  #addSums(places: Int32Array, cells: Int32Array): void {
    const counts = this.#counts;
    const starts = this.#starts;
    let open = 0;
    for (const cell of cells) {
      starts[cell] = open;
      if ((cell & 1) === 0) open += counts.cells[cell]!;
    }
    if (open === 0) return;
    this.#sorted = growColumn(this.#sorted, open);
    this.#scratch = growColumn(this.#scratch, open);
    const sorted = this.#sorted;
    for (const place of places) {
      const cell = this.#cells[place]!;
      if (cell >= 0 && (cell & 1) === 0) sorted[starts[cell]!++] = this.#values[place]!;
    }
    this.#grid.addSorted(counts, { cells, ends: starts, values: sorted, scratch: this.#scratch });
  }

  #clear(cells: Int32Array): void {
    const counts = this.#counts;
    for (const cell of cells) {
      counts.cells[cell] = 0;
      if ((cell & 1) === 0 && cell > 0 && cell < counts.cells.length - 1) {
        counts.high[(cell >> 1) - 1] = 0;
        counts.low[(cell >> 1) - 1] = 0;
      }
    }
    counts.missing = 0;
    counts.wrongType = 0;
    counts.infinite = 0;
    counts.overflow = 0;
    for (const sum of [counts.below, counts.above, counts.squares]) sum.clear();
  }

  reset(): void {}
}
