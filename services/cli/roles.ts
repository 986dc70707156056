import { InvalidArgumentError } from 'commander';
import type { ResolvedConfig } from '#libs/config/resolved.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';

/** What a process can be; all of it unless told otherwise. */
export const ROLES = ['profiler', 'evaluator', 'api'] as const;

export type Role = (typeof ROLES)[number];

/** `profiler,evaluator` of a command line. */
export function parseRoles(text: string): readonly Role[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !ROLES.includes(name as Role));
  if (wrong === undefined) return ROLES.filter((role) => names.includes(role));
  throw new InvalidArgumentError(`It must be a list of ${ROLES.join(', ')}, got "${wrong}".`);
}

/**
 * Refuses a division of the work that the configuration cannot bear: the embedded log and SQLite
 * belong to one process.
 *
 * @throws PLB_SEVERAL_PROCESSES naming what is missing
 */
export function requireShareable(
  { transport, store }: Pick<ResolvedConfig, 'transport' | 'store'>,
  asked: { readonly roles: readonly Role[]; readonly workers: number },
): void {
  const divided = asked.workers > 0 || asked.roles.length < ROLES.length;
  const missing = [
    ...(transport.kind === 'kafka' ? [] : ['the embedded log']),
    ...(store.kind === 'postgres' ? [] : ['the SQLite store']),
  ];
  if (!divided || missing.length === 0) return;
  const what =
    asked.workers > 0
      ? `${asked.workers} worker ${asked.workers === 1 ? 'process' : 'processes'}`
      : `a process that is only ${asked.roles.join(' and ')}`;
  const needs = [
    ...(transport.kind === 'kafka' ? [] : ['kafka: { brokers: [host:9092] }']),
    ...(store.kind === 'postgres' ? [] : ['store: { postgres: { url: { env: NAME } } }']),
  ];
  throw new PlumblineError(
    'PLB_SEVERAL_PROCESSES',
    `Cannot start ${what}: ${missing.join(' and ')} ${missing.length === 1 ? 'serves' : 'serve'} one process`,
    {
      path: transport.kind === 'kafka' ? 'store' : 'kafka',
      fix: `add ${needs.join(' and ')} to the configuration, or leave out --role and --workers`,
    },
  );
}
