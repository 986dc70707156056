const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Event time in milliseconds since 1970 from what events hold: ISO 8601 text (`2001-01-31T18:20:00Z`,
 * a blank instead of the T, fractions, ` UTC`, offsets as `+01:00`, `+0100` or `+01`, without seconds,
 * time, or day; without an offset it is UTC), a `Date`, or a number of seconds, milliseconds,
 * microseconds or nanoseconds, told apart by size: below 10¹¹ seconds, below 10¹⁴ milliseconds, below
 * 10¹⁷ microseconds. A leap second is the first second of the next minute. NaN where the value is no
 * time.
 */
export function parseTimestamp(value: unknown): number {
  if (typeof value === 'string') return parseText(value);
  if (typeof value === 'number') return timeOfNumber(value);
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'bigint') return timeOfNumber(Number(value));
  return Number.NaN;
}

/** `parseTimestamp` of a number. */
export function timeOfNumber(value: number): number {
  const size = Math.abs(value);
  // Adding 0 turns −0 into 0.
  if (size < 1e11) return value * 1000 + 0;
  if (size < 1e14) return value;
  if (size < 1e17) return value / 1000;
  if (size < 1e20) return value / 1e6;
  return Number.NaN;
}

const SHAPE =
  /^(?<year>\d{4}|[+-]\d{6})-(?<month>\d\d)(?:-(?<day>\d\d))?(?:[Tt ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?(?:[Zz]| UTC|(?<sign>[+-])(?<zoneHour>\d\d)(?::?(?<zoneMinute>\d\d))?)?)?$/;

/** Room for a text of the usual shape. */
const scratch = new Uint8Array(48);

function parseText(text: string): number {
  const { length } = text;
  if (length <= scratch.length) {
    let i = 0;
    for (; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) break;
      scratch[i] = code;
    }
    const time = i === length ? parseUsualTime(scratch, 0, length) : Number.NaN;
    if (!Number.isNaN(time)) return time;
  }
  return parseAnyShape(text);
}

/** Any of the shapes; `Date.parse` would read far too much else, and much of it as local time. */
function parseAnyShape(text: string): number {
  const parts = SHAPE.exec(text)?.groups;
  if (parts === undefined || parts.year === '-000000') return Number.NaN;
  const number = (name: string) => Number(parts[name] ?? 0);
  const year = number('year');
  const month = number('month');
  const day = Number(parts.day ?? 1);
  const hour = number('hour');
  const minute = number('minute');
  const second = number('second');
  const zoneHour = number('zoneHour');
  const zoneMinute = number('zoneMinute');
  const millisecond = Number((parts.fraction ?? '').slice(0, 3).padEnd(3, '0'));
  const ofDay = hour * HOUR + minute * MINUTE + second * 1000 + millisecond;
  const valid =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOf(year, month) &&
    // 24:00 is the end of the day.
    (hour <= 23 || ofDay === DAY) &&
    minute <= 59 &&
    second <= 60 &&
    zoneHour <= 23 &&
    zoneMinute <= 59;
  if (!valid) return Number.NaN;
  const offset = zoneHour * HOUR + zoneMinute * MINUTE;
  const local = daysSinceEpoch(year, month, day) * DAY + ofDay;
  return new Date(parts.sign === '-' ? local + offset : local - offset).getTime();
}

/** No two digits: an integer, which keeps the arithmetic fast, and so low that no sum hides it. */
const NO_DIGITS = -10_000;

/** Two digits at a position, or `NO_DIGITS`. */
function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 48;
  const ones = bytes[at + 1]! - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NO_DIGITS;
}

/**
 * `parseTimestamp` of the text that stands as `bytes[begin, end)` in the shape that most events
 * have, by hand since it is read for every event. NaN for any other text, be it a time or not.
 */
export function parseUsualTime(bytes: Uint8Array, begin: number, end: number): number {
  const length = end - begin;
  if (length < 19) return Number.NaN;
  const separator = bytes[begin + 10];
  if (
    bytes[begin + 4] !== 45 ||
    bytes[begin + 7] !== 45 ||
    (separator !== 84 && separator !== 32) ||
    bytes[begin + 13] !== 58 ||
    bytes[begin + 16] !== 58
  ) {
    return Number.NaN;
  }
  const year = two(bytes, begin) * 100 + two(bytes, begin + 2);
  const month = two(bytes, begin + 5);
  const day = two(bytes, begin + 8);
  const hour = two(bytes, begin + 11);
  const minute = two(bytes, begin + 14);
  const second = two(bytes, begin + 17);
  // Where a character is no digit, one of them is below 0.
  const valid =
    year >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOf(year, month) &&
    hour >= 0 &&
    hour <= 23 &&
    minute >= 0 &&
    minute <= 59 &&
    second >= 0 &&
    second <= 59;
  if (!valid) return Number.NaN;
  const time =
    daysSinceEpoch(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * 1000;
  return length === 19 ? time : time + tailOf(bytes, begin + 19, end);
}

/** Milliseconds that the fraction and the offset after the seconds add; NaN for other tails. */
function tailOf(bytes: Uint8Array, begin: number, end: number): number {
  let position = begin;
  let milliseconds = 0;
  if (bytes[position] === 46) {
    position++;
    for (let unit = 100; position < end; position++, unit /= 10) {
      const digit = bytes[position]! - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      if (unit >= 1) milliseconds += digit * unit;
    }
    if (position === begin + 1) return Number.NaN;
  }
  if (position === end) return milliseconds;
  const zone = bytes[position]!;
  if (zone === 90 && position + 1 === end) return milliseconds;
  if ((zone !== 43 && zone !== 45) || position + 6 !== end) return Number.NaN;
  const hour = two(bytes, position + 1);
  const minute = two(bytes, position + 4);
  const valid = hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59;
  if (!valid || bytes[position + 3] !== 58) return Number.NaN;
  const offset = hour * HOUR + minute * MINUTE;
  return zone === 43 ? milliseconds - offset : milliseconds + offset;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
