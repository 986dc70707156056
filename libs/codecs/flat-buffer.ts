/**
 * Reads tables of a FlatBuffer in place. Places are offsets into the bytes; 0 stands for a field
 * that a table does not have. Whatever lies outside of the bytes is refused with a RangeError.
 */
export class FlatBuffer {
  readonly view: DataView;

  constructor(view: DataView) {
    this.view = view;
  }

  /** The table that the bytes begin with. */
  root(): number {
    return this.view.getUint32(0, true);
  }

  /** Where a table has a field, 0 where it has not. */
  field(table: number, index: number): number {
    const layout = table - this.view.getInt32(table, true);
    const place = 4 + 2 * index;
    if (place >= this.view.getUint16(layout, true)) return 0;
    const offset = this.view.getUint16(layout + place, true);
    return offset === 0 ? 0 : table + offset;
  }

  /** The table, list or text that a field refers to. */
  table(table: number, index: number): number {
    const field = this.field(table, index);
    return field === 0 ? 0 : field + this.view.getUint32(field, true);
  }

  /** A list of things of a size in bytes, all of which are there. @throws RangeError */
  vector(table: number, index: number, size: number): FlatVector {
    const at = this.table(table, index);
    if (at === 0) return { begin: 0, length: 0 };
    const length = this.view.getUint32(at, true);
    const begin = at + 4;
    if (begin + size * length > this.view.byteLength) {
      throw new RangeError(`Cannot read a list: ${length} entries of ${size} bytes are not there`);
    }
    return { begin, length };
  }

  /** A 64-bit integer, 0 where the field is not there. */
  long(field: number): number {
    return field === 0 ? 0 : Number(this.view.getBigInt64(field, true));
  }
}

interface FlatVector {
  readonly begin: number;
  readonly length: number;
}
