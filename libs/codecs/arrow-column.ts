import {
  type Data,
  type Date_,
  DateUnit,
  type Decimal,
  type Dictionary,
  MapRow,
  StructRow,
  type Timestamp,
  TimeUnit,
  Type,
  Vector,
} from 'apache-arrow';
import { compileKeys } from '#libs/profiles/json-path.ts';
import {
  ABSENT,
  FALSE,
  NULL,
  NUMBER,
  TEXT,
  TIME,
  TRUE,
  type ValueColumn,
} from '#libs/profiles/value-column.ts';

const DAY = 86_400_000;
const TWO_32 = 2 ** 32;
/** Powers of ten up to this one are doubles. */
const EXACT_POWER = 22;

/** Bytes that say something about data that is not there. */
export class MalformedArrow extends Error {}

/** Where a path leads in a record batch. */
export interface ArrowPlace {
  readonly data: Data;
  /** The structs that it leads through: where one of them is null, nothing is there. */
  readonly through: readonly Data[];
  /** What is left of the path where the type is no struct. */
  readonly rest: readonly (string | number)[];
}

/** Rows of a batch: the first of them goes to the row `at`. */
export interface Rows {
  readonly at: number;
  readonly length: number;
  /** More elements than these many the bytes cannot have. */
  readonly most: number;
}

/** Takes the values of one path out of record batches. */
export class ArrowColumn {
  readonly keys: readonly (string | number)[];
  readonly #column: ValueColumn;
  /** The texts of all batches, one after the other. */
  #bytes = new Uint8Array(0);
  #length = 0;

  constructor(column: ValueColumn, keys: readonly (string | number)[]) {
    this.#column = column;
    this.keys = keys;
  }

  /** The next rows replace those that were there. */
  begin(): void {
    this.#length = 0;
    this.#column.begin(0);
  }

  /** Rows without a value. */
  absent(at: number, length: number): void {
    this.#column.grow(at + length);
    this.#column.kinds.fill(ABSENT, at, at + length);
  }

  /** Reads rows. @throws MalformedArrow where there are not as many values as is said. */
  read({ data, through, rest }: ArrowPlace, rows: Rows): void {
    const { at, length } = rows;
    this.#column.grow(at + length);
    if (rest.length === 0) this.#readValues(data, rows);
    else this.#readOneByOne(data, rows, compileKeys(rest));
    const { kinds } = this.#column;
    forEachNull(data, length, (i) => {
      kinds[at + i] = rest.length === 0 ? NULL : ABSENT;
    });
    for (const outer of through) {
      forEachNull(outer, length, (i) => {
        kinds[at + i] = ABSENT;
      });
    }
  }

