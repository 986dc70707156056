import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { awaitReady } from './await-ready.ts';
import { type BrokerSpec, brokerSettings, toProperties } from './broker-settings.ts';
import type { FetchedKafka } from './fetch-kafka.ts';
import { freePorts, isFree } from './free-ports.ts';
import { KafkaBroker } from './kafka-broker.ts';
import { type ListenerKind, listenerOf } from './listener-kinds.ts';

/** An address, as a broker tells it to clients. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One listener of one broker. */
export interface ListenerTarget extends Address {
  readonly node: number;
  readonly listener: ListenerKind;
}

export interface ClusterOptions {
  readonly brokers?: number;
  readonly heapMb?: number;
  readonly listeners?: readonly ListenerKind[];
  readonly authorizer?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
  /** Everything that the cluster writes. */
  readonly folder: string;
  /** Whether the folder goes when the parent dies. */
  readonly temporary?: boolean;
  /** First port for clients; random ones without. */
  readonly port?: number;
  readonly advertise?: (target: ListenerTarget) => Address | Promise<Address>;
  readonly bootstrap: string;
  /** For the Java machine. */
  readonly flags: readonly string[];
  readonly deadlineMs: number;
}

/** Brokers that were started together. */
export interface KafkaCluster {
  readonly brokers: readonly KafkaBroker[];
  readonly specs: readonly BrokerSpec[];
  /** Ends all: at once, or in an orderly way that keeps what they wrote. */
  stop(options?: { readonly orderly?: boolean }): Promise<void>;
}

const HOST = '127.0.0.1';
/** Fast to start rather than fast for ever. */
const FLAGS = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];
/** How often other ports are tried when somebody else was faster. */
const ATTEMPTS = 5;
const ORDERLY_MS = 60_000;

/** Starts all brokers of a cluster and waits until each answers. */
export async function launchCluster(
  kafka: FetchedKafka,
  options: ClusterOptions,
): Promise<KafkaCluster> {
  for (let attempt = 1; ; attempt += 1) {
    const specs = await planBrokers(options);
    requireSameCount(options.folder, specs.length);
    const cluster = await prepareCluster(kafka, { options, specs });
    try {
      for (const broker of cluster.brokers) await broker.launch();
      await Promise.all(cluster.brokers.map((broker) => broker.start()));
      return cluster;
    } catch (error) {
      const taken = cluster.brokers.some((broker) => broker.said('Address already in use'));
      await cluster.stop();
      if (!taken || attempt === ATTEMPTS) throw error;
    }
  }
}

async function planBrokers(options: ClusterOptions): Promise<BrokerSpec[]> {
  const { brokers = 1, listeners = ['plain'], port, folder } = options;
  const each = 2 + listeners.length;
  const free = await freePorts(brokers * each);
  const specs: BrokerSpec[] = [];
  for (let index = 0; index < brokers; index += 1) {
    const node = index + 1;
    const [controllerPort = 0, internalPort = 0, ...ports] = free.slice(index * each);
    const places = listeners.map(async (kind, place) => {
      const own =
        port === undefined ? (ports[place] ?? 0) : port + index * listeners.length + place;
      if (port !== undefined && !(await isFree(own))) throw portError(own);
      const target: ListenerTarget = { node, listener: kind, host: HOST, port: own };
      const advertised = (await options.advertise?.(target)) ?? { host: HOST, port: own };
      return { ...listenerOf(kind, join(folder, 'certificates')), port: own, advertised };
    });
    specs.push({
      node,
      folder: join(folder, `broker-${node}`),
      controllerPort,
      internalPort,
      listeners: await Promise.all(places),
    });
  }
  return specs;
}

/** Data that is there belongs to as many brokers as wrote it. */
function requireSameCount(folder: string, count: number): void {
  const wrote = (node: number): boolean => existsSync(join(folder, `broker-${node}`, 'data'));
  if (!wrote(1) || (wrote(count) && !wrote(count + 1))) return;
  const other = count === 1 ? 3 : 1;
  throw new PlumblineError(
    'PLB_KAFKA_START',
    `Cannot start Kafka with ${count} brokers: ${folder} holds data of ${other}`,
    { fix: 'Start as many brokers as before, or name another folder.' },
  );
}

function portError(port: number): PlumblineError {
  return new PlumblineError('PLB_LISTEN_PORT', `Cannot start Kafka: port ${port} is in use`, {
    fix: 'Name another port, or stop what listens there.',
  });
}

async function prepareCluster(
  kafka: FetchedKafka,
  { options, specs }: { options: ClusterOptions; specs: readonly BrokerSpec[] },
): Promise<KafkaCluster> {
  const { heapMb = 256, folder, deadlineMs, temporary = false } = options;
  const clusterId = await clusterIdOf(folder);
  const brokers: KafkaBroker[] = [];
  for (const spec of specs) {
    await mkdir(spec.folder, { recursive: true });
    const settings = brokerSettings(spec, {
      voters: specs,
      authorizer: options.authorizer ?? false,
      settings: options.settings ?? {},
    });
    brokers.push(
      new KafkaBroker({
        node: spec.node,
        folder: spec.folder,
        java: kafka.java,
        classpath: kafka.classpath,
        heapMb,
        properties: toProperties(settings),
        clusterId,
        bootstrap: options.bootstrap,
        flags: [...FLAGS, ...options.flags],
        ...(temporary ? { removes: folder } : {}),
        ready: (broker) =>
          awaitReady(broker, {
            address: `${HOST}:${spec.internalPort}`,
            brokers: brokers.filter(({ answers }) => answers).length,
            deadlineMs,
          }),
      }),
    );
  }
  return {
    brokers,
    specs,
    stop: async ({ orderly = false } = {}) => {
      await Promise.all(
        brokers.map((broker) => (orderly ? broker.stop(ORDERLY_MS) : broker.kill())),
      );
    },
  };
}

/** Of the data that is there, or a new one. */
async function clusterIdOf(folder: string): Promise<string> {
  const meta = join(folder, 'broker-1', 'data', 'meta.properties');
  const kept = existsSync(meta)
    ? /^cluster\.id=(.+)$/m.exec(await readFile(meta, 'utf8'))?.[1]
    : undefined;
  return kept ?? randomBytes(16).toString('base64url');
}
