import type { TSchema } from 'typebox';
import { toSchemaNode } from '../describe.ts';
import { parseDuration } from '../duration.ts';

interface ObjectSchema<K extends string> {
  readonly properties: Readonly<Record<K, TSchema>>;
}

/** What the document says, else the schema's default: defaults have no other home. */
export function setting<K extends string, T extends { readonly [P in K]?: unknown }>(
  schema: ObjectSchema<K>,
  { document, key }: { readonly document: T; readonly key: K },
): NonNullable<T[K]> {
  const value = document[key] ?? toSchemaNode(schema.properties[key]).default;
  if (value === undefined || value === null) throw new TypeError(`${key} has no default`);
  return value as NonNullable<T[K]>;
}

/** The same for a duration, in milliseconds. */
export function durationSetting<K extends string>(
  schema: ObjectSchema<K>,
  options: { readonly document: { readonly [P in K]?: string }; readonly key: K },
): number {
  return parseDuration(setting(schema, options));
}

/** A property only where there is a value, since absent and undefined differ for readers. */
export function optional<K extends string, V>(
  key: K,
  value: V | undefined,
): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
