import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { parseConfig } from '#libs/config/parse-config.ts';
import type { Problem } from '#libs/config/problem.ts';
import type { TransportConfig } from '#libs/config/resolved.ts';
import { formatSuggestion } from '#libs/config/suggest.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { resourceName } from '#libs/proposal/resource-name.ts';

/** Options of `plumbline init` as they stand on the command line. */
export interface InitOptions {
  readonly topic?: readonly string[];
  readonly brokers?: string;
  readonly tls?: boolean;
  readonly caFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
  readonly saslMechanism?: string;
  readonly username?: string;
  readonly passwordEnv?: string;
  readonly passwordFile?: string;
  readonly tokenEnv?: string;
  readonly tokenFile?: string;
  readonly data?: string;
  readonly file?: string;
  readonly baseline?: string;
  readonly baselineFormat?: 'parquet' | 'csv' | 'ndjson';
  readonly modelVersion?: string;
  readonly time?: string;
  readonly events?: number;
  readonly name?: string;
  readonly out: string;
  readonly force?: boolean;
}

/** Where the events are; absolute paths. */
export type InitSource =
  | {
      readonly kind: 'kafka';
      readonly transport: Extract<TransportConfig, { readonly kind: 'kafka' }>;
      /** The block for the configuration file. */
      readonly document: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'log'; readonly directory: string }
  | { readonly kind: 'file'; readonly file: string };

export interface InitRequest {
  readonly source: InitSource;
  readonly topics: readonly string[];
  readonly name: string;
  readonly time?: string;
  readonly modelVersion?: string;
  readonly baseline?: { readonly file: string; readonly format?: 'parquet' | 'csv' | 'ndjson' };
  readonly events: number;
  /** `null`: to standard output. */
  readonly out: string | null;
  /** Folder of the configuration: paths in it start there. */
  readonly folder: string;
  readonly force: boolean;
}

/** Enough to tell types and roles by, where the baseline has a file of its own. */
const EVENTS_TO_LOOK_AT = 2000;
/** Where the sample is the baseline. */
const EVENTS_OF_BASELINE = 20_000;
const USUAL_BROKERS = 'localhost:9092';

const KAFKA_OPTIONS: readonly (readonly [keyof InitOptions, string])[] = [
  ['brokers', '--brokers'],
  ['tls', '--tls'],
  ['caFile', '--ca-file'],
  ['certificateFile', '--certificate-file'],
  ['keyFile', '--key-file'],
  ['serverName', '--server-name'],
  ['saslMechanism', '--sasl-mechanism'],
  ['username', '--username'],
  ['passwordEnv', '--password-env'],
  ['passwordFile', '--password-file'],
  ['tokenEnv', '--token-env'],
  ['tokenFile', '--token-file'],
];

/** Options by where their values stand in the document that is checked; the longest first. */
const OPTION_OF: readonly (readonly [string, string])[] = [
  ['kafka.tls.ca_file', '--ca-file'],
  ['kafka.tls.certificate_file', '--certificate-file'],
  ['kafka.tls.key_file', '--key-file'],
  ['kafka.tls.server_name', '--server-name'],
  ['kafka.tls', '--tls'],
  ['kafka.sasl.mechanism', '--sasl-mechanism'],
  ['kafka.sasl.username', '--username'],
  ['kafka.sasl.password', '--password-env or --password-file'],
  ['kafka.sasl.token', '--token-env or --token-file'],
  ['kafka.sasl', '--sasl-mechanism'],
  ['kafka.brokers', '--brokers'],
  ['streams.asked.topics', '--topic'],
  ['streams.asked.time', '--time'],
  ['streams.asked.source', '--topic'],
  ['baselines.asked.file', '--baseline'],
  ['baselines.asked.model_version', '--model-version'],
  ['monitors', '--name'],
];

/**
 * Checks the options by the rules of a configuration file, so that what is proposed can be one.
 *
 * @throws PLB_CONFIG_INVALID naming the option
 */
export function readInitOptions(options: InitOptions): InitRequest {
  const out = options.out === '-' ? null : resolve(options.out);
  const folder = out === null ? process.cwd() : dirname(out);
  const elsewhere = options.data !== undefined || options.file !== undefined;
  refuseContradictions(options);
  const topics = options.topic ?? (options.file === undefined ? [] : [topicOf(options.file)]);
  if (topics.length === 0) {
    throw new PlumblineError('PLB_CONFIG_INVALID', 'Cannot sample anything: no topic is named', {
      fix: 'say --topic TOPIC, or --file events.ndjson to try it with a file of events',
    });
  }
  const kafka = elsewhere ? undefined : kafkaDocument(options, folder);
  const name = options.name ?? resourceName(topics[0]!);
  const config = check({ options, topics, kafka, name, folder });
  return {
    source:
      kafka !== undefined && config.transport.kind === 'kafka'
        ? { kind: 'kafka', transport: config.transport, document: kafka }
        : options.file !== undefined
          ? { kind: 'file', file: resolve(options.file) }
          : { kind: 'log', directory: resolve(options.data ?? '') },
    ...{ topics, name, out, folder, force: options.force === true },
    events:
      options.events ?? (options.baseline === undefined ? EVENTS_OF_BASELINE : EVENTS_TO_LOOK_AT),
    ...(options.time === undefined ? {} : { time: options.time }),
    ...(options.modelVersion === undefined ? {} : { modelVersion: options.modelVersion }),
    ...(options.baseline === undefined
      ? {}
      : {
          baseline: {
            file: resolve(options.baseline),
            ...(options.baselineFormat === undefined ? {} : { format: options.baselineFormat }),
          },
        }),
  };
}

