import { type TSchema, Type } from 'typebox';
import { DURATION_FORMS, DURATION_PATTERN } from '../duration.ts';

/**
 * Parts of which the schemas are made. Keywords of ours, kept in the exported JSON Schema since
 * other readers ignore `x-`:
 * - `x-expects`: completes "must be …" in a message;
 * - `x-kind`: how a text is read and checked beyond its pattern: `duration`, `json_path`, `time`,
 *   `file`, `url`; `secret` marks a place where values are not repeated in messages;
 * - `x-names`: what the keys of a map by name must be;
 * - `x-minimum`: shortest duration;
 * - `x-discriminator`: the key that tells the alternatives of a union apart;
 * - `x-power-of-two`: a whole number that must be one.
 */
interface Annotations {
  readonly description: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly 'x-minimum'?: string;
}

/** Names of resources: they appear in addresses, topics and metric labels. */
const NAME_PATTERN = '^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$';

const NAME_FORMS =
  'a name of 1 to 63 lower-case letters, digits, ".", "_" or "-", with a letter or digit at both ends';

export function nameSchema(annotations: Annotations) {
  return Type.String({ pattern: NAME_PATTERN, 'x-expects': NAME_FORMS, ...annotations });
}

/** A map from resource names to resources. */
export function byName<T extends TSchema>(resource: T, annotations: Annotations) {
  return Type.Record(Type.String({ pattern: NAME_PATTERN }), resource, {
    additionalProperties: false,
    minProperties: 1,
    'x-names': NAME_FORMS,
    ...annotations,
  });
}

/** A map from names of fields, which are the user's and so may be any text, to something. */
export function byField<T extends TSchema>(value: T, annotations: Annotations) {
  return Type.Record(Type.String({ pattern: '^[\\s\\S]+$' }), value, {
    additionalProperties: false,
    minProperties: 1,
    'x-names': 'the name of a field',
    ...annotations,
  });
}

export function durationSchema(annotations: Annotations) {
  return Type.String({
    pattern: DURATION_PATTERN,
    'x-expects': DURATION_FORMS,
    'x-kind': 'duration',
    'x-minimum': '1ms',
    ...annotations,
  });
}

export function jsonPathSchema(annotations: Annotations) {
  return Type.String({
    minLength: 1,
    'x-expects': "a JSON path such as $.a.b, $['a b'] or $.list[0]",
    'x-kind': 'json_path',
    ...annotations,
  });
}

export function timeSchema(annotations: Annotations) {
  return Type.String({
    minLength: 1,
    'x-expects': 'an ISO 8601 time such as 2001-01-31 or 2001-01-31T18:20:00Z',
    'x-kind': 'time',
    ...annotations,
  });
}

export function fileSchema(annotations: Annotations) {
  return Type.String({
    minLength: 1,
    'x-expects': "a path of a local file, relative to this configuration file's folder",
    'x-kind': 'file',
    ...annotations,
  });
}

export function textSchema(annotations: Annotations) {
  return Type.String({ minLength: 1, maxLength: 4096, 'x-expects': 'a text', ...annotations });
}

export function urlSchema(annotations: Annotations) {
  return Type.String({
    pattern: '^https?://[^/?#]',
    'x-expects': 'an http or https address without a user name or a password in it',
    'x-kind': 'url',
    ...annotations,
  });
}

/** A secret is never in the configuration itself: it is read from where this points. */
export function secretSchema(annotations: Annotations) {
  return Type.Union(
    [
      Type.Object(
        {
          env: Type.String({
            pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
            'x-expects': 'the name of an environment variable',
            description: 'Environment variable that holds the secret.',
            examples: ['PD_KEY'],
          }),
        },
        { additionalProperties: false },
      ),
      Type.Object(
        {
          file: fileSchema({
            description: 'File whose content, without a final line break, is the secret.',
            examples: ['/run/secrets/pagerduty'],
          }),
        },
        { additionalProperties: false },
      ),
    ],
    {
      'x-kind': 'secret',
      'x-expects': 'a reference { env: NAME } or { file: PATH }',
      ...annotations,
    },
  );
}
