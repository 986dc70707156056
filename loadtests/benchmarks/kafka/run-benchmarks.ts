import { writeFileSync } from 'node:fs';
import { describeMachine } from '../machine.ts';
import { recordRun, showRun } from '../record-run.ts';
import { BenchBed } from './bench-bed.ts';
import { formatKafkaResults } from './format-results.ts';
import { KAFKA_PARTS, type KafkaPart, type KafkaResults, type Size } from './parts.ts';
import { formatSizing } from './sizing.ts';

const NAMES = Object.keys(KAFKA_PARTS) as readonly KafkaPart[];

/** Each topic takes some 250 bytes an event of the disk. */
const MOST_EVENTS = 20_000_000;

const HELP = `Measures Plumbline on a real Kafka that it starts on this machine.

Usage: npm run bench:kafka -- [options]

  --events <number>    events of the filled topics (default: 2000000; four
                         times as many rows in Arrow records)
  --pairs <number>     how often each way is measured, in turns (default: 5)
  --only <part>        ${NAMES.join(', ')}; may be given several times
  --quick              only shows in some seconds that everything works
  --json <file>        writes all that was measured
  --brokers <list>     uses this Kafka (host:port, with commas) instead of one of its own
  --record             keeps the run in the documentation
  --help               this text

Takes about twenty minutes on two idle cores. Needs Java and Maven for Kafka. Every measurement
runs in a process of its own. Exit codes: 0 measured, 1 a failure, 2 bad usage.
`;

/** The command's options as they were given. */
export interface BenchOptions {
  readonly events?: string | undefined;
  readonly pairs?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly quick: boolean;
  readonly json?: string | undefined;
  readonly brokers?: string | undefined;
  readonly record: boolean;
  readonly help: boolean;
}

/** Runs the parts that were asked for, prints what they found and keeps it where that is wanted. */
export async function runBenchmarks(options: BenchOptions): Promise<void> {
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const { quick } = options;
  const size: Size = {
    quick,
    events: whole(options.events, {
      name: 'events',
      usual: quick ? 20_000 : 2_000_000,
      most: MOST_EVENTS,
    }),
    pairs: whole(options.pairs, { name: 'pairs', usual: quick ? 1 : 5, most: 1000 }),
  };
  const names = options.only?.map(checkPart) ?? NAMES;
  const machine = describeMachine(new Date());
  const begun = performance.now();
  const brokers = options.brokers?.split(',');
  const bed = await BenchBed.open(brokers === undefined ? undefined : { bootstrap: brokers });
  const results: Partial<Record<KafkaPart, unknown>> = {};
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(130));
  }
  try {
    for (const name of names) {
      process.stderr.write(`${name} …\n`);
      results[name] = await KAFKA_PARTS[name](bed, size);
    }
  } finally {
    await bed.close();
  }
  const seconds = Math.round((performance.now() - begun) / 1000);
  const facts = machine.finish();
  const report = { ...size, seconds, machine: facts, results };
  const text = formatKafkaResults(facts, results as Partial<KafkaResults>);
  process.stdout.write(`${text}\n`);
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  if (options.record) {
    recordRun('kafka', { report, text });
    const { throughput, costs } = results as Partial<KafkaResults>;
    if (throughput !== undefined && costs !== undefined) {
      showRun('sizing.md', { name: 'sizing', text: formatSizing({ throughput, costs }) });
    }
  }
  process.stderr.write(`\n${seconds} s\n`);
}

function checkPart(name: string): KafkaPart {
  const part = NAMES.find((known) => known === name);
  return part ?? refuse(`--only must be one of ${NAMES.join(', ')}`);
}

function whole(
  text: string | undefined,
  { name, usual, most }: { readonly name: string; readonly usual: number; readonly most: number },
): number {
  const number = text === undefined ? usual : Number(text);
  if (Number.isSafeInteger(number) && number >= 1 && number <= most) return number;
  return refuse(`--${name} must be a whole number from 1 to ${most}`);
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}
