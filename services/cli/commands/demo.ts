import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseConfig } from '#libs/config/parse-config.ts';
import { formatProblems } from '#libs/config/problem.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { createLogger } from '#libs/telemetry/logger.ts';
import { blocksTopic } from '#libs/transport/names.ts';
import { DEMO_INSTANCE, demoConfig, FLIGHTS_TOPIC } from '#services/demo/demo-config.ts';
import { type FlightClock, flightEvents } from '#services/demo/flights.ts';
import { feed } from '#services/feeder/app.ts';
import { announceStreams } from '../announce-streams.ts';
import { clearDemoData, DEMO_DATA } from '../clear-demo-data.ts';
import { clearDemoTopics } from '../clear-demo-topics.ts';
import { countFindings } from '../count-findings.ts';
import { describeError } from '../describe-error.ts';
import { describeWaiting } from '../describe-waiting.ts';
import type { Interruption } from '../interruption.ts';
import { type Progress, showProgress } from '../progress.ts';
import type { RunningService } from '../run-service.ts';
import { untilAborted } from '../until-aborted.ts';

const SHOW_EVERY_MS = 500;

interface DemoOptions {
  readonly speed: number;
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly partitions: number;
  readonly transport?: 'embedded' | 'kafka';
  readonly brokers?: readonly string[];
  readonly exit?: boolean;
}

/** `npm start`: three million real flights through the whole of Plumbline. */
export function demoCommand(program: Command, interruption: Interruption): void {
  program
    .command('demo')
    .description('Replay six months of US flights and watch them drift away from January 2001')
    .option('--speed <days>', 'days of flights per second; 0 is as fast as it goes', speed, 1)
    .option('--port <port>', 'port of the page and the API', integer(0, 65_535), 8080)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--data <directory>', 'where the demo keeps its log and store', DEMO_DATA)
    .option('--partitions <count>', 'partitions of the topic', integer(1, 64), 4)
    .addOption(
      new Option(
        '--transport <kind>',
        'where the events flow: kafka where --brokers are given, else embedded',
      ).choices(['embedded', 'kafka']),
    )
    .option('--brokers <list>', 'Kafka brokers, as host:port[,host:port]', brokerList)
    .option('--exit', 'end when all flights have been evaluated instead of serving on')
    .addHelpText(
      'after',
      `
Examples:
  $ plumbline demo
  $ plumbline demo --speed 0 --exit --port 0
  $ plumbline demo --transport kafka --brokers localhost:9092

On Kafka the demo deletes and creates the topics ${FLIGHTS_TOPIC}
and ${blocksTopic(DEMO_INSTANCE)}, and nothing else.

Exit codes: 0 finished, or stopped as asked; 2 could not start; 130 interrupted
while starting, or cut off while stopping. The demo begins anew each time.`,
    )
    .action((options: DemoOptions) => demo(options, interruption));
}

function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

function brokerList(text: string): readonly string[] {
  return text.split(',').map((broker) => broker.trim());
}

function speed(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number of at least 0.');
}

async function demo(options: DemoOptions, interruption: Interruption): Promise<void> {
  const { brokers } = options;
  if ((options.transport === 'kafka') !== (brokers !== undefined) && options.transport) {
    throw new PlumblineError(
      'PLB_CONFIG_INVALID',
      brokers === undefined
        ? 'Cannot run the demo on Kafka: --brokers must say where it is'
        : 'Cannot run the demo: --brokers must come with --transport kafka, got embedded',
      { fix: 'plumbline demo --transport kafka --brokers localhost:9092' },
    );
  }
  const data = resolve(options.data);
  const loaded = parseConfig(demoConfig({ ...options, dataDirectory: data }), {
    source: join(data, 'demo.yaml'),
  });
  if (!loaded.ok) {
    throw new PlumblineError(
      'PLB_CONFIG_INVALID',
      `Cannot start the demo:\n${formatProblems(loaded.problems, 'demo')}`,
    );
  }
  clearDemoData(data);
  const progress = showProgress();
  const say = (line: string) => progress.say(line);
  const logger = createLogger({
    level: 'warn',
    format: process.stderr.isTTY ? 'pretty' : 'json',
    // Through the progress line, which would run into the entry otherwise.
    destination: { write: (entry) => say(entry.trimEnd()) },
  });
  say('Reading the baseline: the flights of January 2001 …');
  const onWaiting = (reason: PlumblineError | null, url: string | null = null) =>
    say(describeWaiting(reason, url));
  if (brokers !== undefined) await clearDemoTopics(loaded.config, { onWaiting });
  // Most of the code hangs on it: other commands and refusals should not wait for it.
  const { runService } = await import('../run-service.ts');
  const service = await runService({
    ...{ loaded, logger, onWaiting, createTopics: true },
    onBaseline: (name, state) => {
      const rows = (count: number) => `baseline ${name}: ${count.toLocaleString('en-US')} rows`;
      if (state.kind === 'reading') return progress.update(`${rows(state.rows)} read`);
      progress.done();
      say(`${rows(state.record.rows)}, version ${state.record.version}`);
    },
  }).finally(() => progress.done());
  const signal = interruption.gently();
  try {
    await replay(service, { ...options, progress, signal });
  } finally {
    progress.done();
    await service.stop();
  }
}

/** Feeds the flights and shows what is found, until all is evaluated or the signal is aborted. */
async function replay(
  service: RunningService,
  options: DemoOptions & { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<void> {
  const { progress, signal } = options;
  const say = (line: string) => progress.say(line);
  say(`The page is at ${service.url}`);
  const clock: FlightClock = { time: null };
  const findings = countFindings(service.store, service.lifecycle);
  const { transport, lifecycle } = service;
  let sent = 0;
  const begun = performance.now();
  const announced = announceStreams(service, { say, signal }).catch((error: unknown) => {
    if (!signal.aborted) say(`streams cannot be described: ${describeError(error)}`);
  });
  const show = () => {
    const rate = sent / ((performance.now() - begun) / 1000);
    const time = clock.time === null ? '–' : new Date(clock.time).toISOString().slice(0, 10);
    progress.update(
      `${bar(sent / 3_000_000)} ${time}  ${sent.toLocaleString('en-US')} events, ${Math.round(rate).toLocaleString('en-US')}/s  ${findings.summary()}  ${service.url}`,
    );
  };
  const timer = setInterval(show, SHOW_EVERY_MS);
  try {
    await feed({
      ...{ transport, lifecycle, signal, topic: FLIGHTS_TOPIC },
      source: () => flightEvents({ daysPerSecond: options.speed, signal, clock }),
      onProgress: (events) => {
        sent = events;
      },
    });
    await announced;
    await Promise.race([findings.streamEnded, untilAborted(signal)]);
  } finally {
    clearInterval(timer);
  }
  show();
  progress.done();
  if (signal.aborted) return;
  const seconds = (performance.now() - begun) / 1000;
  say(
    `All ${sent.toLocaleString('en-US')} flights in ${Math.round(seconds)} s: ${findings.summary()}.`,
  );
  if (options.exit === true) return;
  say(`Still serving ${service.url} – stop with Ctrl+C.`);
  await untilAborted(signal);
}

function bar(share: number): string {
  const width = 20;
  const full = Math.min(width, Math.floor(share * width));
  return `[${'█'.repeat(full)}${'░'.repeat(width - full)}]`;
}
