/** What one member of a record must be. */
export interface Rule<V> {
  /** Completes "must be …". */
  readonly expects: string;
  /** Stands in where the member is left out. */
  readonly fallback?: V;
  accepts(value: unknown): value is V;
}

/** A rule for each member. */
export type Rules<T> = { readonly [K in keyof T]-?: Rule<T[K]> };

/** Largest size of a value: its square, summed over any stream, stays far from overflow. */
export const LARGEST_VALUE = 1e100;

interface NumberLimits {
  readonly fallback?: number;
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
}

/**
 * A frozen copy of a record with its defaults filled in.
 *
 * @param what completes "Cannot …", for example "create page_hinkley"
 * @throws RangeError for what is no record, for a member that breaks its rule, is required and
 *   missing, or is unknown
 */
export function checkedRecord<T extends object>(
  given: unknown,
  { what, rules }: { readonly what: string; readonly rules: Rules<T> },
): Readonly<T> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new RangeError(`Cannot ${what}: it must be an object, got ${shown(given)}`);
  }
  const members = Object.entries<Rule<unknown>>(rules);
  const stranger = Object.keys(given).find((key) => !Object.hasOwn(rules, key));
  if (stranger !== undefined) {
    const names = members.map(([key]) => key).join(', ');
    throw new RangeError(`Cannot ${what}: members must be of ${names}, got ${stranger}`);
  }
  const record: Record<string, unknown> = {};
  for (const [key, rule] of members) {
    const own = (given as Record<string, unknown>)[key];
    const value = own === undefined ? rule.fallback : own;
    if (!rule.accepts(value)) {
      throw new RangeError(`Cannot ${what}: ${key} must be ${rule.expects}, got ${shown(value)}`);
    }
    record[key] = Array.isArray(value) ? structuredClone(value) : value;
  }
  return record as T;
}

/** A finite number. */
export function number(limits: NumberLimits = {}): Rule<number> {
  return numeric('a number', limits, (value) => Number.isFinite(value));
}

/** An integer that is exact as a double. */
export function integer(limits: NumberLimits = {}): Rule<number> {
  return numeric('an integer', limits, (value) => Number.isSafeInteger(value));
}

/** A number that a stream may hold, or another one in its unit. */
export const VALUE = number({ atLeast: -LARGEST_VALUE, atMost: LARGEST_VALUE });

/** A size that values can be divided by. */
export const SIZE = number({ atLeast: 1 / LARGEST_VALUE, atMost: LARGEST_VALUE });

/** One of a few words. */
export function oneOf<W extends string>(words: readonly W[], fallback: W): Rule<W> {
  return {
    expects: words.join(' or '),
    fallback,
    accepts: (value): value is W => words.some((word) => word === value),
  };
}

/** A list whose members all keep a rule. */
export function listOf<V>(
  rule: Rule<V>,
  { atLeast = 0, atMost }: { readonly atLeast?: number; readonly atMost?: number } = {},
): Rule<V[]> {
  const most = atMost === undefined ? '' : ` and at most ${atMost}`;
  return {
    expects: `a list of at least ${atLeast}${most} members, each ${rule.expects}`,
    accepts: (value): value is V[] =>
      Array.isArray(value) &&
      value.length >= atLeast &&
      value.length <= (atMost ?? value.length) &&
      value.every((member) => rule.accepts(member)),
  };
}

function numeric(
  kind: string,
  { fallback, above, atLeast, below, atMost }: NumberLimits,
  isOfKind: (value: number) => boolean,
): Rule<number> {
  const limits = [
    above === undefined ? [] : [`above ${above}`],
    atLeast === undefined ? [] : [`at least ${atLeast}`],
    below === undefined ? [] : [`below ${below}`],
    atMost === undefined ? [] : [`at most ${atMost}`],
  ].flat();
  return {
    expects: limits.length === 0 ? kind : `${kind}, ${limits.join(' and ')}`,
    ...(fallback === undefined ? {} : { fallback }),
    accepts: (value): value is number =>
      typeof value === 'number' &&
      isOfKind(value) &&
      value > (above ?? Number.NEGATIVE_INFINITY) &&
      value >= (atLeast ?? value) &&
      value < (below ?? Number.POSITIVE_INFINITY) &&
      value <= (atMost ?? value),
  };
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
