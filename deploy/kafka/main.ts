import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { ListenerKind } from './listener-kinds.ts';
import { startKafka, type TestKafka } from './start-kafka.ts';

interface Options {
  readonly brokers: 1 | 3;
  readonly port: number;
  readonly tls: boolean;
  readonly sasl: boolean;
  readonly data?: string;
}

const LAST_PORT = 65_535;

const program = new Command('npm run kafka --')
  .description('Runs a Kafka on this machine alone, for trials and development')
  .addOption(
    new Option('--brokers <count>', 'how many brokers: 1 or 3').default(1).argParser((text) => {
      if (text !== '1' && text !== '3') throw new InvalidArgumentError('It must be 1 or 3.');
      return Number(text);
    }),
  )
  .addOption(
    new Option('--port <port>', 'port of the first broker; others count on')
      .default(9092)
      .argParser((text) => {
        const port = Number(text);
        if (/^\d+$/.test(text) && port >= 1 && port <= LAST_PORT) return port;
        throw new InvalidArgumentError(`It must be a port from 1 to ${LAST_PORT}.`);
      }),
  )
  .option('--tls', 'encrypt, with an authority made for this run', false)
  .option('--sasl', 'ask for user and password', false)
  .option('--data <dir>', 'keep topics in this folder; without, they go at the end')
  .addHelpText(
    'after',
    `
Needs Java 17 and, the first time, Maven, which fetches Kafka. Listens on 127.0.0.1 only; runs until
Ctrl+C.

Examples:
  $ npm run kafka
  $ npm run kafka -- --brokers 3 --data ./kafka-data
  $ npm run kafka -- --tls --sasl`,
  )
  .exitOverride();

// What is stopped while it starts ends with this process.
let stopping = false;
let kafka: TestKafka | undefined;
const interrupt = async (): Promise<void> => {
  if (stopping || kafka === undefined) process.exit(130);
  stopping = true;
  await kafka.stop();
  process.exit(0);
};
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);

try {
  program.parse();
  await run(program.opts<Options>());
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 2;
  }
}

async function run({ brokers, port, tls, sasl, data }: Options): Promise<void> {
  process.stdout.write('Starting Kafka; the first time takes a minute ...\n');
  const security: ListenerKind = sasl ? (tls ? 'sasl-tls' : 'sasl') : tls ? 'tls' : 'plain';
  kafka = await startKafka({
    brokers,
    port,
    security,
    heapMb: 384,
    ...(data === undefined ? {} : { data }),
  });
  const addresses = kafka.bootstrap.join(',');
  const { username, password } = kafka.users.admin;
  const lines = [
    `Kafka listens at ${addresses}.`,
    ...(tls ? [`Trust the authority in ${kafka.folder}/certificates/authority.pem.`] : []),
    ...(sasl
      ? [`User ${username}, password ${password}; PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.`]
      : []),
    ...(data === undefined ? [] : [`Topics stay in ${kafka.folder}.`]),
    ...(tls || sasl ? [] : [`Try: npm start -- --transport kafka --brokers ${addresses}`]),
    'Stop with Ctrl+C.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function describe(error: unknown): string {
  if (!(error instanceof PlumblineError))
    return String(error instanceof Error ? error.stack : error);
  const { fix } = error.detail;
  return `${error.code}: ${error.message}${fix === undefined ? '' : `\n${fix}`}`;
}
