import { Command, CommanderError } from 'commander';
import { baselineCommand } from './commands/baseline.ts';
import { checkCommand } from './commands/check.ts';
import { demoCommand } from './commands/demo.ts';
import { initCommand } from './commands/init.ts';
import { startCommand } from './commands/start.ts';
import { validateCommand } from './commands/validate.ts';
import { describeError } from './describe-error.ts';
import type { Interruption } from './interruption.ts';
import { plumblineVersion } from './version.ts';

/** Exit code of a command that could not do what it was asked for. */
const REFUSED = 2;

const EXIT_CODES = `
Exit codes:
  0    done, or stopped as asked (Ctrl+C, SIGTERM)
  2    not done: the command line, the configuration, a file or the data
       directory is to blame, and the message says which and what to do
  130  interrupted before it had come to an end
\`plumbline check\` also ends with 1 (drift) and 3 (too few values to tell).
`;

/** Runs one command line; answers the exit code. Never rejects. */
export async function runProgram(
  args: readonly string[],
  interruption: Interruption,
): Promise<number> {
  const program = new Command('plumbline')
    .description('Drift monitoring and synthetic observability for event streams')
    .version(plumblineVersion())
    .showHelpAfterError('(run with --help for the commands and options)')
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  $ plumbline demo
  $ plumbline init --topic fraud.scored --brokers kafka:9092
  $ plumbline validate plumbline.yaml
  $ plumbline start -c plumbline.yaml
  $ plumbline baseline create january --file january.parquet --time ts
  $ plumbline check --baseline january.parquet --current february.parquet
${EXIT_CODES}`,
    );
  let code = 0;
  checkCommand(program, (outcome) => {
    code = outcome;
  });
  for (const command of [
    initCommand,
    startCommand,
    validateCommand,
    baselineCommand,
    demoCommand,
  ]) {
    command(program, interruption);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said already what it has to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : REFUSED;
    process.stderr.write(`${describeError(error)}\n`);
    return REFUSED;
  }
}
