import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { reasonOf } from './system-reason.ts';

/** Folders of a data directory, each with a lock of its own. */
const PARTS = ['store', 'log'] as const;

/**
 * Creates a data directory with its folders, unless they are there.
 *
 * @throws PLB_FILE_NOT_FOUND when it cannot be one
 */
export function prepareDataDirectory(directory: string): void {
  try {
    makeDirectory(directory);
    for (const part of PARTS) makeDirectory(join(directory, part));
  } catch (cause) {
    throw unusable(directory, cause);
  }
}

/** Whether a store was ever made there. @throws PLB_FILE_NOT_FOUND when that cannot be seen */
export function hasStore(directory: string): boolean {
  try {
    return (
      statSync(join(directory, 'store', 'store.sqlite'), { throwIfNoEntry: false }) !== undefined
    );
  } catch (cause) {
    throw unusable(directory, cause);
  }
}

function unusable(directory: string, cause: unknown): PlumblineError {
  return new PlumblineError(
    'PLB_FILE_NOT_FOUND',
    `Cannot use ${directory} as the data directory: ${reasonOf(cause)}`,
    {
      path: directory,
      fix: 'choose a directory that this user may write to (`data` in the configuration, --data on the command line)',
      cause,
    },
  );
}

/** One level after the other: Node's own recursion never ends where a parent refuses with ENOENT. */
function makeDirectory(path: string): void {
  if (existsSync(path)) {
    if (statSync(path).isDirectory()) return;
    throw new Error(`it must be a directory, ${path} is a file`);
  }
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent);
  mkdirSync(path);
}
