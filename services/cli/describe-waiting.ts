import type { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { describeError } from './describe-error.ts';

/** What a start waits for, for a person at a terminal, and where the latest state of it can be seen. */
export function describeWaiting(reason: PlumblineError | null, url: string | null): string {
  if (reason === null) return 'going on';
  return `waiting: ${describeError(reason)}${url === null ? '' : `\n  see: ${url}/readyz`}`;
}
