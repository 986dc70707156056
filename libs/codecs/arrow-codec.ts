import { type Data, type RecordBatch, RecordBatchReader, Type } from 'apache-arrow';
import { parsePath } from '#libs/profiles/json-path.ts';
import type { ValueColumn } from '#libs/profiles/value-column.ts';
import { ArrowColumn, type ArrowPlace, MalformedArrow } from './arrow-column.ts';
import { checkArrowStream } from './check-arrow.ts';
import type { BadValue, CodecOptions, EventCodec } from './codec.ts';

/**
 * Record batches a value, as an Arrow IPC stream: a schema, then the batches; each row is an event.
 *
 * The wanted columns are taken as they stand in the batches. A column that is not there is absent
 * from every row, as a member may be from an event of JSON; without the time's there is no event.
 */
export class ArrowCodec implements EventCodec {
  readonly #columns: readonly ArrowColumn[];
  readonly #time: readonly (string | number)[];

  constructor({ columns, time }: CodecOptions) {
    // Several spellings of a path share a column.
    const paths = new Map<ValueColumn, string>(
      [...columns].map(([path, column]) => [column, path]),
    );
    this.#columns = [...paths].map(([column, path]) => new ArrowColumn(column, parsePath(path)));
    this.#time = parsePath(time);
  }

  decode(values: readonly Uint8Array[]): readonly (number | BadValue)[] {
    for (const column of this.#columns) column.begin();
    let row = 0;
    return values.map((value) => {
      const outcome = this.#read(value, row);
      if (typeof outcome === 'number') row += outcome;
      return outcome;
    });
  }

  /** Reads a value into the rows from `begin` on. */
  #read(value: Uint8Array, begin: number): number | BadValue {
    let row = begin;
    const most = 8 * value.length;
    try {
      checkArrowStream(value);
      const reader = RecordBatchReader.from(value).open();
      // What the library takes for a stream that is over is none that has begun.
      if (reader.schema === undefined) return 'malformed';
      for (const batch of reader) {
        const rows = batch.numRows;
        // A number of rows is only a number: memory is for what the bytes can hold.
        if (!(rows >= 0 && rows <= most)) return 'malformed';
        if (locate(batch, this.#time) === null) return 'no_time';
        for (const column of this.#columns) {
          const place = locate(batch, column.keys);
          if (place === null) column.absent(row, rows);
          else column.read(place, { at: row, length: rows, most });
        }
        row += rows;
      }
    } catch {
      // Whatever is thrown, is thrown because of the bytes.
      return 'malformed';
    }
    return row - begin;
  }
}

function locate(batch: RecordBatch, keys: readonly (string | number)[]): ArrowPlace | null {
  let data: Data = batch.data;
  const through: Data[] = [];
  for (const [i, key] of keys.entries()) {
    if (data.typeId !== Type.Struct) return { data, through, rest: keys.slice(i) };
    if (i > 0) through.push(data);
    const { children } = data.type as { readonly children: readonly { readonly name: string }[] };
    // Of several of the same name the last one counts, as in JSON.
    const child = data.children[children.findLastIndex(({ name }) => name === key)];
    if (child === undefined) return null;
    if (child.length !== batch.numRows) throw new MalformedArrow();
    data = child;
  }
  return data.typeId === Type.Null ? null : { data, through, rest: [] };
}
