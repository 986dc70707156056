import { type Command, Option } from 'commander';
import { loadConfigFile } from '#libs/config/load-config-file.ts';
import { createLogger, type LogLevel } from '#libs/telemetry/logger.ts';
import { announceStreams } from '../announce-streams.ts';
import { feedFiles } from '../feed-files.ts';
import type { Interruption } from '../interruption.ts';
import type { BaselineState } from '../run-service.ts';
import { untilAborted } from '../until-aborted.ts';

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
    .addHelpText(
      'after',
      `
What happens is said on standard output; log entries go to standard error, as
JSON unless that is a terminal. The page, the API, /metrics, /healthz and
/readyz are at the address of \`server\` in the configuration.

Example:
  $ plumbline start -c plumbline.yaml

Exit codes: 0 stopped as asked, 2 could not start, 130 interrupted while\nstarting, or cut off while stopping; what is stored is complete in any case`,
    )
    .action(
      async (
        options: { config?: string; logLevel?: LogLevel },
        command: Command,
      ): Promise<void> => {
        if (options.config === undefined) {
          command.error("error: required option '-c, --config <file>' not specified");
        }
        await start(options.config, { interruption, logLevel: options.logLevel });
      },
    );
}

async function start(
  file: string,
  context: { readonly interruption: Interruption; readonly logLevel: LogLevel | undefined },
): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const loaded = await loadConfigFile(file);
  const terminal = process.stderr.isTTY;
  const logger = createLogger({
    level: context.logLevel ?? (terminal ? 'warn' : 'info'),
    format: terminal ? 'pretty' : 'json',
  });
  // Most of the code hangs on it: other commands and refusals should not wait for it.
  const { runService } = await import('../run-service.ts');
  const service = await runService({
    ...{ loaded, logger },
    onBaseline: (name, state) => sayBaseline(say, name, state),
  });
  const signal = context.interruption.gently();
  say(`plumbline is at ${service.url}`);
  const { transport, lifecycle, resources } = service;
  const feeding = feedFiles(resources.streams, { transport, lifecycle, signal });
  announceStreams(service, { say, signal }).catch((error: unknown) => {
    if (!signal.aborted) logger.warn({ err: error }, 'streams cannot be described');
  });
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
