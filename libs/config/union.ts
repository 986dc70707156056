import { isMap, type SchemaNode } from './describe.ts';

/** Which alternative of a union a value is meant to be. */
export type UnionChoice =
  | { readonly kind: 'branch'; readonly branch: SchemaNode }
  /** The key that tells the alternatives apart is absent or has none of their values. */
  | { readonly kind: 'discriminator'; readonly key: string }
  /** A map that is none of several: its keys that none knows, and those that any does. */
  | {
      readonly kind: 'keys';
      readonly unknown: readonly string[];
      readonly valid: readonly string[];
    }
  | { readonly kind: 'none' };

/** Decides by the kind of value first, then by keys, so that the findings are about what was meant. */
export function chooseBranch(union: SchemaNode, value: unknown): UnionChoice {
  const branches = (union.anyOf ?? []).filter((branch) => accepts(branch, value));
  const key = union['x-discriminator'];
  if (key !== undefined && isMap(value)) {
    const named = branches.find(
      ({ properties }) =>
        Object.hasOwn(value, key) && valuesOf(properties?.[key]).includes(value[key]),
    );
    return named === undefined ? { kind: 'discriminator', key } : { kind: 'branch', branch: named };
  }
  const [first] = branches;
  if (first === undefined) return { kind: 'none' };
  if (branches.length === 1 || !isMap(value)) return { kind: 'branch', branch: first };

  const keys = Object.keys(value);
  const fitting = branches.find(
    ({ properties = {}, required = [] }) =>
      keys.every((name) => Object.hasOwn(properties, name)) &&
      required.every((name) => keys.includes(name)),
  );
  if (fitting !== undefined) return { kind: 'branch', branch: fitting };
  const valid = [...new Set(branches.flatMap(({ properties = {} }) => Object.keys(properties)))];
  return { kind: 'keys', unknown: keys.filter((name) => !valid.includes(name)), valid };
}

/** The values that a key which tells alternatives apart may have in one of them. */
export function valuesOf(schema: SchemaNode | undefined): readonly unknown[] {
  return schema?.enum ?? (schema?.const === undefined ? [] : [schema.const]);
}

/** Whether the value is of the schema's kind, without looking inside. */
function accepts(schema: SchemaNode, value: unknown): boolean {
  if (schema.anyOf !== undefined) return schema.anyOf.some((branch) => accepts(branch, value));
  if (schema.const !== undefined) return schema.const === value;
  if (schema.enum !== undefined) return schema.enum.includes(value);
  switch (schema.type) {
    case 'object':
      return isMap(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
    case 'number':
      return typeof value === 'number';
    default:
      return typeof value === schema.type;
  }
}
