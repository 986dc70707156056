import { isUtf8 } from 'node:buffer';
import { compilePath } from '#libs/profiles/json-path.ts';
import type { ValueColumn } from '#libs/profiles/value-column.ts';
import type { BadValue, CodecOptions, EventCodec } from './codec.ts';
import { decodeJson } from './json.ts';
import { JsonScanner } from './json-scanner.ts';
import { createPathTree } from './path-tree.ts';

/** What is kept to copy events to; more is taken only for as long as it is needed. */
const KEPT_BYTES = 1024 * 1024;
/** Behind each event, and so many behind the last: what looks at four bytes at a time looks there. */
const END = 0;
const END_BYTES = 4;

/**
 * One event a value, in JSON.
 *
 * The usual event is read from its bytes, and nothing of it but the wanted values. Whatever is not
 * usual goes through `JSON.parse`: it gives the same, and takes longer.
 */
export class JsonCodec implements EventCodec {
  readonly #columns: ReadonlyMap<ValueColumn, (event: unknown) => unknown>;
  readonly #scanner: JsonScanner;
  readonly #kept = Buffer.alloc(KEPT_BYTES);

  constructor({ columns }: Pick<CodecOptions, 'columns'>) {
    // Several spellings of a path share a column.
    this.#columns = new Map([...columns].map(([path, column]) => [column, compilePath(path)]));
    this.#scanner = new JsonScanner(createPathTree(columns));
  }

  decode(values: readonly Uint8Array[]): readonly (number | BadValue)[] {
    const bytes = this.#gather(values);
    for (const column of this.#columns.keys()) {
      column.begin(values.length);
      column.bytes = bytes;
    }
    this.#scanner.bytes = bytes;
    // The bytes between events are none of a longer sequence: all of them are UTF-8 or one is not.
    const allUtf8 = isUtf8(bytes);
    const outcomes: (number | BadValue)[] = [];
    let begin = 0;
    let row = 0;
    for (const value of values) {
      const end = begin + value.length;
      const isRead =
        (allUtf8 || isUtf8(bytes.subarray(begin, end))) && this.#scanner.read(begin, row) === end;
      const outcome = isRead ? 1 : this.#parse(value, row);
      if (outcome === 1) row++;
      outcomes.push(outcome);
      begin = end + 1;
    }
    return outcomes;
  }

  /** Copies the values into one place, one after the other, each with an end. */
  #gather(values: readonly Uint8Array[]): Buffer {
    let length = END_BYTES;
    for (const value of values) length += value.length + 1;
    const bytes = length > KEPT_BYTES ? Buffer.allocUnsafeSlow(length) : this.#kept;
    let at = 0;
    for (const value of values) {
      bytes.set(value, at);
      at += value.length;
      bytes[at++] = END;
    }
    bytes.fill(END, at, length);
    return bytes.subarray(0, length);
  }

  #parse(value: Uint8Array, row: number): 1 | BadValue {
    const decoded = decodeJson(value);
    const isEvent = decoded.kind === 'event';
    for (const [column, source] of this.#columns) {
      column.set(row, isEvent ? source(decoded.event) : undefined);
    }
    return isEvent ? 1 : decoded.reason;
  }
}