  #readValues(data: Data, rows: Rows): void {
    switch (data.typeId) {
      case Type.Float:
        if (data.values instanceof Uint16Array) this.#readOneByOne(data, rows);
        else this.#readNumbers(data.values, rows);
        return;
      case Type.Int:
        if (isInt64(data.values)) this.#readInt64(data, rows);
        else this.#readNumbers(data.values, rows);
        return;
      case Type.Bool:
        this.#readBooleans(data, rows);
        return;
      case Type.Date:
      case Type.Timestamp:
        this.#readTimes(data as Data<Date_ | Timestamp>, rows);
        return;
      case Type.Utf8:
      case Type.LargeUtf8:
        this.#readTexts(data, rows);
        return;
      case Type.Decimal:
        this.#readDecimals(data as Data<Decimal>, rows);
        return;
      case Type.Dictionary:
        this.#readDictionary(data as Data<Dictionary>, rows);
        return;
      default:
        this.#readOneByOne(data, rows);
    }
  }

  #readNumbers(values: Float64Array, { at, length }: Rows): void {
    check(values.length >= length);
    this.#column.numbers.set(values.subarray(0, length), at);
    this.#column.kinds.fill(NUMBER, at, at + length);
  }

  #readInt64({ values }: Data, { at, length }: Rows): void {
    check(values.length >= length);
    const words = wordsOf(values);
    const isSigned = values instanceof BigInt64Array;
    const { numbers, kinds } = this.#column;
    for (let i = 0; i < length; i++) {
      const high = isSigned ? words[2 * i + 1]! : words[2 * i + 1]! >>> 0;
      const value = high * TWO_32 + (words[2 * i]! >>> 0);
      if (Number.isSafeInteger(value)) {
        kinds[at + i] = NUMBER;
        numbers[at + i] = value;
      } else this.#column.set(at + i, values[i]);
    }
  }

  #readBooleans({ values }: Data, { at, length }: Rows): void {
    check(8 * values.length >= length);
    const { kinds } = this.#column;
    for (let i = 0; i < length; i++) {
      kinds[at + i] = ((values[i >> 3]! >> (i & 7)) & 1) === 1 ? TRUE : FALSE;
    }
  }

  /** Milliseconds, rounded down. */
  #readTimes({ type, values }: Data<Date_ | Timestamp>, { at, length }: Rows): void {
    check(values.length >= length);
    const { kinds, numbers } = this.#column;
    kinds.fill(TIME, at, at + length);
    if (!isInt64(values)) {
      const unit = isDate(type) && type.unit === DateUnit.DAY ? DAY : 1;
      for (let i = 0; i < length; i++) numbers[at + i] = Number(values[i]) * unit;
      return;
    }
    const words = wordsOf(values);
    const [multiple, divisor] = isDate(type) ? [1, 1] : scaleOf(type.unit);
    // 2³² divided first: the product of the rest is exact, the whole value might not be.
    const whole = Math.floor(TWO_32 / divisor);
    const remainder = TWO_32 % divisor;
    for (let i = 0; i < length; i++) {
      const high = words[2 * i + 1]!;
      const low = words[2 * i]! >>> 0;
      numbers[at + i] = (high * whole + Math.floor((high * remainder + low) / divisor)) * multiple;
    }
  }

  /** The nearest doubles, as a JSON parser makes of the same digits. */
  #readDecimals({ type, values }: Data<Decimal>, { at, length }: Rows): void {
    const words = type.bitWidth / 32;
    check(words >= 1 && values.length >= words * length);
    const { kinds, numbers } = this.#column;
    kinds.fill(NUMBER, at, at + length);
    const power = type.scale >= 0 && type.scale <= EXACT_POWER ? 10 ** type.scale : Number.NaN;
    for (let i = 0; i < length; i++) {
      let digits = 0n;
      for (let word = words - 1; word >= 0; word--) {
        digits = (digits << 32n) | BigInt(values[i * words + word]!);
      }
      digits = BigInt.asIntN(type.bitWidth, digits);
      const whole = Number(digits);
      numbers[at + i] =
        Number.isSafeInteger(whole) && power > 0
          ? whole / power
          : Number(`${digits}e${-type.scale}`);
    }
  }

  #readTexts(data: Data, { at, length }: Rows): void {
    const offsets = offsetsOf(data, length);
    const shift = this.#keep(data.values, offsets) - offsets[0]!;
    const { kinds, starts, ends } = this.#column;
    for (let i = 0; i < length; i++) {
      kinds[at + i] = TEXT;
      starts[at + i] = offsets[i]! + shift;
      ends[at + i] = offsets[i + 1]! + shift;
    }
  }

  /** Each entry of the dictionary is kept once, and rows refer to it. */
  #readDictionary(data: Data<Dictionary>, rows: Rows): void {
    const { dictionary, values } = data;
    if (dictionary === undefined || dictionary.type.typeId !== Type.Utf8) {
      this.#readOneByOne(data, rows);
      return;
    }
    const { at, length } = rows;
    check(values.length >= length);
    for (const chunk of dictionary.data) check(chunk.valueOffsets.length > chunk.length);
    const begins = new Int32Array(dictionary.length);
    const finishes = new Int32Array(dictionary.length);
    const present = new Uint8Array(dictionary.length).fill(1);
    let entry = 0;
    for (const chunk of dictionary.data) {
      const offsets = offsetsOf(chunk, chunk.length);
      const shift = this.#keep(chunk.values, offsets) - offsets[0]!;
      const first = entry;
      for (let i = 0; i < chunk.length; i++, entry++) {
        begins[entry] = offsets[i]! + shift;
        finishes[entry] = offsets[i + 1]! + shift;
      }
      forEachNull(chunk, chunk.length, (i) => {
        present[first + i] = 0;
      });
    }
    const { kinds, starts, ends } = this.#column;
    for (let i = 0; i < length; i++) {
      const code = Number(values[i]);
      if (code >= 0 && code < entry) {
        kinds[at + i] = present[code] === 1 ? TEXT : NULL;
        starts[at + i] = begins[code]!;
        ends[at + i] = finishes[code]!;
      } else {
        // Where the row is null, its code means nothing.
        check(!data.getValid(i));
      }
    }
  }

  /** What is rare, and what is of no use: lists, structs, maps, views, bytes. */
  #readOneByOne(
    data: Data,
    { at, length, most }: Rows,
    source: (value: unknown) => unknown = (value) => value,
  ): void {
    const vector = new Vector([data]);
    const budget = { elements: most };
    for (let i = 0; i < length; i++) {
      this.#column.set(at + i, source(plain(vector.get(i), budget)));
    }
  }

  /** Copies the texts between the first and the last offset, and says where they begin. */
  #keep(values: Uint8Array, offsets: ArrayLike<number>): number {
    const begin = this.#length;
    const texts = values.subarray(offsets[0], offsets[offsets.length - 1]);
    if (begin + texts.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(begin + texts.length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, begin));
      this.#bytes = larger;
    }
    this.#bytes.set(texts, begin);
    this.#length = begin + texts.length;
    this.#column.bytes = this.#bytes;
    return begin;
  }
}

