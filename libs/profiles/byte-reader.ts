import { PlumblineError } from '#libs/errors/plumbline-error.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads what `ByteWriter` wrote. Every method throws PLB_WIRE_MALFORMED beyond the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  #take(size: number): number {
    if (size > this.remaining) throw malformed(this.#position, `${size} bytes are missing`);
    const position = this.#position;
    this.#position += size;
    return position;
  }

  /** The bytes from an earlier position up to here. */
  slice(begin: number): Uint8Array {
    return this.#bytes.subarray(begin, this.#position);
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      factor *= 0x80;
    }
    throw malformed(this.#position, 'a number is too large');
  }

  /** A varint that counts things of which each takes at least `bytesEach` bytes. */
  count(bytesEach = 1): number {
    const value = this.varint();
    if (value * bytesEach > this.remaining) {
      throw malformed(this.#position, `${value} entries cannot follow in ${this.remaining} bytes`);
    }
    return value;
  }

  signed(): number {
    const high = this.varint();
    const low = this.varint();
    const magnitude = high * 2 ** 52 + Math.floor(low / 2);
    if (!Number.isSafeInteger(magnitude)) throw malformed(this.#position, 'a number is too large');
    return low % 2 === 1 ? 0 - magnitude : magnitude;
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  text(): string {
    const bytes = this.bytes();
    try {
      return decoder.decode(bytes);
    } catch {
      throw malformed(this.#position, 'a text is not UTF-8');
    }
  }

  bytes(): Uint8Array {
    return this.raw(this.varint());
  }

  raw(size: number): Uint8Array {
    const position = this.#take(size);
    return this.#bytes.subarray(position, position + size);
  }
}

export function malformed(position: number, what: string): PlumblineError {
  return new PlumblineError(
    'PLB_WIRE_MALFORMED',
    `Cannot read a profile: at byte ${position} ${what}`,
  );
}
