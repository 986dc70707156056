import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The oldest Java that runs a broker. */
export const JAVA_VERSION = 17;

export interface FoundJava {
  readonly java: string;
  /** What it says that it is. */
  readonly version: string;
}

/** The Java of `JAVA_HOME`, else that of the `PATH`, or why there is none that will do. */
export function findJava(env: NodeJS.ProcessEnv): FoundJava | { readonly missing: string } {
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : 'java';
  // What Java tells about itself goes to standard error.
  const { status, stderr } = spawnSync(java, ['-version'], { env, encoding: 'utf8' });
  if (status !== 0) return { missing: `there is no Java (no program ${java})` };
  const version = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
  return version >= JAVA_VERSION
    ? { java, version: stderr }
    : { missing: `Java must be ${JAVA_VERSION} or newer, got ${version || stderr.trim()}` };
}
