import { checkText } from './check-text.ts';
import {
  describeExpectation,
  describeKind,
  describeValue,
  inlineYaml,
  isMap,
  type SchemaNode,
} from './describe.ts';
import type { Finding, PathKey } from './finding.ts';
import { shorten } from './finding.ts';
import { type Suggestion, suggest } from './suggest.ts';
import { chooseBranch, valuesOf } from './union.ts';

/**
 * Everything in which a value differs from a schema of this folder, each with its path, a reason
 * in words and, where one can be given, a fix. The schemas are finite and only their own keys are
 * followed, so any value, even a cyclic one, takes bounded time.
 */
export function validate(schema: SchemaNode, value: unknown): readonly Finding[] {
  const findings: Finding[] = [];
  visit({ schema, value, path: [], secret: false }, findings);
  return findings;
}

interface Place {
  readonly schema: SchemaNode;
  readonly value: unknown;
  readonly path: readonly PathKey[];
  /** Inside a reference to a secret values are not repeated: one may be the secret itself. */
  readonly secret: boolean;
}

function visit(place: Place, findings: Finding[]): void {
  const { schema, value } = place;
  if (schema.anyOf !== undefined) visitUnion(place, schema.anyOf, findings);
  else if (schema.const !== undefined || schema.enum !== undefined) visitChoice(place, findings);
  else if (schema.type === 'object') visitMap(place, findings);
  else if (schema.type === 'array') visitList(place, findings);
  else if (schema.type === 'string') visitText(place, findings);
  else if (schema.type === 'boolean') {
    if (typeof value !== 'boolean') findings.push(mismatch(place));
  } else visitNumber(place, findings);
}

function visitUnion(place: Place, branches: readonly SchemaNode[], findings: Finding[]): void {
  const { schema, value, path } = place;
  const secret = place.secret || schema['x-kind'] === 'secret';
  const choice = chooseBranch(schema, value);
  if (choice.kind === 'branch') {
    visit({ schema: choice.branch, value, path, secret }, findings);
  } else if (choice.kind === 'discriminator') {
    visitDiscriminator(place, choice.key, findings);
  } else if (choice.kind === 'keys' && choice.unknown.length > 0) {
    for (const key of choice.unknown) findings.push(unknownKey(place, key, choice.valid));
  } else if (schema['x-kind'] === 'secret' && !isMap(value)) {
    findings.push(literalSecret(place));
  } else {
    const texts = branches.flatMap((branch) => branch.enum ?? []);
    findings.push(withSuggestion(mismatch({ ...place, secret }), value, texts));
  }
}

/** The key that chooses the alternative: misspelt, absent, or with a wrong value. */
function visitDiscriminator(place: Place, key: string, findings: Finding[]): void {
  const { schema, value } = place;
  const branches = schema.anyOf ?? [];
  if (isMap(value) && !Object.hasOwn(value, key)) {
    const valid = [...new Set(branches.flatMap(({ properties = {} }) => Object.keys(properties)))];
    const misspelt = Object.keys(value)
      .filter((name) => !valid.includes(name))
      .map((name) => unknownKey(place, name, valid));
    findings.push(...misspelt);
    if (misspelt.some(({ suggestion }) => namesIn(suggestion).includes(key))) return;
  }
  const values = branches.flatMap((branch) => valuesOf(branch.properties?.[key]));
  visitMember({ ...place, schema: { enum: values } }, key, findings);
}

function visitChoice(place: Place, findings: Finding[]): void {
  const { schema, value } = place;
  const valid = valuesOf(schema);
  if (!valid.includes(value)) findings.push(withSuggestion(mismatch(place), value, valid));
}

function withSuggestion(finding: Finding, value: unknown, valid: readonly unknown[]): Finding {
  if (typeof value !== 'string') return finding;
  const suggestion = suggest(
    value,
    valid.filter((name) => typeof name === 'string'),
  );
  if (suggestion === undefined) return finding;
  const { path, target, reason } = finding;
  return { path, target, reason, suggestion };
}

/** One key of a map whose absence is as wrong as a bad value. */
function visitMember(place: Place, key: string, findings: Finding[]): void {
  const { value, path, schema } = place;
  if (isMap(value) && Object.hasOwn(value, key)) {
    visit({ ...place, value: value[key], path: [...path, key] }, findings);
    return;
  }
  findings.push({
    path: [...path, key],
    target: 'value',
    reason: `missing; must be ${describeExpectation(schema)}`,
  });
}

