import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { lockDirectory } from '#libs/sqlite/directory-lock.ts';
import { prepareDataDirectory } from './data-directory.ts';

/** Where the demo keeps its data unless told otherwise. */
export const DEMO_DATA = '.plumbline/demo';
/** Says that a data directory is the demo's, and so may be cleared. */
const MARK = 'made-by-demo';

/**
 * Makes a data directory ready for a demo, which begins anew each time.
 *
 * @throws PLB_CONFIG_INVALID for a directory that holds data of another use, PLB_STORE_LOCKED while
 *   another process has it; both leave everything as it is
 */
export function clearDemoData(directory: string): void {
  const parts = ['store', 'log'].map((name) => join(directory, name));
  const used = parts.some((part) => existsSync(join(part, 'lock.sqlite')));
  const own = existsSync(join(directory, MARK)) || directory === resolve(DEMO_DATA);
  if (used && !own) {
    throw new PlumblineError(
      'PLB_CONFIG_INVALID',
      `Cannot use ${directory} for the demo: it must be empty or of an earlier demo, got the data of another use`,
      { path: directory, fix: 'choose another --data directory; the demo would clear this one' },
    );
  }
  prepareDataDirectory(directory);
  const locks = [];
  try {
    for (const part of parts) locks.push(lockDirectory(part, { owner: 'plumbline demo' }));
  } finally {
    for (const lock of locks) lock.release();
  }
  for (const part of parts) rmSync(part, { recursive: true, force: true });
  writeFileSync(join(directory, MARK), 'The next demo deletes the folders beside this file.\n');
}
