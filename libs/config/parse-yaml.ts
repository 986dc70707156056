import { type Document, isSeq, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import { formatKeyPath } from './finding.ts';
import { nameOf, offsetOf, positionOf } from './locate.ts';
import type { Problem } from './problem.ts';

/** Far more than thousands of monitors need, and parsed within a second or two. */
const LARGEST = 1024 * 1024;

/** Syntax errors follow from each other; the first few say it all. */
const MOST_PROBLEMS = 20;

/** Uses of one anchor: enough for a block shared by every monitor, too few for a bomb. */
const MOST_ALIASES = 1000;

export type YamlOutcome =
  | {
      readonly ok: true;
      readonly value: unknown;
      readonly document: Document;
      readonly lines: LineCounter;
      /** Keys given twice: wrong, but no reason not to look at the rest. */
      readonly duplicates: readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads one YAML 1.2 document (merge keys are understood) from text or UTF-8 bytes. */
export function parseYaml(input: string | Uint8Array): YamlOutcome {
  const size = input.length;
  if (size > LARGEST) {
    return refuse({
      reason: `must be at most ${LARGEST / 1024} KiB, got ${Math.ceil(size / 1024)} KiB`,
      fix: 'a configuration names data files, it does not hold data',
    });
  }
  const text = typeof input === 'string' ? input : decode(input);
  if (text === undefined) {
    return refuse({ reason: 'must be UTF-8 text', fix: 'save the file with the encoding UTF-8' });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    uniqueKeys: false,
  });
  try {
    const { broken, duplicates } = structureProblems(document, lines);
    const problems = [...syntaxProblems(document, lines), ...broken];
    if (problems.length > 0) return { ok: false, problems: problems.slice(0, MOST_PROBLEMS) };
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return { ok: true, value, document, lines, duplicates };
  } catch (error) {
    return refuse(describeFailure(error));
  }
}

function refuse(what: { readonly reason: string; readonly fix?: string }): YamlOutcome {
  return { ok: false, problems: [{ path: '', line: 1, column: 1, ...what }] };
}

function decode(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const utf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (utf16) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function describeFailure(error: unknown): { readonly reason: string; readonly fix?: string } {
  if (error instanceof RangeError) return { reason: 'is nested too deeply' };
  if (error instanceof ReferenceError) {
    return {
      reason: `must use an anchor at most ${MOST_ALIASES} times`,
      fix: 'write the repeated part out, or generate the file',
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { reason: `cannot be read: ${lowerFirst(message)}` };
}

function syntaxProblems(document: Document, lines: LineCounter): readonly Problem[] {
  const errors = [...document.errors, ...document.warnings];
  const deep = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  return (deep === undefined ? errors : [deep]).map((error) => ({
    path: '',
    ...positionOf(error.pos[0], lines),
    ...describeSyntax(error),
  }));
}

function describeSyntax(error: YAMLError): { readonly reason: string; readonly fix?: string } {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { reason: 'tabs are not allowed as indentation', fix: 'indent with blanks' };
    case 'RESOURCE_EXHAUSTION':
      return { reason: 'is nested too deeply' };
    case 'MULTIPLE_DOCS':
      return { reason: 'must be one YAML document', fix: 'remove the line --- and what follows' };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        reason: 'a second ": " on this line',
        fix: 'put a text that holds ": " in quotes, or begin a new line for a nested key',
      };
    case 'TAG_RESOLVE_FAILED':
      return { reason: 'tags (!…) are not understood here', fix: 'remove the tag' };
    default:
      // Some messages end in the offending text, which might be a secret.
      return { reason: `YAML syntax: ${lowerFirst(error.message.replace(/: ".*"$/s, ''))}` };
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Aliases of nothing and keys that are no names; apart from them, duplicate keys. */
function structureProblems(
  document: Document,
  lines: LineCounter,
): { readonly broken: readonly Problem[]; readonly duplicates: readonly Problem[] } {
  const broken: Problem[] = [];
  const duplicates: Problem[] = [];
  if (document.errors.length > 0) return { broken, duplicates };
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      const place = { path: '', ...positionOf(offsetOf(alias) ?? 0, lines) };
      broken.push({ ...place, reason: `no anchor &${alias.source} comes before this alias` });
    },
    Map(_, map, ancestors) {
      const seen = new Map<string, number>();
      for (const { key } of map.items) {
        const name = nameOf(key);
        const at = positionOf(offsetOf(key) ?? offsetOf(map) ?? 0, lines);
        if (name === undefined) {
          broken.push({ path: pathOf(ancestors), ...at, reason: 'a key must be a text' });
          continue;
        }
        const first = seen.get(name);
        if (first !== undefined && name !== '<<') {
          const path = pathOf([...ancestors, map], name);
          duplicates.push({ path, ...at, reason: `duplicate key; first given at line ${first}` });
        }
        seen.set(name, first ?? at.line);
      }
    },
  });
  return { broken, duplicates };
}

/** The path of a node from the chain of its ancestors, in which pairs name the keys. */
function pathOf(ancestors: readonly unknown[], last?: string): string {
  const path: (string | number)[] = [];
  for (const [index, node] of ancestors.entries()) {
    const next = ancestors[index + 1];
    if (isSeq(node) && next !== undefined) path.push(node.items.indexOf(next));
    else if (typeof node === 'object' && node !== null && 'key' in node) {
      path.push(nameOf(node.key) ?? '?');
    }
  }
  if (last !== undefined) path.push(last);
  return formatKeyPath(path);
}
