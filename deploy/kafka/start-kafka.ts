import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { awaitInSync } from './await-in-sync.ts';
import { bootstrapCheckpoint } from './bootstrap-checkpoint.ts';
import { classArchiveFlags } from './class-archive.ts';
import { fetchKafka } from './fetch-kafka.ts';
import { grantLimited } from './grant-limited.ts';
import type { TestBroker } from './kafka-broker.ts';
import { type Address, type ListenerTarget, launchCluster } from './kafka-cluster.ts';
import {
  createCertificates,
  type KafkaCertificates,
  type ListenerKind,
  needsCertificates,
} from './listener-kinds.ts';
import { USERS } from './users.ts';

const DEADLINE_MS = 120_000;

export interface StartKafkaOptions {
  /** Default 1. Three replicate everything, and two must have a record before it is acknowledged. */
  readonly brokers?: 1 | 3;
  /** Heap of each broker; default 256. */
  readonly heapMb?: number;
  /** How clients are let in: one way, or several at once, each on a port of its own. */
  readonly security?: ListenerKind | readonly ListenerKind[];
  /** Whether rights are checked. `USERS` says who may do what; who comes without a name may all. */
  readonly authorizer?: boolean;
  /** Broker settings beyond or instead of those of the harness. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The address that clients are told to use instead of a listener's own: that of a proxy. */
  readonly advertise?: (target: ListenerTarget) => Address | Promise<Address>;
  /** Where data is kept beyond the stop; without, a temporary folder that goes at the stop. */
  readonly data?: string;
  /** First port; further listeners and brokers count on. Random free ports without. */
  readonly port?: number;
  /** How long each broker may take until it answers. */
  readonly deadlineMs?: number;
}

/** A Kafka that runs. */
export interface TestKafka {
  /** Addresses (`host:port`) for clients, of the first kind of listener. */
  readonly bootstrap: readonly string[];
  /** Addresses of a kind of listener. @throws Error where it was not asked for at the start */
  listener(kind: ListenerKind): readonly string[];
  readonly brokers: readonly TestBroker[];
  readonly users: typeof USERS;
  /** What clients of encrypted listeners need. @throws Error where there is no such listener */
  readonly certificates: KafkaCertificates;
  /** Where the brokers keep data, settings, logs and certificates. */
  readonly folder: string;
  /** Waits until every partition has all its replicas in sync. */
  inSync(): Promise<void>;
  /** Ends all brokers; a temporary folder is removed. */
  stop(): Promise<void>;
}

/**
 * Starts a Kafka of one or three brokers on loopback and waits until it answers and groups can
 * commit. It ends with this process, however that ends.
 *
 * @throws PlumblineError PLB_KAFKA_TOOLS, PLB_KAFKA_FETCH, PLB_KAFKA_START (with the end of the
 *   broker's log), PLB_LISTEN_PORT
 */
export async function startKafka(options: StartKafkaOptions = {}): Promise<TestKafka> {
  const { security = 'plain', deadlineMs = DEADLINE_MS, data, ...rest } = options;
  const kinds = typeof security === 'string' ? [security] : security;
  const kafka = await fetchKafka();
  const bootstrap = await bootstrapCheckpoint(kafka);
  const flags = await classArchiveFlags(kafka, bootstrap);
  const folder =
    data === undefined ? await mkdtemp(join(tmpdir(), 'plumbline-kafka-')) : resolve(data);
  const tidyUp = async (): Promise<void> => {
    if (data === undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    await mkdir(folder, { recursive: true });
    const certificates = needsCertificates(kinds)
      ? await createCertificates(join(folder, 'certificates'))
      : undefined;
    const cluster = await launchCluster(kafka, {
      ...rest,
      listeners: kinds,
      folder,
      temporary: data === undefined,
      bootstrap,
      flags,
      deadlineMs,
    });
    const internal = cluster.specs.map(({ internalPort }) => `127.0.0.1:${internalPort}`);
    const stop = async (): Promise<void> => {
      await cluster.stop({ orderly: data !== undefined });
      await tidyUp();
    };
    const listener = (kind: ListenerKind): readonly string[] => {
      const place = kinds.indexOf(kind);
      if (place < 0) throw new Error(`Kafka was started without a listener ${kind}`);
      return cluster.specs.map(({ listeners }) => {
        const { host, port } = listeners[place]!.advertised;
        return `${host}:${port}`;
      });
    };
    if (options.authorizer === true) {
      try {
        await grantLimited(internal);
      } catch (error) {
        await stop();
        throw error;
      }
    }
    return {
      bootstrap: listener(kinds[0] ?? 'plain'),
      listener,
      brokers: cluster.brokers,
      users: USERS,
      get certificates() {
        if (certificates === undefined) throw new Error('Kafka was started without encryption');
        return certificates;
      },
      folder,
      inSync: () => awaitInSync(internal, { deadlineMs }),
      stop,
    };
  } catch (error) {
    await tidyUp();
    throw error;
  }
}