/** A path as the configuration should have it: relative where it lies below its folder. */
export function pathFrom(folder: string, path: string): string {
  const short = relative(folder, resolve(path));
  const inside = short !== '' && short !== '..' && !short.startsWith(`..${sep}`);
  return inside && !isAbsolute(short) ? short : resolve(path);
}

function refuseContradictions(options: InitOptions): void {
  const refuse = (message: string, fix: string) => {
    throw new PlumblineError('PLB_CONFIG_INVALID', message, { fix });
  };
  if (options.data !== undefined && options.file !== undefined) {
    refuse('Cannot use --data beside --file: the events are in one place', 'leave out one of them');
  }
  const kafkaOption = KAFKA_OPTIONS.find(([key]) => options[key] !== undefined)?.[1];
  if (kafkaOption !== undefined && (options.data ?? options.file) !== undefined) {
    const other = options.data === undefined ? '--file' : '--data';
    refuse(
      `Cannot use ${kafkaOption} beside ${other}: the events are in one place`,
      `leave out ${kafkaOption} to sample from there, or ${other} to sample from Kafka`,
    );
  }
  if (options.file !== undefined && (options.topic?.length ?? 0) > 1) {
    refuse('Cannot use --file with several topics: a file is read into one', 'name one --topic');
  }
  const login = options.username ?? options.passwordEnv ?? options.passwordFile;
  if (login !== undefined && options.saslMechanism === undefined) {
    refuse(
      'Cannot log in: --sasl-mechanism must be given',
      'say --sasl-mechanism plain, scram-sha-256, scram-sha-512 or oauthbearer, as the brokers ask',
    );
  }
}

function topicOf(file: string): string {
  return resourceName(basename(file).replace(/(\.(ndjson|jsonl|json))?$/i, ''));
}

function kafkaDocument(options: InitOptions, folder: string): Record<string, unknown> {
  const path = (file: string | undefined) =>
    file === undefined ? undefined : pathFrom(folder, file);
  const tls = given({
    ca_file: path(options.caFile),
    certificate_file: path(options.certificateFile),
    key_file: path(options.keyFile),
    server_name: options.serverName,
  });
  const secret = (env: string | undefined, file: string | undefined) =>
    env === undefined && file === undefined ? undefined : given({ env, file: path(file) });
  return given({
    brokers: (options.brokers ?? USUAL_BROKERS).split(',').map((broker) => broker.trim()),
    tls: Object.keys(tls).length > 0 ? tls : options.tls,
    sasl:
      options.saslMechanism === undefined
        ? undefined
        : given({
            mechanism: options.saslMechanism,
            username: options.username,
            password: secret(options.passwordEnv, options.passwordFile),
            token: secret(options.tokenEnv, options.tokenFile),
          }),
  });
}

function given(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function check(asked: {
  readonly options: InitOptions;
  readonly topics: readonly string[];
  readonly kafka: Readonly<Record<string, unknown>> | undefined;
  readonly name: string;
  readonly folder: string;
}) {
  const { options, topics, kafka, name, folder } = asked;
  const document = {
    ...(kafka === undefined ? {} : { kafka }),
    streams: { asked: { topics, time: options.time ?? '$.time' } },
    baselines: {
      asked: given({ file: options.baseline ?? 'asked', model_version: options.modelVersion }),
    },
    monitors: { [name]: { stream: 'asked', baseline: 'asked', window: '1h' } },
  };
  // JSON is YAML.
  const outcome = parseConfig(JSON.stringify(document), { source: resolve(folder, 'asked') });
  if (outcome.ok) return outcome.config;
  throw new PlumblineError('PLB_CONFIG_INVALID', outcome.problems.map(optionProblem).join('\n'));
}

function optionProblem({ path, reason, suggestion, alternatives = [] }: Problem): string {
  const option = OPTION_OF.find(([place]) => path.startsWith(place))?.[1] ?? path;
  const meant =
    suggestion === undefined
      ? ''
      : `; ${formatSuggestion({ best: suggestion, others: alternatives })}`;
  return `Cannot use ${option}: it ${reason}${meant}`;
}