function visitMap(place: Place, findings: Finding[]): void {
  const { schema, value, path } = place;
  if (!isMap(value)) {
    findings.push(mismatch(place));
    return;
  }
  const keys = Object.keys(value);
  if (keys.length < (schema.minProperties ?? 0) || keys.length > (schema.maxProperties ?? 1e9)) {
    findings.push(wrongSize(place, keys));
    return;
  }
  const meant = new Set<string>();
  const [named] = Object.entries(schema.patternProperties ?? {});
  for (const key of keys) {
    const member = schema.properties !== undefined && own(schema.properties, key);
    if (member)
      visit({ ...place, schema: member, value: value[key], path: [...path, key] }, findings);
    else if (named === undefined) {
      const finding = unknownKey(place, key, Object.keys(schema.properties ?? {}));
      for (const name of namesIn(finding.suggestion)) meant.add(name);
      findings.push(finding);
    } else {
      const [pattern, resource] = named;
      if (!new RegExp(pattern, 'u').test(key)) findings.push(badName(place, key, pattern));
      visit({ ...place, schema: resource, value: value[key], path: [...path, key] }, findings);
    }
  }
  for (const key of schema.required ?? []) {
    // A misspelt key is one problem, not two.
    const member = schema.properties?.[key];
    if (member === undefined || Object.hasOwn(value, key) || meant.has(key)) continue;
    visitMember({ ...place, schema: member }, key, findings);
  }
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function namesIn(suggestion: Suggestion | undefined): readonly string[] {
  return suggestion === undefined ? [] : [suggestion.best, ...suggestion.others];
}

function wrongSize(place: Place, keys: readonly string[]): Finding {
  const { schema, path } = place;
  const names = schema['x-names'];
  if (keys.length > 0 || names === undefined) return mismatch(place);
  return {
    path,
    target: 'value',
    reason: 'must have at least one entry, got an empty map',
    fix: 'remove the key, or add an entry',
  };
}

function unknownKey(place: Place, key: string, valid: readonly string[]): Finding {
  const suggestion = suggest(key, valid);
  return {
    path: [...place.path, key],
    target: 'key',
    reason: 'unknown key',
    ...(suggestion === undefined ? { fix: `valid here: ${valid.join(', ')}` } : { suggestion }),
  };
}

function badName(place: Place, key: string, pattern: string): Finding {
  const expects = place.schema['x-names'] ?? 'a name';
  const candidate = key
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '');
  const usable = new RegExp(pattern, 'u').test(candidate);
  return {
    path: [...place.path, key],
    target: 'key',
    reason: `must be ${expects}, got ${describeValue(key)}`,
    ...(usable ? { fix: `for example ${candidate}` } : {}),
  };
}

function visitList(place: Place, findings: Finding[]): void {
  const { schema, value, path } = place;
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items } = schema;
  if (!Array.isArray(value)) {
    const fits = items !== undefined && validate(items, value).length === 0;
    findings.push({
      ...mismatch(place),
      ...(fits ? { fix: `put it in brackets: [${inlineYaml(value)}]` } : {}),
    });
    return;
  }
  if (value.length < minItems) {
    findings.push({
      ...mismatch(place),
      reason: 'must have at least one entry, got an empty list',
    });
  }
  if (value.length > maxItems) {
    const reason = `must have at most ${maxItems} entries, got ${value.length}`;
    findings.push({ ...mismatch(place), reason });
    return;
  }
  const seen = new Set<unknown>();
  for (const [index, item] of value.entries()) {
    const at = [...path, index];
    if (items !== undefined) visit({ ...place, schema: items, value: item, path: at }, findings);
    if (schema.uniqueItems === true && seen.has(item)) {
      findings.push({ path: at, target: 'value', reason: `listed twice: ${describeValue(item)}` });
    }
    seen.add(item);
  }
}

function visitText(place: Place, findings: Finding[]): void {
  const { schema, value, path, secret } = place;
  if (typeof value !== 'string') {
    findings.push(mismatch(place));
    return;
  }
  const objection = checkText(schema, value);
  if (objection === undefined) return;
  findings.push(secret ? mismatch(place) : { path, target: 'value', ...objection });
}

function visitNumber(place: Place, findings: Finding[]): void {
  const { schema, value } = place;
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (schema.type !== 'integer' || Number.isSafeInteger(value)) &&
    value >= (schema.minimum ?? Number.NEGATIVE_INFINITY) &&
    value <= (schema.maximum ?? Number.POSITIVE_INFINITY) &&
    value > (schema.exclusiveMinimum ?? Number.NEGATIVE_INFINITY);
  if (!fits) findings.push(mismatch(place));
  else if (schema['x-power-of-two'] === true && !Number.isInteger(Math.log2(value))) {
    const fix = `for example ${2 ** Math.round(Math.log2(value))}`;
    findings.push({ ...mismatch(place), reason: `must be a power of two, got ${value}`, fix });
  }
}

/** "must be …, got …", with what to write where that is plain. */
function mismatch({ schema, value, path, secret }: Place): Finding {
  const got = secret ? describeKind(value) : describeValue(value);
  const fix = secret ? undefined : simpleFix(schema, value);
  return {
    path,
    target: 'value',
    reason: `must be ${describeExpectation(schema)}, got ${got}`,
    ...(fix === undefined ? {} : { fix }),
  };
}

function simpleFix(schema: SchemaNode, value: unknown): string | undefined {
  const wantsNumber = schema.type === 'number' || schema.type === 'integer';
  if (wantsNumber && typeof value === 'string' && /^\s*[-+]?[\d.]+(e-?\d+)?\s*$/i.test(value)) {
    return 'remove the quotes';
  }
  if (schema['x-kind'] === 'duration' && typeof value === 'number') {
    return Number.isSafeInteger(value) && value >= 0
      ? `add a unit, for example ${value}s`
      : undefined;
  }
  if (schema.type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return 'put it in quotes';
  }
  if (schema['x-names'] !== undefined && value === null) return 'remove the key, or add an entry';
  const [example] = schema.examples ?? [];
  const structured = schema.anyOf !== undefined || schema.type === 'object';
  return structured && example !== undefined ? `for example ${inlineYaml(example)}` : undefined;
}

/** A secret written into the file, or nothing at all: shows the reference to write instead. */
function literalSecret({ value, path, schema }: Place): Finding {
  const last = path.findLast((key) => typeof key === 'string') ?? 'SECRET';
  const variable =
    typeof value === 'string' ? /^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?$/.exec(value)?.[1] : undefined;
  const name =
    variable ??
    String(last)
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_');
  const literal = typeof value === 'string' || typeof value === 'number';
  return {
    path,
    target: 'value',
    reason: `must be ${describeExpectation(schema)}, got ${literal && variable === undefined ? 'the secret itself' : describeKind(value)}`,
    fix:
      variable === undefined && literal
        ? `put the secret into the environment variable ${shorten(name)} and write { env: ${shorten(name)} }`
        : `write { env: ${shorten(name)} }`,
  };
}
