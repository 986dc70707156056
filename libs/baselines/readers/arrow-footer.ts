import { FlatBuffer } from '#libs/codecs/flat-buffer.ts';

/** An entry of the footer: offset, length of the metadata (and padding), length of the body. */
const BLOCK = 24;
/** Bytes of what is put before a footer to make a message of it. */
const PREFIX = 40;
const SCHEMA = 1;

/** What the end of an Arrow IPC file says about the rest. */
export interface ArrowFooter {
  /** The message of the schema as a stream begins with it. */
  readonly schema: Uint8Array;
  /** Where the messages of the dictionaries and of the batches begin. */
  readonly dictionaries: readonly number[];
  readonly batches: readonly number[];
}

/**
 * Reads the footer, a FlatBuffer of Arrow's `File.fbs`. Not every writer puts the schema at the
 * beginning of a file too, and so the message of the schema is made from the footer's.
 *
 * @throws RangeError where it is not whole.
 */
export function readArrowFooter(bytes: Uint8Array): ArrowFooter {
  const footer = new FlatBuffer(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  const root = footer.root();
  const offsets = (field: number) => {
    const blocks = footer.vector(root, field, BLOCK);
    return Array.from({ length: blocks.length }, (_, i) => footer.long(blocks.begin + BLOCK * i));
  };
  const version = footer.field(root, 0);
  const schema = footer.table(root, 1);
  if (schema === 0) throw new RangeError('Cannot read the footer: it has no schema');
  return {
    schema: schemaMessage(bytes, {
      schema,
      version: version === 0 ? 0 : footer.view.getInt16(version, true),
    }),
    dictionaries: offsets(2),
    batches: offsets(3),
  };
}

/** Places in a FlatBuffer are relative to where they stand: the footer's schema may be moved. */
function schemaMessage(
  footer: Uint8Array,
  { schema, version }: { readonly schema: number; readonly version: number },
): Uint8Array {
  const length = Math.ceil((PREFIX + footer.length) / 8) * 8;
  const bytes = new Uint8Array(length);
  bytes.set(footer, PREFIX);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, -1, true);
  view.setInt32(4, length - 8, true);
  // The FlatBuffer begins at 8 with the place of its table, which is at 24.
  view.setUint32(8, 16, true);
  // Its layout: length, length of the table, and where the version, type and header are in it.
  for (const [i, value] of [10, 12, 8, 10, 4].entries()) view.setUint16(12 + 2 * i, value, true);
  view.setInt32(24, 12, true);
  view.setUint32(28, PREFIX + schema - 28, true);
  view.setInt16(32, version, true);
  view.setUint8(34, SCHEMA);
  return bytes;
}
