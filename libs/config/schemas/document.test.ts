import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { type SchemaNode, toSchemaNode } from '../describe.ts';
import { validate } from '../validate.ts';
import { DocumentSchema, documentJsonSchema, RESOURCE_SCHEMAS } from './document.ts';
import { KafkaSchema } from './kafka.ts';
import { ServerSchema } from './server.ts';

const SCHEMAS = { ...RESOURCE_SCHEMAS, kafka: KafkaSchema, server: ServerSchema };

/** Every part of a schema with the path to it. */
function* partsOf(
  schema: SchemaNode,
  path: string,
): Generator<{ path: string; schema: SchemaNode }> {
  yield { path, schema };
  const members = { ...schema.properties, ...schema.patternProperties };
  for (const [key, member] of Object.entries(members)) yield* partsOf(member, `${path}.${key}`);
  for (const [index, branch] of (schema.anyOf ?? []).entries()) {
    yield* partsOf(branch, `${path}#${index}`);
  }
  if (schema.items !== undefined) yield* partsOf(schema.items, `${path}[]`);
}

const PARTS = [...partsOf(toSchemaNode(DocumentSchema), 'file')];

describe('the schemas', () => {
  it.each(Object.entries(SCHEMAS))(
    '%s has an example, and all its examples are valid',
    (_, schema) => {
      const { examples = [] } = toSchemaNode(schema);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) expect(validate(toSchemaNode(schema), example)).toEqual([]);
    },
  );

  it('have valid examples and defaults everywhere', () => {
    let count = 0;
    for (const { path, schema } of PARTS) {
      for (const value of [...(schema.examples ?? []), schema.default]) {
        if (value === undefined) continue;
        count += 1;
        expect(validate(schema, value), path).toEqual([]);
      }
    }
    expect(count).toBeGreaterThan(80);
  });

  it('describe every key', () => {
    const silent = PARTS.flatMap(({ path, schema }) =>
      Object.entries(schema.properties ?? {})
        .filter(([, member]) => !('description' in member))
        .map(([key]) => `${path}.${key}`),
    );
    expect(silent).toEqual([]);
  });

  it('refuse unknown keys in every map', () => {
    const open = PARTS.filter(
      ({ schema }) => schema.type === 'object' && !('additionalProperties' in schema),
    );
    expect(open.map(({ path }) => path)).toEqual([]);
  });
});

describe('documentJsonSchema', () => {
  it('is plain JSON that says the same as the schema', () => {
    const exported = documentJsonSchema();
    expect(JSON.parse(JSON.stringify(exported))).toEqual(exported);
    expect(exported).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
    });
  });

  it('accepts whatever validation accepts, in every part', () => {
    // Values near to valid ones: examples, defaults and parts of them, in the wrong places too.
    const pool = PARTS.flatMap(({ schema }) => [...(schema.examples ?? []), schema.default]);
    const values = fc.oneof(
      fc.constantFrom(...pool.filter((value) => value !== undefined)),
      fc.jsonValue({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...PARTS), values, ({ schema, path }, value) => {
        const findings = validate(schema, value);
        const accepted = Check(schema, value);
        if (findings.length === 0) expect(accepted, path).toBe(true);
        if (!accepted) expect(findings.length, path).toBeGreaterThan(0);
      }),
      { seed: 6, numRuns: 5000 },
    );
  });

  it('can be compiled', () => {
    const compiled = Compile(DocumentSchema);
    expect(compiled.Check({ streams: { s: { topics: ['t'], time: '$.ts' } } })).toBe(true);
    expect(compiled.Check({ streams: { s: { topics: ['t'] } } })).toBe(false);
    expect(compiled.Check({ streams: { S: { topics: ['t'], time: '$.ts' } } })).toBe(false);
    expect(compiled.Check({ stream: {} })).toBe(false);
  });
});
