import type { ByteWriter } from './byte-writer.ts';
import { CategoryTable } from './category-table.ts';
import type { FieldSpec } from './field.ts';
import { createFieldColumn, type EventRows, type FieldColumn } from './field-column.ts';
import { FIRST_SIZE, growColumn } from './grow-column.ts';
import type { SegmentLayout } from './layout.ts';
import { compileSegmentValue } from './segment-value.ts';
import { compileTimeReader } from './value.ts';
import { columnOf, TEXT } from './value-column.ts';

/**
 * The segment of each event of an unfinished block, and its fields once more on the cells that
 * segments have: what it writes stands behind the fields of the whole.
 */
export class SegmentColumn implements FieldColumn {
  readonly #columns: readonly FieldColumn[];
  readonly #keys: readonly ValueCodes[];
  /** Segment of each combination of codes. */
  readonly #segmentOf: Int32Array;
  /** Number of segments, the rest included. */
  readonly #count: number;
  #segments = new Int32Array(FIRST_SIZE);
  #codes = new Int32Array(FIRST_SIZE);

  constructor({ by, values, fields }: SegmentLayout, timePath: string) {
    this.#columns = fields.map((field) => createFieldColumn(field, timePath));
    this.#keys = by.map((spec, i) => {
      const own = [...new Set(values.map((each) => each[i]!))];
      return new ValueCodes(spec, { values: own, timePath });
    });
    this.#count = values.length + 1;
    const combinations = this.#keys.reduce((product, { size }) => product * size, 1);
    this.#segmentOf = new Int32Array(combinations).fill(values.length);
    for (const [segment, own] of values.entries()) {
      const code = this.#keys.reduce((sum, key, i) => sum * key.size + key.codeOf(own[i]), 0);
      this.#segmentOf[code] = segment;
    }
  }

  append(events: EventRows, at: number): void {
    const { length } = events.rows;
    this.#segments = growColumn(this.#segments, at + length);
    this.#codes = growColumn(this.#codes, length);
    const segments = this.#segments;
    const codes = this.#codes;
    segments.fill(0, at, at + length);
    for (const key of this.#keys) {
      key.read(events, codes);
      for (let i = 0; i < length; i++) segments[at + i] = segments[at + i]! * key.size + codes[i]!;
    }
    for (let i = at; i < at + length; i++) segments[i] = this.#segmentOf[segments[i]!]!;
    for (const column of this.#columns) column.append(events, at);
  }

  encode(writer: ByteWriter, places: Int32Array): void {
    const ends = new Int32Array(this.#count);
    for (const place of places) ends[this.#segments[place]!]!++;
    const seen = [...ends.keys()].filter((segment) => ends[segment]! > 0);
    for (let segment = 1; segment < this.#count; segment++) ends[segment]! += ends[segment - 1]!;
    const begins = Int32Array.of(0, ...ends.subarray(0, -1));
    const next = begins.slice();
    const sorted = new Int32Array(places.length);
    for (const place of places) sorted[next[this.#segments[place]!]!++] = place;
    writer.varint(seen.length);
    let last = -1;
    for (const segment of seen) {
      const own = sorted.subarray(begins[segment], ends[segment]);
      writer.varint(segment - last - 1);
      writer.varint(own.length);
      for (const column of this.#columns) column.encode(writer, own);
      last = segment;
    }
  }

  reset(): void {
    for (const column of this.#columns) column.reset();
  }
}

/** Numbers the values of one field that segments are made by. */
class ValueCodes {
  /** Number of codes: one for each value, and the last one for all others. */
  readonly size: number;
  readonly #table: CategoryTable;
  readonly #path: string;
  readonly #value: (source: unknown) => string | undefined;
  /** Texts are the values as they are. */
  readonly #isPlain: boolean;
  /** For a field derived from a time, and whether that is the event's. */
  readonly #ofTime: ((time: number) => number) | undefined;
  readonly #ofEventTime: boolean;

  constructor(
    spec: FieldSpec,
    { values, timePath }: { readonly values: readonly string[]; readonly timePath: string },
  ) {
    this.size = values.length + 1;
    this.#table = new CategoryTable({ kind: 'categorical', spec, categories: values, folded: [] });
    this.#path = spec.path;
    this.#value = compileSegmentValue(spec);
    this.#isPlain = spec.type === 'categorical' && spec.derive === undefined;
    this.#ofTime = compileTimeReader(spec);
    this.#ofEventTime = spec.path === timePath;
  }

  codeOf(value: string | undefined): number {
    const code = value === undefined ? -1 : this.#table.locate(value);
    return code < 0 ? this.size - 1 : code;
  }

  /** The code of each row, in their order. */
  read({ columns, times, rows }: EventRows, codes: Int32Array): void {
    const column = columnOf(columns, this.#path);
    const { kinds, starts, ends, bytes } = column;
    const ofTime = this.#ofTime;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (this.#isPlain && kinds[row] === TEXT) {
        const code = this.#table.locateBytes(bytes, starts[row]!, ends[row]!);
        codes[i] = code < 0 ? this.size - 1 : code;
        continue;
      }
      const time =
        ofTime === undefined ? Number.NaN : this.#ofEventTime ? times[row]! : column.time(row);
      codes[i] = this.codeOf(
        ofTime === undefined || Number.isNaN(time)
          ? this.#value(column.get(row))
          : String(ofTime(time)),
      );
    }
  }
}
