import { FlatBuffer } from './flat-buffer.ts';

const KINDS = { schema: 1, dictionary: 2, batch: 3 } as const;
/** Types nested deeper are nobody's data. */
const DEEPEST = 32;
/** In place of its length: the buffer is as it was. */
const NOT_COMPRESSED = -1;
const PREFIX = 8;

export interface ArrowMessage {
  readonly kind: keyof typeof KINDS;
  /** Bytes of the body that follows. */
  readonly bodyLength: number;
  /** Whether the buffers of the body are compressed one by one. */
  readonly compressed: boolean;
}

/**
 * Checks the metadata of one message, a FlatBuffer of Arrow's `Message.fbs` and `Schema.fbs`: no
 * list in it is longer than its bytes. The library that reads them believes every length: from a
 * few wrong bytes it would make lists until the memory is full.
 *
 * @throws RangeError where it is not whole.
 */
export function checkArrowMetadata(metadata: DataView): ArrowMessage {
  return new Metadata(metadata).check();
}

/**
 * How many bytes the body of a compressed message says it will have.
 *
 * @throws RangeError where a buffer is not inside of the body.
 */
export function decompressedLength(metadata: DataView, body: Uint8Array): number {
  return new Metadata(metadata).decompressedLength(body);
}

class Metadata {
  readonly #flat: FlatBuffer;
  /** Tables may be shared, so that few bytes stand for very many: each look at one counts. */
  #tables: number;

  constructor(view: DataView) {
    this.#flat = new FlatBuffer(view);
    this.#tables = view.byteLength >> 2;
  }

  check(): ArrowMessage {
    const flat = this.#flat;
    const { kind, header, message } = this.#header();
    let batch = 0;
    if (kind === 'schema') this.#checkSchema(header);
    else {
      batch = kind === 'batch' ? header : flat.table(header, 1);
      if (batch !== 0) this.#checkBatch(batch);
    }
    flat.vector(message, 4, 4);
    const bodyLength = flat.long(flat.field(message, 3));
    if (bodyLength < 0) throw unsound();
    return { kind, bodyLength, compressed: batch !== 0 && flat.field(batch, 3) !== 0 };
  }

  decompressedLength(body: Uint8Array): number {
    const flat = this.#flat;
    const { kind, header } = this.#header();
    const buffers = flat.vector(kind === 'batch' ? header : flat.table(header, 1), 2, 16);
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    let total = 0;
    for (let i = 0; i < buffers.length; i++) {
      const offset = flat.long(buffers.begin + 16 * i);
      const length = flat.long(buffers.begin + 16 * i + 8);
      if (length === 0) continue;
      if (!(offset >= 0 && length >= PREFIX && offset + length <= body.length)) throw unsound();
      const says = Number(view.getBigInt64(offset, true));
      if (says < NOT_COMPRESSED) throw unsound();
      total += says === NOT_COMPRESSED ? length - PREFIX : says;
    }
    return total;
  }

  #header(): { kind: keyof typeof KINDS; header: number; message: number } {
    const flat = this.#flat;
    const message = flat.root();
    const type = flat.field(message, 1);
    const header = flat.table(message, 2);
    if (type === 0 || header === 0) throw unsound();
    const code = flat.view.getUint8(type);
    if (code === KINDS.schema) return { kind: 'schema', header, message };
    if (code === KINDS.dictionary) return { kind: 'dictionary', header, message };
    if (code === KINDS.batch) return { kind: 'batch', header, message };
    throw unsound();
  }

  #checkSchema(schema: number): void {
    const flat = this.#flat;
    const endianness = flat.field(schema, 0);
    if (endianness !== 0 && flat.view.getInt16(endianness, true) !== 0) throw unsound();
    this.#checkFields(schema, { field: 1, depth: 0 });
    flat.vector(schema, 2, 4);
    flat.vector(schema, 3, 8);
  }

  /** The fields that a schema or another field has. */
  #checkFields(
    table: number,
    { field, depth }: { readonly field: number; readonly depth: number },
  ): void {
    if (depth > DEEPEST) throw unsound();
    const { begin, length } = this.#flat.vector(table, field, 4);
    for (let i = 0; i < length; i++) {
      if (this.#tables-- === 0) throw unsound();
      const at = begin + 4 * i;
      const inner = at + this.#flat.view.getUint32(at, true);
      this.#checkFields(inner, { field: 5, depth: depth + 1 });
      this.#flat.vector(inner, 6, 4);
    }
  }

  #checkBatch(batch: number): void {
    const flat = this.#flat;
    flat.vector(batch, 1, 16);
    const buffers = flat.vector(batch, 2, 16);
    const variadic = flat.vector(batch, 4, 8);
    let rest = buffers.length;
    for (let i = 0; i < variadic.length; i++) {
      const count = flat.long(variadic.begin + 8 * i);
      rest -= count;
      if (!(count >= 0 && rest >= 0)) throw unsound();
    }
  }
}

function unsound(): RangeError {
  return new RangeError('Cannot read an Arrow message: it is not whole');
}
