import type { ByteWriter } from './byte-writer.ts';
import type { NumericCounts } from './counts.ts';
import { encodeCounts } from './encode-profile.ts';
import type { EventRows, FieldColumn } from './field-column.ts';
import { FIRST_SIZE, growColumn } from './grow-column.ts';
import { compilePath } from './json-path.ts';
import type { NumericLayout } from './layout.ts';
import { emptyNumericCounts, NumericGrid } from './numeric-grid.ts';
import { compileNumericReader, compileTimeReader } from './value.ts';

/** Codes in a column of cells for values without a cell. */
const MISSING = -1;
const WRONG_TYPE = -2;
const INFINITE = -3;

/** The cells of a numeric or circular field, and the values that equal no knot. */
export class NumericColumn implements FieldColumn {
  readonly #grid: NumericGrid;
  readonly #append: (events: EventRows, at: number) => void;
  /** Zero between two calls of `encode`. */
  readonly #counts: NumericCounts;
  #cells = new Int32Array(FIRST_SIZE);
  #values = new Float64Array(FIRST_SIZE);

  constructor(layout: NumericLayout, timePath: string) {
    const { spec } = layout;
    this.#grid = new NumericGrid(layout);
    this.#counts = emptyNumericCounts(layout);
    // A field derived from the event time needs no second look at the row.
    const ofTime = spec.path === timePath ? compileTimeReader(spec) : undefined;
    if (ofTime === undefined) {
      const source = compilePath(spec.path);
      const read = compileNumericReader(spec);
      this.#append = ({ rows, begin, end }, at) => {
        for (let i = begin, place = at; i < end; i++) this.#put(place++, read(source(rows[i])));
      };
    } else {
      this.#append = ({ times, begin, end }, at) => {
        for (let i = begin, place = at; i < end; i++) this.#put(place++, ofTime(times[i]!));
      };
    }
  }

  append(events: EventRows, at: number): void {
    const size = at + events.end - events.begin;
    this.#cells = growColumn(this.#cells, size);
    this.#values = growColumn(this.#values, size);
    this.#append(events, at);
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
    const touched = new Int32Array(Math.min(places.length, counts.cells.length));
    let distinct = 0;
    for (const place of places) {
      const cell = this.#cells[place]!;
      if (cell >= 0) {
        if (counts.cells[cell]!++ === 0) touched[distinct++] = cell;
        if ((cell & 1) === 0) {
          this.#grid.addOpen(counts, { cell, value: this.#values[place]!, times: 1 });
        }
      } else if (cell === MISSING) counts.missing++;
      else if (cell === INFINITE) counts.infinite++;
      else counts.wrongType++;
    }
    const cells = touched.subarray(0, distinct).sort();
    encodeCounts(writer, counts, cells);
    this.#clear(cells);
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
