import { type Static, type TProperties, type TSchema, Type } from 'typebox';

/** A value that may be unknown: then it is `null`, never absent, NaN or a stand-in. */
export function Nullable<T extends TSchema>(schema: T, options: { description?: string } = {}) {
  return Type.Union([schema, Type.Null()], options);
}

/** A list, read-only like all data of the store. */
export function List<T extends TSchema>(items: T, options: { description?: string } = {}) {
  return Type.Immutable(Type.Array(items, options));
}

/** One of the given words. */
export function OneOf<const T extends string[]>(
  values: readonly [...T],
  options: { description?: string; default?: T[number] } = {},
) {
  return Type.Enum(values, { type: 'string', ...options });
}

/** Moment in time as ISO 8601 in UTC with milliseconds. */
export const Timestamp = Type.String({
  format: 'date-time',
  examples: ['2001-01-31T00:00:00.000Z'],
});

export const Count = Type.Integer({ minimum: 0 });

/** Half-open range of event time. */
export const TimeSpan = Type.Object({ start: Timestamp, end: Timestamp });

/** An object that allows only the named members; queries and responses are all closed. */
export function Closed<T extends TProperties>(
  properties: T,
  options: { $id?: string; description?: string } = {},
) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** Refers to a schema by its `$id`, so that the OpenAPI document names it once. */
export function ref<T extends TSchema & { readonly $id?: string }>(schema: T) {
  if (schema.$id === undefined) throw new TypeError('Cannot refer to a schema without an $id.');
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` });
}

export const Namespace = Type.String({
  minLength: 1,
  maxLength: 128,
  default: 'default',
  description: 'Namespace of the resources.',
});

/** Query of the listings that know no other filter. */
export const NamespaceQuery = Closed({ namespace: Type.Optional(Namespace) });

export const VerdictName = OneOf(['ok', 'warning', 'critical', 'insufficient_data', 'no_baseline']);

export const ConditionName = OneOf(['waiting', 'live', 'stalled', 'ended']);
