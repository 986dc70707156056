import { resolve } from 'node:path';
import { isMap, type SchemaNode } from './describe.ts';
import { chooseBranch } from './union.ts';

/**
 * A valid document in the one form in which it is stored: keys in the schema's order, files as
 * absolute paths, what the user left out still left out, so that a later version's better default
 * reaches it.
 */
export function normalise(
  schema: SchemaNode,
  { value, directory }: { readonly value: unknown; readonly directory: string },
): unknown {
  if (schema.anyOf !== undefined) {
    const choice = chooseBranch(schema, value);
    return choice.kind === 'branch' ? normalise(choice.branch, { value, directory }) : value;
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined
      ? value
      : value.map((item) => normalise(items, { value: item, directory }));
  }
  if (isMap(value)) return normaliseMap(schema, { value, directory });
  return schema['x-kind'] === 'file' && typeof value === 'string'
    ? resolve(directory, value)
    : value;
}

function normaliseMap(
  schema: SchemaNode,
  { value, directory }: { readonly value: Record<string, unknown>; readonly directory: string },
): unknown {
  const [resource] = Object.values(schema.patternProperties ?? {});
  const keys =
    schema.properties === undefined ? Object.keys(value) : Object.keys(schema.properties);
  const entries: [string, unknown][] = [];
  for (const key of keys) {
    const member = schema.properties?.[key] ?? resource;
    if (!Object.hasOwn(value, key) || member === undefined) continue;
    entries.push([key, normalise(member, { value: value[key], directory })]);
  }
  return Object.fromEntries(entries);
}
