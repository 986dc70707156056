import { basename, join, relative } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { BASELINE_FORMATS } from '#libs/baselines/readers/table.ts';
import { describeError } from '../describe-error.ts';
import { describeProposal, shellWord } from '../init/describe-proposal.ts';
import { type InitOptions, type InitRequest, readInitOptions } from '../init/init-request.ts';
import { checkTargets, writeWhole } from '../init/write-files.ts';
import { type Progress, showProgress } from '../progress.ts';

const MOST_EVENTS = 1_000_000;
/** A connection that takes longer is told where no progress is shown. */
const SLOW_MS = 2000;

/** `plumbline init`: from a topic to a configuration that works. */
export function initCommand(program: Command): void {
  const collect = (value: string, all: readonly string[] = []) => [...all, value];
  program
    .command('init')
    .description('Sample the events of a topic and write a configuration that watches it')
    .option(
      '-t, --topic <topic>',
      'topic to watch; may be repeated for topics of one shape',
      collect,
    )
    .option('-b, --brokers <list>', 'Kafka brokers, host:port with commas between; localhost:9092')
    .option('--tls', 'encrypt the connection')
    .option('--ca-file <path>', 'PEM file of the authorities to trust; implies --tls')
    .option('--certificate-file <path>', 'PEM file of the client certificate')
    .option('--key-file <path>', 'PEM file of its key')
    .option('--server-name <name>', 'name that the certificates of the brokers carry')
    .option(
      '--sasl-mechanism <name>',
      'how to log in: plain, scram-sha-256, scram-sha-512, oauthbearer',
    )
    .option('--username <name>', 'user of the brokers')
    .option('--password-env <variable>', 'environment variable that holds the password')
    .option('--password-file <path>', 'file that holds the password')
    .option('--token-env <variable>', 'environment variable that holds the token (oauthbearer)')
    .option('--token-file <path>', 'file that holds the token (oauthbearer)')
    .option('--data <directory>', 'sample from the embedded log of this data directory instead')
    .option('--file <path>', 'sample from a file of events (NDJSON) instead, which becomes a topic')
    .option('--baseline <path>', 'data to compare with: Parquet, Arrow, CSV or NDJSON')
    .addOption(
      new Option('--baseline-format <format>', 'when its name does not tell').choices(
        BASELINE_FORMATS,
      ),
    )
    .option('--model-version <version>', 'model version that the baseline belongs to')
    .option('--time <path>', 'JSON path of the event time, when it is not found')
    .option('--events <count>', 'events to sample; 20000, or 2000 with --baseline', events)
    .option('--name <name>', 'name of the stream and the monitor; made from the topic')
    .option('-o, --out <path>', 'file to write; - for standard output', 'plumbline.yaml')
    .option('--force', 'replace files that are there')
    .addHelpText(
      'after',
      `
Without --baseline the sampled events become the baseline: they are written to
NAME-baseline.ndjson beside the configuration, as they are. Replace it by the
data that the model was trained on. Passwords and tokens are never written,
only where they are. Nothing is written to Kafka, and no group is joined.

Examples:
  $ plumbline init --topic fraud.scored --brokers kafka:9092 --baseline train.parquet
  $ plumbline init --topic fraud.scored --brokers kafka:9093 --tls \\
      --sasl-mechanism scram-sha-512 --username plumb --password-env KAFKA_PW
  $ plumbline init --file events.ndjson

Exit codes: 0 written, 2 not written, 130 interrupted (nothing was written)`,
    )
    .action(init);
}

function events(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MOST_EVENTS) return value;
  throw new InvalidArgumentError(
    `It must be a whole number from 1 to ${MOST_EVENTS.toLocaleString('en-US')}.`,
  );
}

async function init(options: InitOptions): Promise<void> {
  const request = readInitOptions(options);
  // Most of the code hangs on it: other commands and refusals should not wait for it.
  const { propose, sampleFileName } = await import('../init/propose.ts');
  const { sampleSource } = await import('../init/open-source.ts');
  const sampleFile = join(request.folder, sampleFileName(request));
  const targets = [
    ...(request.baseline === undefined ? [sampleFile] : []),
    ...(request.out === null ? [] : [request.out]),
  ];
  const refusal = checkTargets(targets, request);
  if (refusal !== null && request.source.kind !== 'kafka') throw refusal;
  const progress = showProgress();
  const connecting = tellConnecting(request, progress);
  // Brokers are asked all the same: what is wrong there should not come to light one error later.
  const asked = refusal === null ? request : { ...request, events: 1 };
  const partitions = await sampleSource(asked, {
    now: Date.now(),
    onProgress(records) {
      clearTimeout(connecting);
      progress.update(`${records.toLocaleString('en-US')} records sampled`);
    },
  })
    .catch((error: unknown) => {
      if (refusal !== null) progress.say(describeError(refusal));
      throw error;
    })
    .finally(() => {
      clearTimeout(connecting);
      progress.done();
    });
  if (refusal !== null) throw refusal;
  const { proposal, text, rows, skipped, range, pace } = await propose(request, partitions);
  const written: string[] = [];
  if (rows !== null) {
    const { linesOf } = await import('../init/lines-of.ts');
    writeWhole(sampleFile, linesOf(rows), request);
    written.push(
      `${shown(sampleFile)}: ${rows.length.toLocaleString('en-US')} events as they are, the baseline until there is a better one`,
    );
  }
  if (request.out !== null) {
    writeWhole(request.out, [text], request);
    written.push(shown(request.out));
  }
  const records = partitions.reduce((sum, partition) => sum + partition.records.length, 0);
  const report = describeProposal({
    ...{ proposal, records, skipped, range, written },
    held:
      request.source.kind === 'file'
        ? null
        : partitions.reduce((sum, { start, end }) => sum + end - start, 0),
    partitions: partitions.length,
    perSecond: pace.perSecond,
    next: nextSteps(request),
  });
  if (request.out !== null) process.stdout.write(report);
  else {
    process.stderr.write(report);
    process.stdout.write(text);
  }
}

/** Says where it connects to: on a terminal at once, elsewhere when that takes its time. */
function tellConnecting({ source }: InitRequest, progress: Progress): NodeJS.Timeout | undefined {
  if (source.kind !== 'kafka') return;
  const line = `connecting to ${source.transport.brokers.join(', ')} …`;
  progress.update(line);
  return process.stderr.isTTY ? undefined : setTimeout(() => progress.say(line), SLOW_MS);
}

function nextSteps({ out, source }: InitRequest): readonly string[] {
  const file = out === null ? 'plumbline.yaml' : shellWord(shown(out));
  const secrets = source.kind === 'kafka' ? secretsOf(source.transport.sasl) : [];
  return [
    ...secrets.map((name) => `export ${name}=…`),
    `npx plumbline validate ${file}`,
    `npx plumbline start -c ${file}`,
  ];
}

/** Variables that have to be set where Plumbline runs. */
function secretsOf(
  sasl: Extract<InitRequest['source'], { kind: 'kafka' }>['transport']['sasl'],
): readonly string[] {
  if (sasl === undefined) return [];
  const secret = 'token' in sasl ? sasl.token : 'password' in sasl ? sasl.password : undefined;
  return secret !== undefined && 'env' in secret ? [secret.env] : [];
}

/** A path as it was most likely typed. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short === '' ? basename(path) : short;
}
