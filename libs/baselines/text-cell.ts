import type { FieldSpec } from '#libs/profiles/field.ts';
import { parseTimestamp } from '#libs/profiles/timestamp.ts';

const NUMBER = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/;
const LEADING_ZERO = /^\s*[+-]?0\d/;

/** The number that a text cell holds, with the usual words for NaN and infinity; else `undefined`. */
export function numberFromText(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  switch (text.trim().toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Number.POSITIVE_INFINITY;
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      return undefined;
  }
}

/** `007` is a code, not the number 7. */
export function hasLeadingZero(text: string): boolean {
  return LEADING_ZERO.test(text) && NUMBER.test(text);
}

/** The boolean that a text cell holds, in any case; else `undefined`. */
export function booleanFromText(text: string): boolean | undefined {
  const lower = text.trim().toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

/** Event time of a text cell: as `parseTimestamp`, and numbers of seconds up to nanoseconds. */
export function timeFromText(text: string): number {
  const time = parseTimestamp(text);
  return Number.isNaN(time) && NUMBER.test(text) ? parseTimestamp(Number(text)) : time;
}

/**
 * Turns a text cell into what a JSON event would hold for this field, so that the field's own
 * reader counts both alike. Text that is not of the field's type stays text: a wrong type.
 */
export function compileTextCell(spec: FieldSpec): (cell: unknown) => unknown {
  const convert = conversionFor(spec);
  return (cell) => (typeof cell === 'string' ? convert(cell) : cell);
}

function conversionFor(spec: FieldSpec): (text: string) => unknown {
  switch (spec.derive) {
    case 'length':
      return (text) => text;
    case 'hour_of_day':
    case 'day_of_week':
      return toTime;
    case 'absolute':
    case 'log':
      return (text) => numberFromText(text) ?? text;
    case undefined:
      break;
  }
  switch (spec.type) {
    case 'numeric':
    case 'circular':
      return (text) => numberFromText(text) ?? text;
    case 'boolean':
      return (text) => booleanFromText(text) ?? text;
    case 'timestamp':
      return toTime;
    case 'categorical':
      // With coercion live numbers are categories too: "1.0" has to become their "1".
      return spec.coerce === true
        ? (text) => (hasLeadingZero(text) ? text : (numberFromText(text) ?? text))
        : (text) => text;
    case 'id':
      return (text) => text;
  }
}

function toTime(text: string): unknown {
  const time = timeFromText(text);
  return Number.isNaN(time) ? text : new Date(time);
}
