import { type Command, Option } from 'commander';
import type { DriftLevel } from '../check/report.ts';
import type { CheckOptions, Format } from '../check/run-check.ts';

/** `plumbline check`, which also ends a process with other codes than the rest. */
export function checkCommand(program: Command, exitWith: (code: number) => void): void {
  program
    .command('check')
    .description('Compare two data files and fail where the data has drifted')
    .requiredOption(
      '--baseline <file|name>',
      'reference data: a file, or a stored baseline as NAME or NAME@VERSION',
    )
    .requiredOption('--current <file>', 'the data that is compared with it')
    .option('-c, --config <file>', 'fields, thresholds and other keys of a monitor (YAML)')
    .option('--time <path>', 'column or JSON path of the event time, in both')
    .addOption(
      new Option('--format <format>', 'of the report; what --output ends in, else text').choices([
        'text',
        'json',
        'junit',
        'html',
      ] satisfies Format[]),
    )
    .option('-o, --output <file>', 'write the report there, and text to standard output')
    .addOption(
      new Option('--fail-on <level>', 'the least drift that fails')
        .choices(['warning', 'critical'] satisfies DriftLevel[])
        .default('critical'),
    )
    .option('--allow-insufficient', 'do not fail where a field has too few values')
    .option('--data <directory>', 'data directory of stored baselines', '.plumbline')
    .option('--namespace <name>', 'namespace of the stored baseline', 'default')
    .addHelpText(
      'after',
      `
Files are Parquet, CSV or NDJSON, the text formats also with .gz. No service and
no store is needed. A baseline that is no file is looked for among those that
\`plumbline baseline create\` stored.

With --time, how much the baseline varied from one stretch of time to the next
decides what is more than noise, and the number of rows is compared too.

Examples:
  $ plumbline check --baseline train.parquet --current today.parquet
  $ plumbline check --baseline january --current today.csv -c check.yaml
  $ plumbline check --baseline train.csv --current new.csv --output drift.html

Exit codes:
  0    no drift
  1    drift at or above --fail-on
  2    not compared: the command line, the configuration or a file is to blame
  3    no drift found, but a field has too few values to tell
  130  interrupted`,
    )
    .action(async (options: CheckOptions) => {
      // Most of the code hangs on it: other commands need not wait for it.
      const { runCheck } = await import('../check/run-check.ts');
      exitWith(await runCheck(options));
    });
}
