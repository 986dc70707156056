import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type SchemaNode, toSchemaNode } from './describe.ts';
import { FIVE_MINUTES } from './fixtures/five-minutes.ts';
import { parseConfig } from './parse-config.ts';
import { DocumentSchema } from './schemas/document.ts';
import { validate } from './validate.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz_';

/** Every slip of one character: left out, doubled, swapped with the next, replaced. */
function slipsOf(name: string): readonly string[] {
  const slips = new Set<string>();
  for (let at = 0; at < name.length; at += 1) {
    const [before, character, after] = [name.slice(0, at), name[at] ?? '', name.slice(at + 1)];
    slips.add(before + after);
    slips.add(before + character + character + after);
    if (after !== '') slips.add(before + after[0] + character + after.slice(1));
    for (const letter of LETTERS) slips.add(before + letter + after);
  }
  slips.delete(name);
  slips.delete('');
  return [...slips];
}

/** Every map with keys of its own, wherever the schema of the file has one. */
function* mapsOf(
  schema: SchemaNode,
  path: string,
): Generator<{ path: string; schema: SchemaNode }> {
  if (schema.properties !== undefined) yield { path, schema };
  for (const [key, member] of Object.entries(schema.properties ?? {})) {
    yield* mapsOf(member, `${path}.${key}`);
  }
  for (const member of Object.values(schema.patternProperties ?? {})) {
    yield* mapsOf(member, `${path}.<name>`);
  }
  for (const [index, branch] of (schema.anyOf ?? []).entries()) {
    yield* mapsOf(branch, `${path}#${index}`);
  }
  if (schema.items !== undefined) yield* mapsOf(schema.items, `${path}[]`);
}

const MAPS = [...mapsOf(toSchemaNode(DocumentSchema), 'file')];

describe('a misspelt key', () => {
  it('is looked for in every map of the schema', () => {
    expect(MAPS.length).toBeGreaterThan(40);
  });

  it.each(MAPS.map((map) => [map.path, map] as const))('in %s leads to the right one', (_, map) => {
    const keys = Object.keys(map.schema.properties ?? {});
    for (const key of keys) {
      for (const slip of slipsOf(key)) {
        if (keys.includes(slip)) continue;
        const [finding] = validate(map.schema, { [slip]: null }).filter(
          ({ reason }) => reason === 'unknown key',
        );
        const { best, others = [] } = finding?.suggestion ?? {};
        expect([best, ...others], `${slip} for ${key}`).toContain(key);
        // More than one answer only where each is one slip away.
        for (const other of others) {
          expect(slipsBetween(other, slip), `${slip} for ${key}, not ${other}`).toBe(true);
        }
      }
    }
  });
});

function slipsBetween(name: string, slip: string): boolean {
  return slipsOf(name).includes(slip) || slipsOf(slip).includes(name);
}

const EVERYTHING = readFileSync(new URL('fixtures/everything.yaml', import.meta.url), 'utf8');

describe.each([
  ['a short file', FIVE_MINUTES],
  ['a file that says everything', EVERYTHING],
])('%s with one key misspelt', (file, text) => {
  const valid = new Set(MAPS.flatMap(({ schema }) => Object.keys(schema.properties ?? {})));
  const keys = [...text.matchAll(/(?<=[{,\n]\s*)[a-z_]+(?=:)/g)].filter(([key]) => valid.has(key));

  it('is refused at the place of the key, which is named', () => {
    expect(keys.length).toBeGreaterThan(15);
    for (const match of keys) {
      const [key] = match;
      const wrong = `${key.slice(0, -1)}${key.at(-1) === 'x' ? 'q' : 'x'}`;
      const changed = text.slice(0, match.index) + wrong + text.slice(match.index + key.length);
      const outcome = parseConfig(changed, { source: file });
      const before = text.slice(0, match.index).split('\n');
      const problems = outcome.ok ? [] : outcome.problems;
      const at = problems.find(
        ({ line, column }) => line === before.length && column === (before.at(-1)?.length ?? 0) + 1,
      );
      expect(at, `${wrong} at line ${before.length}`).toMatchObject({ reason: 'unknown key' });
      expect([at?.suggestion, ...(at?.alternatives ?? [])]).toContain(key);
    }
  });
});
