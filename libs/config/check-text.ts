import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { parsePath } from '#libs/profiles/json-path.ts';
import { parseTimestamp } from '#libs/profiles/timestamp.ts';
import { describeExpectation, describeValue, type SchemaNode } from './describe.ts';
import { parseDuration } from './duration.ts';

/** Why a text is not usable where the schema has it; `undefined` when it is. */
export interface Objection {
  readonly reason: string;
  readonly fix?: string;
}

/** Length, pattern, and what the kind of text demands beyond a pattern. */
export function checkText(schema: SchemaNode, text: string): Objection | undefined {
  const kind = schema['x-kind'];
  // An address may hold a password even where it is none that could be used.
  const shown = kind === 'url' ? text.replace(/\/\/.*@/s, '//…@') : text;
  const mismatch = {
    reason: `must be ${describeExpectation(schema)}, got ${describeValue(shown)}`,
  };
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  if (text.length < minLength) return mismatch;
  if (text.length > maxLength) {
    return { reason: `must be at most ${maxLength} characters long, got ${text.length}` };
  }
  if (kind === 'duration') return checkDuration(schema, text);
  if (kind === 'json_path') return checkPath(text, mismatch);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(text)) return mismatch;
  if (kind === 'time' && Number.isNaN(parseTimestamp(text))) return mismatch;
  if (kind === 'url') return checkUrl(text, mismatch);
  if (kind === 'file') return checkFile(text);
  return undefined;
}

function checkDuration(schema: SchemaNode, text: string): Objection | undefined {
  let duration: number;
  try {
    duration = parseDuration(text);
  } catch (error) {
    return objectionOf(error);
  }
  const shortest = schema['x-minimum'];
  if (shortest !== undefined && duration < parseDuration(shortest)) {
    return { reason: `must be at least ${shortest}, got ${text}` };
  }
  return undefined;
}

function checkPath(text: string, mismatch: Objection): Objection | undefined {
  try {
    parsePath(text);
    return undefined;
  } catch (error) {
    return { ...objectionOf(error), ...mismatch };
  }
}

/** The part of a coded error after "Cannot …: it", which repeats what the path already says. */
function objectionOf(error: unknown): Objection {
  if (!(error instanceof PlumblineError)) throw error;
  const reason = error.message.replace(/^Cannot .*?: it /s, '');
  const { fix } = error.detail;
  return { reason, ...(fix === undefined ? {} : { fix }) };
}

function checkUrl(text: string, mismatch: Objection): Objection | undefined {
  const url = URL.parse(text);
  if (url === null || url.hostname === '') return mismatch;
  if (url.username === '' && url.password === '') return undefined;
  // The address is not repeated, since it holds a password.
  return {
    reason: 'must be an address without a user name or a password in it',
    fix: 'name them in username and password, with the password as { env: NAME }',
  };
}

function checkFile(text: string): Objection | undefined {
  if (text.includes('\0')) return { reason: 'must be a path, got a text with a NUL character' };
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text)?.[1];
  if (scheme === undefined) return undefined;
  return {
    reason: `must be a path of a local file, got an address that begins with ${scheme}://`,
    fix: 'copy the file to this machine and write its path',
  };
}
