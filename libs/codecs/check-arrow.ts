/** Length that says: the real length follows. */
const CONTINUATION = -1;
const MESSAGE = { schema: 1, dictionary: 2, batch: 3 } as const;
/** Types nested deeper are nobody's events. */
const DEEPEST = 32;

/**
 * Checks that the messages of an Arrow IPC stream are whole and that no list in them is longer than
 * their bytes. The library that reads them believes every length: from a few wrong bytes it would
 * make lists until the memory is full.
 *
 * @throws RangeError where they are not.
 */
export function checkArrowStream(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let position = 0;
  while (position < bytes.length) {
    let length = view.getInt32(position, true);
    position += 4;
    if (length === CONTINUATION) {
      length = view.getInt32(position, true);
      position += 4;
    }
    if (length === 0) return;
    // The constructor checks the range.
    const body = new Metadata(
      new DataView(bytes.buffer, bytes.byteOffset + position, length),
    ).check();
    position += length + body;
    if (position > bytes.length) throw unsound();
  }
}

/** The metadata of one message: a FlatBuffer of Arrow's `Message.fbs` and `Schema.fbs`. */
class Metadata {
  readonly #view: DataView;
  /** Tables may be shared, so that few bytes stand for very many: each look at one counts. */
  #tables: number;

  constructor(view: DataView) {
    this.#view = view;
    this.#tables = view.byteLength >> 2;
  }

  /** The length of the body that follows. */
  check(): number {
    const message = this.#view.getUint32(0, true);
    const type = this.#field(message, 1);
    const header = this.#table(message, 2);
    if (type === 0 || header === 0) throw unsound();
    const kind = this.#view.getUint8(type);
    if (kind === MESSAGE.schema) this.#checkSchema(header);
    else if (kind === MESSAGE.batch) this.#checkBatch(header);
    else if (kind === MESSAGE.dictionary) {
      const data = this.#table(header, 1);
      if (data !== 0) this.#checkBatch(data);
    } else throw unsound();
    this.#vector(message, 4, 4);
    const body = this.#field(message, 3);
    const length = body === 0 ? 0 : Number(this.#view.getBigInt64(body, true));
    if (length < 0) throw unsound();
    return length;
  }

  #checkSchema(schema: number): void {
    const endianness = this.#field(schema, 0);
    if (endianness !== 0 && this.#view.getInt16(endianness, true) !== 0) throw unsound();
    this.#checkFields(schema, { field: 1, depth: 0 });
    this.#vector(schema, 2, 4);
    this.#vector(schema, 3, 8);
  }

  /** The fields that a schema or another field has. */
  #checkFields(
    table: number,
    { field, depth }: { readonly field: number; readonly depth: number },
  ): void {
    if (depth > DEEPEST) throw unsound();
    const { begin, length } = this.#vector(table, field, 4);
    for (let i = 0; i < length; i++) {
      if (this.#tables-- === 0) throw unsound();
      const at = begin + 4 * i;
      const inner = at + this.#view.getUint32(at, true);
      this.#checkFields(inner, { field: 5, depth: depth + 1 });
      this.#vector(inner, 6, 4);
    }
  }

  #checkBatch(batch: number): void {
    this.#vector(batch, 1, 16);
    const buffers = this.#vector(batch, 2, 16);
    const variadic = this.#vector(batch, 4, 8);
    let rest = buffers.length;
    for (let i = 0; i < variadic.length; i++) {
      const count = Number(this.#view.getBigInt64(variadic.begin + 8 * i, true));
      rest -= count;
      if (!(count >= 0 && rest >= 0)) throw unsound();
    }
  }

  /** Where a table has a field, 0 where it has not. */
  #field(table: number, index: number): number {
    const layout = table - this.#view.getInt32(table, true);
    const place = 4 + 2 * index;
    if (place >= this.#view.getUint16(layout, true)) return 0;
    const offset = this.#view.getUint16(layout + place, true);
    return offset === 0 ? 0 : table + offset;
  }

  #table(table: number, index: number): number {
    const field = this.#field(table, index);
    return field === 0 ? 0 : field + this.#view.getUint32(field, true);
  }

  /** A list of things of a size, all of which are there. */
  #vector(
    table: number,
    index: number,
    size: number,
  ): { readonly begin: number; readonly length: number } {
    const at = this.#table(table, index);
    if (at === 0) return { begin: 0, length: 0 };
    const length = this.#view.getUint32(at, true);
    const begin = at + 4;
    if (begin + size * length > this.#view.byteLength) throw unsound();
    return { begin, length };
  }
}

function unsound(): RangeError {
  return new RangeError('Cannot read an Arrow stream: its messages are not whole');
}
