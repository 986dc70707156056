import { readFileSync } from 'node:fs';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';

/** Version of this package. */
export function plumblineVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

/** @throws PLB_RUNTIME_UNSUPPORTED when Node.js is older than what the sources need. */
export function requireNode(version: string): void {
  const major = Number(version.split('.')[0]);
  if (major >= 24) return;
  throw new PlumblineError(
    'PLB_RUNTIME_UNSUPPORTED',
    `Cannot run on Node.js ${version}: it must be 24 or newer`,
    {
      fix: 'run through npm (`npm start`, `npx plumbline`), which uses the Node.js that `npm ci` installed; if it is missing, allow the install script of the package `node` and run `npm ci` again',
    },
  );
}
