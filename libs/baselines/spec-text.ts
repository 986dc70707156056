import type { Derivation, FieldRole, FieldSpec, FieldType } from '#libs/profiles/field.ts';

const TYPES: Record<FieldType, true> = {
  numeric: true,
  categorical: true,
  boolean: true,
  circular: true,
  timestamp: true,
  id: true,
};
const ROLES: Record<FieldRole, true> = {
  feature: true,
  prediction: true,
  score: true,
  label: true,
  group: true,
  id: true,
};
const DERIVATIONS: Record<Derivation, true> = {
  hour_of_day: true,
  day_of_week: true,
  length: true,
  absolute: true,
  log: true,
};

/** A field's definition as canonical text: equal definitions give equal texts. */
export function specToText(spec: FieldSpec): string {
  const { name, path, type, role, derive, period, coerce, range } = spec;
  return JSON.stringify({
    name,
    path,
    type,
    role,
    derive,
    period,
    // Not coercing is the default and the same as saying nothing.
    coerce: coerce === true ? true : undefined,
    range: range === undefined ? undefined : { min: range.min, max: range.max },
  });
}

/** Reads back what `specToText` gave; `undefined` for anything else. */
export function specFromText(text: string): FieldSpec | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isSpec(value) && specToText(value) === text ? value : undefined;
}

function isSpec(value: unknown): value is FieldSpec {
  if (!isRecord(value)) return false;
  const { name, path, type, role, derive, period, coerce, range } = value;
  return (
    typeof name === 'string' &&
    typeof path === 'string' &&
    isKey(TYPES, type) &&
    isKey(ROLES, role) &&
    (derive === undefined || isKey(DERIVATIONS, derive)) &&
    isNumberOrAbsent(period) &&
    (coerce === undefined || coerce === true) &&
    (range === undefined ||
      (isRecord(range) && isNumberOrAbsent(range.min) && isNumberOrAbsent(range.max)))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKey(keys: object, value: unknown): boolean {
  return typeof value === 'string' && Object.hasOwn(keys, value);
}

function isNumberOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'number';
}
