import { readFile } from 'node:fs/promises';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { formatProblems, type Problem } from './problem.ts';

type Refused = { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a file and parses it.
 *
 * @throws PLB_FILE_NOT_FOUND when it cannot be read, PLB_CONFIG_INVALID with every problem of it.
 */
export async function loadFile<T extends { readonly ok: true }>(
  path: string,
  parse: (bytes: Uint8Array) => T | Refused,
): Promise<T> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new PlumblineError('PLB_FILE_NOT_FOUND', `Cannot read ${path}: ${reasonOf(cause)}`, {
      path,
      fix: 'check the path',
      cause,
    });
  }
  const outcome = parse(bytes);
  if (outcome.ok) return outcome;
  const { problems } = outcome;
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  throw new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot use ${path}: ${count}\n${formatProblems(problems, path)}`,
    { path },
  );
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it must be a file, got a folder';
  if (code === 'EACCES') return 'this user may not read it';
  return cause instanceof Error ? cause.message : String(cause);
}
