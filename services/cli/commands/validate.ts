import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { loadConfigFile } from '#libs/config/load-config-file.ts';
import type { ResolvedConfig } from '#libs/config/resolved.ts';

export function validateCommand(program: Command): void {
  program
    .command('validate')
    .description('Check a configuration file without starting anything')
    .argument('[file]', 'configuration file (YAML)')
    .option('-c, --config <file>', 'the same as the argument')
    .addHelpText(
      'after',
      `
Every problem is told with its line, and the nearest right name for a wrong one.
What may well differ on the machine that runs it (a data file that is not here)
is a warning.

Example:
  $ plumbline validate plumbline.yaml

Exit codes: 0 valid, 2 not valid or not readable`,
    )
    .action(
      async (argument: string | undefined, options: { config?: string }, command: Command) => {
        const file = argument ?? options.config;
        if (file === undefined) command.error('error: missing the configuration file');
        if (argument !== undefined && options.config !== undefined) {
          command.error('error: name the configuration file once, as the argument or with -c');
        }
        const { config } = await loadConfigFile(file);
        for (const warning of warningsOf(config)) process.stderr.write(`warning: ${warning}\n`);
        const count = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;
        process.stdout.write(
          `${file} is valid: ${[
            count(config.streams.length, 'stream'),
            count(config.baselines.length, 'baseline'),
            count(config.monitors.length, 'monitor'),
            count(config.channels.length, 'channel'),
          ].join(', ')}\n`,
        );
      },
    );
}

/** What is right in itself, but would keep `start` on this machine from working. */
function warningsOf({ baselines, streams }: ResolvedConfig): readonly string[] {
  const files = [
    ...baselines.map(({ name, file }) => ({ path: `baselines.${name}.file`, file })),
    ...streams.flatMap(({ name, source }) =>
      source === undefined ? [] : [{ path: `streams.${name}.source.file`, file: source.file }],
    ),
  ];
  return files
    .filter(({ file }) => !existsSync(file))
    .map(({ path, file }) => `${path}: there is no file ${file} on this machine`);
}
