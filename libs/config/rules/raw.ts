import { isMap } from '../describe.ts';
import { DURATION_PATTERN, parseDuration } from '../duration.ts';
import type { Finding, PathKey } from '../finding.ts';

/**
 * Rules between keys run even where other keys are wrong, so that all problems are told at once.
 * They therefore read the raw document, and pass over whatever is not of the right shape: the
 * schema has already objected to that.
 */
export type RawDocument = Readonly<Record<string, unknown>>;

export type Report = (finding: Finding) => void;

/** A resource of the document with its path. */
export interface RawResource {
  readonly name: string;
  readonly path: readonly PathKey[];
  readonly value: RawDocument;
}

export function mapAt(value: RawDocument, key: string): RawDocument {
  const found = Object.hasOwn(value, key) ? value[key] : undefined;
  return isMap(found) ? found : {};
}

export function textAt(value: RawDocument, key: string): string | undefined {
  const found = Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

export function numberAt(value: RawDocument, key: string): number | undefined {
  const found = Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

export function durationAt(value: RawDocument, key: string): number | undefined {
  const text = textAt(value, key);
  if (text === undefined || !new RegExp(DURATION_PATTERN).test(text)) return undefined;
  try {
    return parseDuration(text);
  } catch {
    return undefined;
  }
}

/** The resources under one key of the document. */
export function resourcesAt(document: RawDocument, key: string): readonly RawResource[] {
  return Object.entries(mapAt(document, key)).flatMap(([name, value]) =>
    isMap(value) ? [{ name, path: [key, name], value }] : [],
  );
}

/** Objects to a value: "must be …, got …". */
export function objection(
  path: readonly PathKey[],
  what: { readonly reason: string; readonly fix?: string },
): Finding {
  return { path, target: 'value', ...what };
}
