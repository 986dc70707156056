import { PlumblineError } from '#libs/errors/plumbline-error.ts';

const SEGMENT =
  /\.(?<name>[\w$\u{80}-\u{10ffff}][\w$\u{80}-\u{10ffff}-]*)|\[\s*(?:(?<index>-?\d+)|'(?<single>(?:[^'\\]|\\.)*)'|"(?<double>(?:[^"\\]|\\.)*)")\s*\]/suy;
const BARE_NAME = /^[A-Za-z_][\w-]*$/;
const PLAIN_NAME = /^[A-Za-z_$][\w$-]*$/;
/** What stands for itself after a backslash is not listed. */
const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Splits a JSON path into member names and array indices. The singular queries of RFC 9535 are
 * understood (`$.a.b`, `$['a b'].c[0]`, `$.list[-1]`), and a bare name stands for `$.name`.
 *
 * @throws PLB_CONFIG_INVALID for anything else (wildcards, filters, slices).
 */
export function parsePath(path: string): readonly (string | number)[] {
  if (BARE_NAME.test(path)) return [path];
  if (!path.startsWith('$')) throw invalid(path, 0);
  const keys: (string | number)[] = [];
  let position = 1;
  while (position < path.length) {
    SEGMENT.lastIndex = position;
    const parts = SEGMENT.exec(path)?.groups;
    if (parts === undefined || /^\d/.test(parts.name ?? '')) throw invalid(path, position);
    const { name, index, single, double } = parts;
    if (index !== undefined && !Number.isSafeInteger(Number(index))) throw invalid(path, position);
    keys.push(index === undefined ? (name ?? unquote(single ?? double ?? '')) : Number(index) + 0);
    position = SEGMENT.lastIndex;
  }
  if (keys.length === 0) throw invalid(path, 1);
  return keys;
}

function unquote(quoted: string): string {
  return quoted.replace(/\\(?:u([0-9A-Fa-f]{4})|(.))/gs, (_, code?: string, character = '') =>
    code === undefined
      ? (ESCAPES[character] ?? character)
      : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function invalid(path: string, position: number): PlumblineError {
  return new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot read the JSON path ${JSON.stringify(path)}: it is not understood at character ${position + 1}`,
    { fix: "write it like $.a.b, $['a b'] or $.list[0]; wildcards and filters are not supported" },
  );
}

/** Writes a path back in the shortest form that `parsePath` reads. */
export function formatPath(keys: readonly (string | number)[]): string {
  return `$${keys
    .map((key) => {
      if (typeof key === 'number') return `[${key}]`;
      return PLAIN_NAME.test(key)
        ? `.${key}`
        : `['${key.replace(/['\\]/g, (character) => `\\${character}`)}']`;
    })
    .join('')}`;
}

/** A function that reads the path's value from a row; `undefined` where a step leads nowhere. */
export function compilePath(path: string): (row: unknown) => unknown {
  return compileKeys(parsePath(path));
}

/**
 * Like `compilePath`, for keys that were parsed already; no keys read the row itself. Names lead
 * into objects only, and to their own members only; numbers lead into arrays only.
 */
export function compileKeys(keys: readonly (string | number)[]): (row: unknown) => unknown {
  const [first] = keys;
  if (keys.length === 1 && first !== undefined) return compileKey(first);
  return (row) => {
    let value = row;
    for (const key of keys) value = step(value, key);
    return value;
  };
}

function compileKey(key: string | number): (row: unknown) => unknown {
  if (typeof key === 'number' || key in Object.prototype) return (row) => step(row, key);
  // A plain object inherits nothing of that name: this runs for every field of every event, and
  // asking for the constructor is several times as fast as asking whether the member is its own.
  return (row) =>
    typeof row === 'object' && row !== null && row.constructor === Object
      ? (row as Record<string, unknown>)[key]
      : step(row, key);
}

function step(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return typeof key === 'number' ? value.at(key) : undefined;
  if (typeof key === 'number' || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}