function check(isThere: boolean): void {
  if (!isThere) throw new MalformedArrow();
}

function forEachNull(data: Data, length: number, found: (i: number) => void): void {
  const { nullBitmap, nullCount } = data;
  if (nullCount === 0 || nullBitmap === null || nullBitmap === undefined) return;
  if (nullBitmap.length === 0) return;
  check(8 * nullBitmap.length >= length);
  for (let i = 0; i < length; i++) {
    if (((nullBitmap[i >> 3]! >> (i & 7)) & 1) === 0) found(i);
  }
}

function isDate(type: Date_ | Timestamp): type is Date_ {
  return type.typeId === Type.Date;
}

function isInt64(values: unknown): values is BigInt64Array | BigUint64Array {
  return values instanceof BigInt64Array || values instanceof BigUint64Array;
}

/** 64-bit integers as pairs of words, the lower one first as Arrow has them: no bigint is made. */
function wordsOf({ buffer, byteOffset, length }: BigInt64Array | BigUint64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, 2 * length);
}

/** What a unit of time is multiplied by, and divided by, to be milliseconds. */
function scaleOf(unit: TimeUnit): readonly [multiple: number, divisor: number] {
  switch (unit) {
    case TimeUnit.SECOND:
      return [1000, 1];
    case TimeUnit.MILLISECOND:
      return [1, 1];
    case TimeUnit.MICROSECOND:
      return [1, 1e3];
    case TimeUnit.NANOSECOND:
      return [1, 1e6];
  }
}

/** Where `length` texts begin, and where the last one ends; ascending, and inside of the values. */
function offsetsOf({ valueOffsets, values }: Data, length: number): ArrayLike<number> {
  if (length === 0) return [0];
  check(valueOffsets.length > length);
  const offsets =
    valueOffsets instanceof Int32Array
      ? valueOffsets.subarray(0, length + 1)
      : Float64Array.from(valueOffsets.subarray(0, length + 1), Number);
  let before = 0;
  for (let i = 0; i <= length; i++) {
    check(offsets[i]! >= before);
    before = offsets[i]!;
  }
  check(before <= values.length);
  return offsets;
}

/** A value of Arrow as JSON would give it, as far as JSON has the like. */
function plain(value: unknown, budget: { elements: number }): unknown {
  if (value instanceof Vector) {
    budget.elements -= value.length;
    check(budget.elements >= 0);
    return Array.from(value, (element) => plain(element, budget));
  }
  if (value instanceof StructRow || value instanceof MapRow) {
    return Object.fromEntries(
      Object.entries(value.toJSON()).map(([name, inner]) => [name, plain(inner, budget)]),
    );
  }
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
