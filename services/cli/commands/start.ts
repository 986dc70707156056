import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadConfigFile } from '#libs/config/load-config-file.ts';
import { createLogger, type LogLevel } from '#libs/telemetry/logger.ts';
import { announceStreams } from '../announce-streams.ts';
import { describeError } from '../describe-error.ts';
import { describeWaiting } from '../describe-waiting.ts';
import { feedFiles } from '../feed-files.ts';
import type { Interruption } from '../interruption.ts';
import { parseRoles, ROLES, type Role } from '../roles.ts';
import type { BaselineState } from '../run-service.ts';
import { untilAborted } from '../until-aborted.ts';
import { linkToParent, type WorkerLink } from '../workers/worker-link.ts';

const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

export function startCommand(program: Command, interruption: Interruption): void {
  program
    .command('start')
    .description('Watch the streams of a configuration file until stopped')
    .option('-c, --config <file>', 'configuration file (YAML); required')
    .addOption(
      new Option(
        '--log-level <level>',
        'least severe log entries on standard error; info unless given, warn on a terminal',
      ).choices(LOG_LEVELS),
    )
    .option(
      '--role <roles>',
      `what this process does, of ${ROLES.join(', ')}; all unless given`,
      parseRoles,
    )
    .option(
      '--workers <count>',
      'further processes that profile and evaluate, while this one serves the API',
      count,
      0,
    )
    .addOption(new Option('--as-worker <name>', 'one of --workers of another process').hideHelp())
    .addHelpText(
      'after',
      `
What happens is said on standard output; log entries go to standard error, as
JSON unless that is a terminal. The page, the API, /metrics, /healthz and
/readyz are at the address of \`server\` in the configuration; a process without
the role api serves the last three only.

Several processes need Kafka and PostgreSQL, which they share: start more with
the same configuration, or let --workers do it on one machine.

Examples:
  $ plumbline start -c plumbline.yaml
  $ plumbline start -c plumbline.yaml --workers 4
  $ plumbline start -c plumbline.yaml --role profiler,evaluator

Exit codes: 0 stopped as asked, 2 could not start, 130 interrupted while\nstarting, or cut off while stopping; what is stored is complete in any case`,
    )
    .action(
      async (
        options: {
          config?: string;
          logLevel?: LogLevel;
          role?: readonly Role[];
          workers: number;
          asWorker?: string;
        },
        command: Command,
      ): Promise<void> => {
        if (options.config === undefined) {
          command.error("error: required option '-c, --config <file>' not specified");
        }
        const { logLevel, role = ROLES, workers, asWorker } = options;
        if (workers > 0 && role !== ROLES) {
          command.error('error: --workers starts processes of its own roles; leave out --role');
        }
        const context = { interruption, logLevel, roles: role, workers };
        if (asWorker === undefined) return start(options.config, context);
        interruption.ignoreRepeats();
        // As if somebody had asked it to end: what runs is finished first.
        const parent = linkToParent({ onParentGone: () => process.kill(process.pid, 'SIGTERM') });
        try {
          await start(options.config, { ...context, parent, name: asWorker });
        } finally {
          parent.close();
        }
      },
    );
}

function count(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 64) return value;
  throw new InvalidArgumentError('It must be a whole number from 0 to 64.');
}

async function start(
  file: string,
  context: {
    readonly interruption: Interruption;
    readonly logLevel: LogLevel | undefined;
    readonly roles: readonly Role[];
    readonly workers: number;
    /** Of a worker: who started it, and what it is called there. */
    readonly parent?: WorkerLink;
    readonly name?: string;
  },
): Promise<void> {
  const { roles, workers, parent, name } = context;
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const loaded = await loadConfigFile(file);
  const terminal = process.stderr.isTTY;
  const level = context.logLevel ?? (terminal ? 'warn' : 'info');
  const root = createLogger({ level, format: terminal ? 'pretty' : 'json' });
  const logger = name === undefined ? root : root.child({ worker: name });
  // Most of the code hangs on it: other commands and refusals should not wait for it.
  const { runService } = await import('../run-service.ts');
  const service = await runService({
    ...{ loaded, logger, roles },
    ...(parent === undefined ? {} : { parent }),
    workers: {
      count: workers,
      args: ['start', '-c', file, '--role', 'profiler,evaluator', '--log-level', level],
    },
    onBaseline: (name, state) => sayBaseline(say, name, state),
    onWaiting: (reason, url) => say(describeWaiting(reason, url)),
  });
  const signal = context.interruption.gently();
  say(`plumbline is at ${service.url}`);
  const { transport, lifecycle, resources } = service;
  const feeding = feedFiles(resources.streams, { transport, lifecycle, signal });
  if (parent === undefined) {
    announceStreams(service, { say, signal }).catch((error: unknown) => {
      if (!signal.aborted) logger.warn(`streams cannot be described: ${describeError(error)}`);
    });
  }
  await untilAborted(signal);
  await feeding;
  await service.stop();
}

function sayBaseline(say: (line: string) => void, name: string, state: BaselineState): void {
  if (state.kind === 'reading') return;
  const { version, rows } = state.record;
  const how = state.built ? 'built' : 'unchanged';
  say(`baseline ${name}: version ${version}, ${rows.toLocaleString('en-US')} rows, ${how}`);
}
