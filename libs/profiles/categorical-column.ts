import type { ByteWriter } from './byte-writer.ts';
import {
  addUnseen,
  CategoryTable,
  emptyCategoricalCounts,
  OTHER,
  trimUnseen,
  UNSEEN,
  unseenName,
} from './category-table.ts';
import type { CategoricalCounts } from './counts.ts';
import { encodeCounts } from './encode-profile.ts';
import type { EventRows, FieldColumn } from './field-column.ts';
import { FIRST_SIZE, growColumn } from './grow-column.ts';
import { compilePath } from './json-path.ts';
import type { CategoricalLayout } from './layout.ts';
import { compileCategoryReader } from './value.ts';

/** Codes beside those of `CategoryTable`. */
const MISSING = -3;
const WRONG_TYPE = -4;

/** The cells of a categorical or boolean field, and the names of the unseen categories. */
export class CategoricalColumn implements FieldColumn {
  readonly #table: CategoryTable;
  readonly #source: (row: unknown) => unknown;
  readonly #read: (source: unknown) => string | undefined | null;
  /** Zero between two calls of `encode`. */
  readonly #counts: CategoricalCounts;
  #cells = new Int32Array(FIRST_SIZE);
  /** Unseen categories by the place of their event. */
  readonly #unseen = new Map<number, string>();

  constructor(layout: CategoricalLayout) {
    this.#table = new CategoryTable(layout);
    this.#source = compilePath(layout.spec.path);
    this.#read = compileCategoryReader(layout.spec);
    this.#counts = emptyCategoricalCounts(layout);
  }

  append({ rows, begin, end }: EventRows, at: number): void {
    this.#cells = growColumn(this.#cells, at + end - begin);
    for (let i = begin, place = at; i < end; i++, place++) {
      const category = this.#read(this.#source(rows[i]));
      if (typeof category === 'string') {
        const cell = this.#table.locate(category);
        this.#cells[place] = cell;
        if (cell === UNSEEN) this.#unseen.set(place, unseenName(category));
      } else {
        this.#cells[place] = category === undefined ? MISSING : WRONG_TYPE;
      }
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
      } else if (cell === MISSING) counts.missing++;
      else if (cell === WRONG_TYPE) counts.wrongType++;
      else if (cell === OTHER) counts.other++;
      else {
        counts.unseen++;
        addUnseen(counts, this.#unseen.get(place)!, 1);
      }
    }
    trimUnseen(counts);
    const cells = touched.subarray(0, distinct).sort();
    encodeCounts(writer, counts, cells);
    this.#clear(cells);
  }

  #clear(cells: Int32Array): void {
    const counts = this.#counts;
    for (const cell of cells) counts.cells[cell] = 0;
    counts.missing = 0;
    counts.wrongType = 0;
    counts.other = 0;
    counts.unseen = 0;
    counts.unseenValues.clear();
    counts.unseenBeyond = 0;
  }

  reset(): void {
    this.#unseen.clear();
  }
}
