import type { TSchema } from 'typebox';
import { stringify } from 'yaml';
import { shorten } from './finding.ts';

/** The part of JSON Schema that the schemas of this folder use. */
export interface SchemaNode {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly 'x-expects'?: string;
  readonly 'x-names'?: string;
  readonly 'x-kind'?: string;
  readonly 'x-minimum'?: string;
  readonly 'x-discriminator'?: string;
  readonly 'x-power-of-two'?: boolean;
}

/** TypeBox builds plain JSON Schema; its types say more than is of use when walking over it. */
export function toSchemaNode(schema: TSchema): SchemaNode {
  return schema as SchemaNode;
}

export function isMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Completes "got …". Never descends, so a cyclic or huge value is no trouble. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return value === '' ? 'an empty text' : quote(value);
  if (typeof value === 'number') return describeNumber(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isMap(value)) return Object.keys(value).length === 0 ? 'an empty map' : 'a map';
  return 'a value of a special YAML type';
}

/** What a value is, without saying it: for places where a secret may stand. */
export function describeKind(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
  return describeValue(value);
}

function quote(text: string): string {
  return JSON.stringify(shorten(text));
}

function describeNumber(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return String(value);
}

/** Completes "must be …" for a schema. */
export function describeExpectation(schema: SchemaNode): string {
  const own = schema['x-expects'];
  if (own !== undefined) return own;
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return oneOf(schema.enum.map(String));
  if (schema.anyOf !== undefined) return oneOf(schema.anyOf.map(describeExpectation));
  switch (schema.type) {
    case 'object': {
      const keys = Object.keys(schema.properties ?? {});
      if (keys.length === 0) return 'a map';
      return `a map with ${keys.length > 4 ? `keys such as ${keys.slice(0, 3).join(', ')}` : oneOf(keys)}`;
    }
    case 'array':
      return 'a list';
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number${describeBounds(schema)}`;
    case 'number':
      return `a number${describeBounds(schema)}`;
    default:
      return 'a text';
  }
}

function describeBounds({ minimum, maximum, exclusiveMinimum }: SchemaNode): string {
  if (exclusiveMinimum !== undefined) {
    return ` above ${exclusiveMinimum}${maximum === undefined ? '' : ` and at most ${maximum}`}`;
  }
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}

/** `a, b or c` */
export function oneOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}

/** One line of YAML, for a fix that shows what to write. */
export function inlineYaml(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}
