/** Bits per chunk; carries keep every chunk an exact integer in a double. */
const CHUNK_BITS = 32;
const CHUNK = 2 ** CHUNK_BITS;
/** The lowest bit of a double is 2^-1074; chunk 0 starts at 2^-1088, a multiple of 32 below it. */
const LOWEST_EXPONENT = -1088;
/** Chunks up to 2^1024 and room for 2^64 addends of the largest double. */
const CHUNKS = 68;
/** An addend adds at most 2^32 to a chunk, so that many keep it below 2^53. */
const ADDENDS_BEFORE_CARRY = 2 ** 20;

const scratch = new Float64Array(1);
const words = new Uint32Array(scratch.buffer);
/** Where a double's sign and exponent stand: the byte order of the machine decides. */
const HIGH_WORD = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * An exact sum of doubles: the order of additions does not change a bit of it, and an addend can
 * be taken back exactly.
 *
 * A superaccumulator of 32-bit chunks with delayed carries (Neal, "Fast Exact Summation Using
 * Small and Large Superaccumulators", 2015, small variant).
 */
export class ExactSum {
  /** Empty until the first addend that is not 0. */
  #chunks = new Float64Array(0);
  /** Addends since the last carry. */
  #pending = 0;
  /** Nothing was added: every chunk is 0. */
  #untouched = true;

  /** @throws RangeError for NaN and ±Infinity. */
  add(value: number): void {
    this.#accumulate(value, 1);
  }

  /** Adds the same addend `times` times; a negative number takes it back. */
  addTimes(value: number, times: number): void {
    for (let rest = Math.abs(times); rest > 0; rest -= ADDENDS_BEFORE_CARRY) {
      const step = Math.min(rest, ADDENDS_BEFORE_CARRY);
      this.#accumulate(value, times < 0 ? -step : step);
    }
  }

  /** Adds `values[0, length)`, quicker. @throws RangeError at NaN or ±Infinity; those before are added. */
  addMany(values: Float64Array, length: number): void {
    for (let begin = 0; begin < length; begin += ADDENDS_BEFORE_CARRY) {
      this.#addRange(values, { begin, end: Math.min(length, begin + ADDENDS_BEFORE_CARRY) });
    }
  }

  #addRange(
    values: Float64Array,
    { begin, end }: { readonly begin: number; readonly end: number },
  ): void {
    this.#touch();
    this.#pending += end - begin;
    if (this.#pending > ADDENDS_BEFORE_CARRY) {
      this.#carry();
      this.#pending = end - begin;
    }
    const chunks = this.#chunks;
    for (let i = begin; i < end; i++) {
      scratch[0] = values[i]!;
      const word = words[HIGH_WORD]!;
      const biased = (word >>> 20) & 0x7ff;
      if (biased === 0x7ff) throw notFinite(values[i]!);
      const high = biased === 0 ? word & 0xfffff : (word & 0xfffff) | 0x100000;
      const low = words[1 - HIGH_WORD]!;
      const position = (biased === 0 ? -1074 : biased - 1075) - LOWEST_EXPONENT;
      const index = position >>> 5;
      const shift = position & 31;
      // Two steps, since a shift by 32 would be one by 0.
      const back = 31 - shift;
      const sign = word >>> 31 === 1 ? -1 : 1;
      chunks[index]! += sign * ((low << shift) >>> 0);
      chunks[index + 1]! += sign * (((high << shift) | ((low >>> 1) >>> back)) >>> 0);
      chunks[index + 2]! += sign * ((high >>> 1) >>> back);
    }
  }

  #accumulate(value: number, times: number): void {
    if (value === 0) return;
    if (!Number.isFinite(value)) {
      throw notFinite(value);
    }
    this.#touch();
    this.#pending += Math.abs(times);
    if (this.#pending > ADDENDS_BEFORE_CARRY) {
      this.#carry();
      this.#pending = Math.abs(times);
    }
    scratch[0] = value;
    const word = words[HIGH_WORD]!;
    const biased = (word >>> 20) & 0x7ff;
    const high = biased === 0 ? word & 0xfffff : (word & 0xfffff) | 0x100000;
    const low = words[1 - HIGH_WORD]!;
    // The mantissa is high·2^32 + low, its lowest bit stands at 2^exponent.
    const position = (biased === 0 ? -1074 : biased - 1075) - LOWEST_EXPONENT;
    const index = position >>> 5;
    const shift = position & 31;
    const signed = word >>> 31 === 1 ? -times : times;
    const chunks = this.#chunks;
    if (shift === 0) {
      chunks[index]! += signed * low;
      chunks[index + 1]! += signed * high;
      return;
    }
    const back = 32 - shift;
    chunks[index]! += signed * ((low << shift) >>> 0);
    chunks[index + 1]! += signed * (((high << shift) | (low >>> back)) >>> 0);
    chunks[index + 2]! += signed * (high >>> back);
  }

  /** Adds another sum, as if its addends had been added here. */
  merge(other: ExactSum, sign: 1 | -1 = 1): void {
    if (other.#untouched) return;
    this.#touch();
    this.#carry();
    other.#carry();
    for (let i = 0; i < CHUNKS; i++) this.#chunks[i]! += sign * other.#chunks[i]!;
    this.#carry();
  }

  #touch(): void {
    if (this.#chunks.length === 0) this.#chunks = new Float64Array(CHUNKS);
    this.#untouched = false;
  }

  /** Brings the chunks into the one form that a value has: 0 ≤ chunk < 2^32 but for the top one. */
  #carry(): void {
    if (this.#untouched) return;
    const chunks = this.#chunks;
    let carry = 0;
    for (let i = 0; i < CHUNKS - 1; i++) {
      const total = chunks[i]! + carry;
      carry = Math.floor(total / CHUNK);
      chunks[i] = total - carry * CHUNK;
    }
    chunks[CHUNKS - 1]! += carry;
    this.#pending = 0;
  }

  /** The sum, rounded once to the nearest double (ties to even); ±Infinity beyond the largest. */
  value(): number {
    if (this.#untouched) return 0;
    this.#carry();
    let total = 0n;
    for (let i = CHUNKS - 1; i >= 0; i--) {
      total = (total << 32n) + BigInt(this.#chunks[i]!);
    }
    return scaleToDouble(total);
  }

  /** The non-zero chunks as [index, value] pairs in ascending order; equal sums give equal lists. */
  entries(): [index: number, chunk: number][] {
    const entries: [number, number][] = [];
    if (this.#untouched) return entries;
    this.#carry();
    for (let i = 0; i < CHUNKS; i++) {
      const chunk = this.#chunks[i]!;
      if (chunk !== 0) entries.push([i, chunk]);
    }
    return entries;
  }

  /** Reads back what `entries` gave. @throws RangeError for anything else. */
  static fromEntries(entries: Iterable<readonly [index: number, chunk: number]>): ExactSum {
    const sum = new ExactSum();
    let last = -1;
    for (const [index, chunk] of entries) {
      const top = index === CHUNKS - 1;
      if (!Number.isInteger(index) || index <= last || index >= CHUNKS) {
        throw new RangeError(`Cannot read an exact sum: chunk index ${index} after ${last}`);
      }
      if (!Number.isSafeInteger(chunk) || chunk === 0 || (!top && (chunk < 0 || chunk >= CHUNK))) {
        throw new RangeError(
          `Cannot read an exact sum: chunk ${index} must be in range, got ${chunk}`,
        );
      }
      sum.#touch();
      sum.#chunks[index] = chunk;
      last = index;
    }
    return sum;
  }

  /** Back to 0. */
  clear(): void {
    if (this.#untouched) return;
    this.#chunks.fill(0);
    this.#pending = 0;
    this.#untouched = true;
  }
}

function notFinite(value: number): RangeError {
  return new RangeError(`Cannot add to an exact sum: the value must be finite, got ${value}`);
}

/** Rounds total·2^LOWEST_EXPONENT to the nearest double, ties to even. */
function scaleToDouble(total: bigint): number {
  if (total === 0n) return 0;
  const negative = total < 0n;
  const magnitude = negative ? -total : total;
  const bits = magnitude.toString(2).length;
  // Below the smallest normal exponent fewer bits are kept, so that the rounding happens once.
  const lowestKept = Math.max(bits - 53, -1074 - LOWEST_EXPONENT);
  let kept = magnitude >> BigInt(lowestKept);
  const rest = magnitude - (kept << BigInt(lowestKept));
  const half = 1n << BigInt(lowestKept - 1);
  if (rest > half || (rest === half && (kept & 1n) === 1n)) kept += 1n;
  const exponent = lowestKept + LOWEST_EXPONENT;
  // Two factors: 2^exponent alone may be out of range while the product is not.
  const first = Math.trunc(exponent / 2);
  const value = Number(kept) * 2 ** first * 2 ** (exponent - first);
  return negative ? -value : value;
}
