import { closeSync, existsSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { reasonOf } from '../system-reason.ts';

/**
 * What would fail only after a long sampling: PLB_FILE_EXISTS for files that are there,
 * PLB_FILE_NOT_FOUND for folders that are not; `null` where all can be written.
 */
export function checkTargets(
  paths: readonly string[],
  { force }: { readonly force: boolean },
): PlumblineError | null {
  for (const path of paths) {
    const folder = dirname(path);
    if (!existsSync(folder)) {
      return new PlumblineError(
        'PLB_FILE_NOT_FOUND',
        `Cannot write ${path}: there is no ${folder}`,
        {
          path,
          fix: 'make the folder, or choose another place with --out',
        },
      );
    }
    if (!force && existsSync(path)) return exists(path);
  }
  return null;
}

/** Writes a file as a whole or not at all. @throws PLB_FILE_EXISTS, PLB_FILE_NOT_FOUND */
export function writeWhole(
  path: string,
  content: Iterable<string | Uint8Array>,
  { force }: { readonly force: boolean },
): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(draft, 'wx');
    try {
      for (const piece of content) writeFileSync(file, piece);
    } finally {
      closeSync(file);
    }
    // Somebody may have written it since it was looked for.
    if (!force && existsSync(path)) throw exists(path);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    if (error instanceof PlumblineError) throw error;
    throw new PlumblineError('PLB_FILE_NOT_FOUND', `Cannot write ${path}: ${reasonOf(error)}`, {
      path,
      fix: 'choose another place with --out',
      cause: error,
    });
  }
}

function exists(path: string): PlumblineError {
  return new PlumblineError('PLB_FILE_EXISTS', `Cannot write ${path}: it is there already`, {
    path,
    fix: 'choose another name with --out (and --name), or replace it with --force',
  });
}
