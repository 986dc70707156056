const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const PLUS = 0x2b;
const LOWER_E = 0x65;
const UPPER_E = 0x45;

/** Digits that `head` and `tail` hold: with these, their sum is exact as two doubles. */
const FIRST_DIGITS = 9;
const MOST_DIGITS = 17;
/** Digits of which every integer is a double. */
const EXACT_DIGITS = 15;
/** 10²² is the last power of ten that is a double. */
const MOST_POWER = 22;
const POWERS = Float64Array.from({ length: MOST_POWER + 1 }, (_, power) => Number(`1e${power}`));
/** Veltkamp's constant: splits a double into two halves of 26 bits. */
const SPLITTER = 2 ** 27 + 1;
/** More than the relative error of the correction in `divideExactly`. */
const DOUBT = 2 ** -50;

const latin1 = new TextDecoder('latin1');

/** Reads numbers of JSON from bytes, each to the double that `JSON.parse` gives. */
export class JsonNumber {
  /** The number that was read last. */
  value = 0;

  /**
   * Reads the number that begins at `at` and gives the position behind it, or −1 where there is
   * none. What follows is the caller's business, but the bytes must not end with the number.
   */
  read(bytes: Uint8Array, at: number): number {
    let i = at;
    const negative = bytes[i] === MINUS;
    if (negative) i++;
    const begin = i;
    let head = 0;
    let tail = 0;
    let point = -1;
    // A zero before the point is no digit that would have to be held.
    if (bytes[i] === ZERO) i++;
    const first = i;
    let stop = first + FIRST_DIGITS;
    while (i < stop) {
      const digit = bytes[i]! - ZERO;
      if (digit >>> 0 <= 9) head = head * 10 + digit;
      else if (digit === POINT - ZERO && point < 0) {
        point = i;
        stop++;
      } else break;
      i++;
    }
    if (i === stop) {
      stop += MOST_DIGITS - FIRST_DIGITS;
      while (i < stop) {
        const digit = bytes[i]! - ZERO;
        if (digit >>> 0 <= 9) tail = tail * 10 + digit;
        else if (digit === POINT - ZERO && point < 0) {
          point = i;
          stop++;
        } else break;
        i++;
      }
    }
    let digits = i - first - Number(point >= 0);
    if (i === stop) {
      for (; ; i++) {
        const digit = bytes[i]! - ZERO;
        if (digit >>> 0 <= 9) digits++;
        else if (digit === POINT - ZERO && point < 0) point = i;
        else break;
      }
    }
    const whole = (point < 0 ? i : point) - begin;
    if (whole === 0 || (whole > 1 && bytes[begin] === ZERO) || i - 1 === point) return -1;
    let power = point < 0 ? 0 : i - point - 1;
    const letter = bytes[i]!;
    if (letter === LOWER_E || letter === UPPER_E) {
      i++;
      const sign = bytes[i]!;
      if (sign === MINUS || sign === PLUS) i++;
      const firstOfExponent = i;
      let exponent = 0;
      for (; ; i++) {
        const digit = bytes[i]! - ZERO;
        if (digit >>> 0 > 9) break;
        if (exponent < 1e6) exponent = exponent * 10 + digit;
      }
      if (i === firstOfExponent) return -1;
      power += sign === MINUS ? exponent : -exponent;
    }
    let value = Number.NaN;
    if (digits <= FIRST_DIGITS) value = scale(head, power);
    else if (digits <= EXACT_DIGITS)
      value = scale(head * POWERS[digits - FIRST_DIGITS]! + tail, power);
    else if (digits <= MOST_DIGITS && power >= 0 && power <= MOST_POWER) {
      value = divideExactly(head * POWERS[digits - FIRST_DIGITS]!, tail, power);
    }
    // Seldom: many digits, large exponents, and what lies too near the middle of two doubles.
    if (Number.isNaN(value)) value = Number(latin1.decode(bytes.subarray(begin, i)));
    this.value = negative ? -value : value;
    return i;
  }
}

/**
 * integer / 10^power, NaN where that is more than one rounding (Clinger, "How to Read Floating
 * Point Numbers Accurately", 1990: both are doubles, so the one operation rounds correctly).
 */
function scale(integer: number, power: number): number {
  if (power === 0) return integer;
  if (power > 0) return power <= MOST_POWER ? integer / POWERS[power]! : Number.NaN;
  return power >= -MOST_POWER ? integer * POWERS[-power]! : Number.NaN;
}

/**
 * (high + low) / 10^power for integers of which each is a double but perhaps not their sum; NaN in
 * the rare case in which the rounding is not certain.
 *
 * The quotient of the rounded sum has a remainder that is a double as well (Dekker, "A
 * Floating-Point Technique for Extending the Available Precision", 1971); with it and the rounding
 * error of the sum the quotient is known to about 100 bits. When adding the correction gives the
 * same double at either end of what is uncertain about it, then that is the answer (Ziv's test).
 */
function divideExactly(high: number, low: number, power: number): number {
  const sum = high + low;
  if (power === 0) return sum;
  const lost = low - (sum - high);
  const divisor = POWERS[power]!;
  const quotient = sum / divisor;
  const product = quotient * divisor;
  const splitQuotient = SPLITTER * quotient;
  const quotientHigh = splitQuotient - (splitQuotient - quotient);
  const quotientLow = quotient - quotientHigh;
  const splitDivisor = SPLITTER * divisor;
  const divisorHigh = splitDivisor - (splitDivisor - divisor);
  const divisorLow = divisor - divisorHigh;
  const error =
    quotientHigh * divisorHigh -
    product +
    quotientHigh * divisorLow +
    quotientLow * divisorHigh +
    quotientLow * divisorLow;
  const correction = (sum - product - error + lost) / divisor;
  const doubt = Math.abs(correction) * DOUBT;
  const least = quotient + (correction - doubt);
  return least === quotient + (correction + doubt) ? least : Number.NaN;
}
