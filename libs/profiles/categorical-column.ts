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
import type { CategoricalLayout } from './layout.ts';
import { compileCategoryReader, compileTimeReader } from './value.ts';
import { columnOf, FALSE, TEXT, TRUE } from './value-column.ts';

/** Codes beside those of `CategoryTable`. */
const MISSING = -3;
const WRONG_TYPE = -4;

/** The cells of a categorical or boolean field, and the names of the unseen categories. */
export class CategoricalColumn implements FieldColumn {
  readonly #table: CategoryTable;
  readonly #path: string;
  readonly #read: (source: unknown) => string | undefined | null;
  /** Texts are the categories as they are. */
  readonly #isPlain: boolean;
  /** The cells of `true` and `false` where those are the categories; else `null`. */
  readonly #truth: { readonly yes: number; readonly no: number } | null;
  /** For a field derived from the event time. */
  readonly #ofTime: ((time: number) => number) | undefined;
  /** Zero between two calls of `encode`. */
  readonly #counts: CategoricalCounts;
  #cells = new Int32Array(FIRST_SIZE);
  /** Unseen categories by the place of their event. */
  readonly #unseen = new Map<number, string>();

  constructor(layout: CategoricalLayout, timePath: string) {
    const { spec } = layout;
    this.#table = new CategoryTable(layout);
    this.#path = spec.path;
    this.#read = compileCategoryReader(spec);
    this.#isPlain = spec.type !== 'boolean' && spec.derive === undefined;
    const yes = this.#table.locate('true');
    const no = this.#table.locate('false');
    this.#truth = spec.type === 'boolean' && yes >= 0 && no >= 0 ? { yes, no } : null;
    this.#ofTime = spec.path === timePath ? compileTimeReader(spec) : undefined;
    this.#counts = emptyCategoricalCounts(layout);
  }

  append({ columns, times, rows }: EventRows, at: number): void {
    this.#cells = growColumn(this.#cells, at + rows.length);
    if (this.#ofTime !== undefined) {
      for (let i = 0; i < rows.length; i++) {
        this.#put(at + i, String(this.#ofTime(times[rows[i]!]!)));
      }
      return;
    }
    const column = columnOf(columns, this.#path);
    const { kinds, starts, ends, bytes } = column;
    const table = this.#table;
    const truth = this.#truth;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const kind = kinds[row];
      if (kind === TEXT && this.#isPlain) {
        const cell = table.locateBytes(bytes, starts[row]!, ends[row]!);
        this.#cells[at + i] = cell;
        if (cell === UNSEEN) this.#unseen.set(at + i, unseenName(column.text(row)));
      } else if (truth !== null && (kind === TRUE || kind === FALSE)) {
        this.#cells[at + i] = kind === TRUE ? truth.yes : truth.no;
      } else this.#put(at + i, this.#read(column.get(row)));
    }
  }

  #put(place: number, category: string | undefined | null): void {
    if (typeof category === 'string') {
      const cell = this.#table.locate(category);
      this.#cells[place] = cell;
      if (cell === UNSEEN) this.#unseen.set(place, unseenName(category));
    } else {
      this.#cells[place] = category === undefined ? MISSING : WRONG_TYPE;
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
