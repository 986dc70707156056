import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
} from 'yaml';
import type { Finding, PathKey } from './finding.ts';

interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Where in the text a finding is: the key or the value at its path, or, where the path leads
 * nowhere (a missing key), the key of the nearest map that exists.
 */
export function locate(
  finding: Finding,
  { document, lines }: { readonly document: Document; readonly lines: LineCounter },
): Position {
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const [index, key] of finding.path.entries()) {
    node = isAlias(node) ? node.resolve(document) : node;
    const last = index === finding.path.length - 1;
    const step = descend(node, key, document);
    if (step === undefined) break;
    const { key: keyNode, value } = step;
    const pointed =
      last && finding.target === 'value'
        ? (offsetOf(value) ?? offsetOf(keyNode))
        : offsetOf(keyNode);
    offset = pointed ?? offset;
    node = value;
  }
  return positionOf(offset, lines);
}

export function positionOf(offset: number, lines: LineCounter): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

interface Step {
  readonly key: unknown;
  readonly value: unknown;
}

function descend(node: unknown, key: PathKey, document: Document): Step | undefined {
  if (isSeq(node) && typeof key === 'number') {
    const value = node.items[key];
    return { key: value, value };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.findLast((item) => nameOf(item.key) === String(key));
  if (pair !== undefined) return { key: pair.key, value: pair.value };
  return descendMerged(node.items, key, document);
}

/** Looks into what a merge key (`<<`) brings in. */
function descendMerged(items: readonly Pair[], key: PathKey, document: Document): Step | undefined {
  for (const item of items) {
    if (nameOf(item.key) !== '<<') continue;
    const sources = isSeq(item.value) ? item.value.items : [item.value];
    for (const source of sources) {
      const node = isAlias(source) ? source.resolve(document) : source;
      const step = isMap(node) ? descend(node, key, document) : undefined;
      if (step !== undefined) return step;
    }
  }
  return undefined;
}

/** The name that a key gets as a property; `undefined` for maps and lists as keys. */
export function nameOf(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  if (typeof key.value === 'symbol') return '<<';
  return key.value === null ? '' : String(key.value);
}

/** Where a node begins in the text. */
export function offsetOf(node: unknown): number | undefined {
  return isNodeWithRange(node) ? node.range[0] : undefined;
}

function isNodeWithRange(node: unknown): node is Node & { range: [number, number, number] } {
  return (
    typeof node === 'object' &&
    node !== null &&
    !isPair(node) &&
    'range' in node &&
    node.range != null
  );
}
