import type { Derivation, FieldSpec } from './field.ts';
import { parseTimestamp } from './timestamp.ts';

/**
 * What a numeric reader answers when there is no finite number: NaN where the value is missing,
 * +Infinity where it is ±Infinity, −Infinity where it is of a wrong type. Finite numbers are values.
 */
export const MISSING = Number.NaN;
export const INFINITE = Number.POSITIVE_INFINITY;
export const WRONG_TYPE = Number.NEGATIVE_INFINITY;

const HOUR = 3_600_000;
const DAY = 86_400_000;
/** Digits stand in one group only, so that a long text of them is refused in linear time. */
const NUMERIC_TEXT = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/;

/** Parts of a time in milliseconds since 1970, in UTC. */
const TIME_PARTS: Partial<Record<Derivation, (time: number) => number>> = {
  hour_of_day: (time) => Math.floor((time - Math.floor(time / DAY) * DAY) / HOUR),
  // 1970-01-01 was a Thursday; Monday is 0.
  day_of_week: (time) => (((Math.floor(time / DAY) + 3) % 7) + 7) % 7,
};

/**
 * Reads a `numeric` or `circular` field's source value: a finite number, or one of the above.
 *
 * @throws RangeError for a circular field whose period is not a finite number above 0.
 */
export function compileNumericReader(spec: FieldSpec): (source: unknown) => number {
  const read = numericSource(spec.derive, spec.coerce === true);
  return spec.type === 'circular' ? reduced(read, spec) : read;
}

/**
 * Like `compileNumericReader`, for a field derived from a time that was parsed already;
 * `undefined` where the field is derived from something else.
 */
export function compileTimeReader(spec: FieldSpec): ((time: number) => number) | undefined {
  const part = spec.derive === undefined ? undefined : TIME_PARTS[spec.derive];
  return part !== undefined && spec.type === 'circular' ? reduced(part, spec) : part;
}

/** Brings finite values into [0, period). */
function reduced<T>(
  read: (source: T) => number,
  { name, period = Number.NaN }: FieldSpec,
): (source: T) => number {
  if (!(period > 0 && period < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`Cannot read field ${name}: period must be above 0, got ${period}`);
  }
  return (source) => {
    const value = read(source);
    // Most values lie on the circle already; dividing takes far longer than looking.
    if (value >= 0 && value < period) return value + 0;
    if (!Number.isFinite(value)) return value;
    // The remainder is exact, also where the quotient is beyond 2⁵³.
    const rest = value % period;
    const positive = rest < 0 ? rest + period : rest + 0;
    // The addition may round up to the period itself, which is the same point as 0.
    return positive === period ? 0 : positive;
  };
}

function numericSource(
  derive: Derivation | undefined,
  coerce: boolean,
): (source: unknown) => number {
  switch (derive) {
    case undefined:
      return (source) => toNumber(source, coerce);
    case 'absolute':
      return (source) => {
        const value = toNumber(source, coerce);
        return Number.isFinite(value) ? Math.abs(value) : value;
      };
    case 'log':
      return (source) => {
        const value = toNumber(source, coerce);
        if (!Number.isFinite(value)) return value;
        // log 0 is −∞; the logarithm of a negative number does not exist, so it counts as missing.
        return value === 0 ? INFINITE : value < 0 ? MISSING : Math.log(value);
      };
    case 'length':
      return (source) => {
        if (typeof source === 'string' || Array.isArray(source)) return source.length;
        return isMissing(source) ? MISSING : WRONG_TYPE;
      };
    case 'hour_of_day':
    case 'day_of_week': {
      const part = TIME_PARTS[derive]!;
      return (source) => {
        const time = parseTimestamp(source);
        if (!Number.isNaN(time)) return part(time);
        return isMissing(source) ? MISSING : WRONG_TYPE;
      };
    }
  }
}

function isMissing(source: unknown): boolean {
  return source === undefined || source === null || Number.isNaN(source);
}

function toNumber(source: unknown, coerce: boolean): number {
  if (typeof source === 'number') return finiteOrCode(source);
  if (source === undefined || source === null) return MISSING;
  if (typeof source === 'bigint') return finiteOrCode(Number(source));
  if (coerce && typeof source === 'string' && NUMERIC_TEXT.test(source)) {
    return finiteOrCode(Number(source));
  }
  return WRONG_TYPE;
}

function finiteOrCode(value: number): number {
  // Adding 0 turns −0 into 0.
  if (Number.isFinite(value)) return value + 0;
  return Number.isNaN(value) ? MISSING : INFINITE;
}

/**
 * Reads a `categorical` or `boolean` field's source value: the category, `undefined` where it is
 * missing, `null` where it is of a wrong type.
 */
export function compileCategoryReader(
  spec: FieldSpec,
): (source: unknown) => string | undefined | null {
  const coerce = spec.coerce === true;
  if (spec.type === 'boolean') {
    return (source) => {
      if (typeof source === 'boolean') return String(source);
      if (isMissing(source)) return undefined;
      return coerce && (source === 'true' || source === 'false') ? source : null;
    };
  }
  if (spec.derive !== undefined) {
    const read = numericSource(spec.derive, coerce);
    return (source) => {
      const value = read(source);
      if (Number.isFinite(value)) return String(value);
      return Number.isNaN(value) ? undefined : null;
    };
  }
  return (source) => {
    if (typeof source === 'string') return source;
    if (isMissing(source)) return undefined;
    if (!coerce) return null;
    return typeof source === 'number' || typeof source === 'boolean' || typeof source === 'bigint'
      ? String(source)
      : null;
  };
}

/** Whether an `id` or `timestamp` is `present`, `missing`, or of a `wrong_type`. */
export function compilePresenceReader(
  spec: FieldSpec,
): (source: unknown) => 'present' | 'missing' | 'wrong_type' {
  const isOfType =
    spec.type === 'timestamp'
      ? (source: unknown) => !Number.isNaN(parseTimestamp(source))
      : (source: unknown) => typeof source !== 'object';
  return (source) => {
    if (isMissing(source)) return 'missing';
    return isOfType(source) ? 'present' : 'wrong_type';
  };
}
