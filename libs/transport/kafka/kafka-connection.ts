import Broker, { type KafkaProtocol } from 'kafkajs/src/broker/index.js';
import { KafkaJSConnectionError } from 'kafkajs/src/errors.js';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import type { TopicPartition } from '../port.ts';
import { NoBrokerError } from './kafka-errors.ts';
import { kafkaLogger } from './kafka-logger.ts';
import { CredentialSource } from './kafka-security.ts';
import type { KafkaSettings } from './kafka-settings.ts';
import { type ClusterMetadata, metadataRequest } from './metadata-request.ts';
import { ReliablePool } from './reliable-pool.ts';

const UNKNOWN_TOPIC = 3;
const LEADER_NOT_AVAILABLE = 5;
const NO_LEADER = -1;
/** So that partitions that were added are used, even if nothing fails. */
const TOPIC_MAX_AGE_MS = 60_000;

export interface TopicMetadata {
  readonly topic: string;
  /** Changes when the topic is deleted and created again; empty before Kafka 2.8. */
  readonly id: string;
  /** In order, without gaps; `leader` is -1 while there is none. */
  readonly partitions: readonly { readonly partition: number; readonly leader: number }[];
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * The way to the brokers: finds them, their topics, leaders and coordinators, and keeps one pair of
 * connections to each. Every method makes one attempt and fails with the error of kafkajs or Node
 * (`kafkaError` explains it, `retrying` repeats); after an error of the kind "not leader", "not
 * coordinator" or "lost", `forget` makes the next attempt look again.
 *
 * One per transport for sending, administration and reading, and one per group member: a broker
 * answers the requests of one connection in turn, so nothing may stand before a heartbeat.
 */
export class KafkaConnection {
  readonly settings: KafkaSettings;
  readonly #credentials: CredentialSource;
  readonly #brokers = new Map<string, Broker>();
  /** Attempts under way, so that callers who meet share them. */
  readonly #connecting = new Map<Broker, Promise<void>>();
  readonly #addresses = new Map<number, Address>();
  readonly #topics = new Map<string, { readonly metadata: TopicMetadata; seenAt: number }>();
  readonly #asking = new Map<string, Promise<TopicMetadata | undefined>>();
  readonly #coordinators = new Map<string, number>();
  /** When an address did not answer, so that others are tried before it. */
  readonly #failedAt = new Map<string, number>();
  #seedsTried = 0;
  #closed = false;

  constructor(settings: KafkaSettings) {
    this.settings = settings;
    this.#credentials = new CredentialSource(settings);
  }

  /**
   * Fresh from a broker; `undefined` where a topic does not exist. Creates none.
   * @throws TOPIC_AUTHORIZATION_FAILED and the like, as protocol errors
   */
  async metadata(
    topics: readonly string[],
  ): Promise<ReadonlyMap<string, TopicMetadata | undefined>> {
    const broker = await this.anyBroker();
    const cluster = await this.send(broker, metadataRequest(topics, broker.versions));
    this.#learn(cluster);
    const found = new Map<string, TopicMetadata | undefined>();
    for (const { topic, errorCode, id, partitions } of cluster.topics) {
      if (errorCode === UNKNOWN_TOPIC) {
        found.set(topic, undefined);
        this.#topics.delete(topic);
        continue;
      }
      if (errorCode !== 0 && errorCode !== LEADER_NOT_AVAILABLE) {
        throw Object.assign(createErrorFromCode(errorCode), { topic });
      }
      const metadata: TopicMetadata = {
        topic,
        id: id ?? '',
        partitions: partitions
          .map(({ partition, leader }) => ({ partition, leader }))
          .sort((a, b) => a.partition - b.partition),
      };
      found.set(topic, metadata);
      this.#topics.set(topic, { metadata, seenAt: performance.now() });
    }
    return found;
  }

  /** Of a topic, as seen not long ago, or asked for now; callers that meet share the question. */
  async topic(topic: string): Promise<TopicMetadata | undefined> {
    const known = this.#topics.get(topic);
    const now = performance.now();
    if (known !== undefined && now - known.seenAt < TOPIC_MAX_AGE_MS) return known.metadata;
    let asking = this.#asking.get(topic);
    if (asking === undefined) {
      asking = this.metadata([topic])
        .then((found) => found.get(topic))
        .finally(() => this.#asking.delete(topic));
      this.#asking.set(topic, asking);
    }
    if (known === undefined) return asking;
    return asking.catch(() => {
      // What is known may well be right still; whoever finds it wrong calls `forget`.
      known.seenAt = now;
      return known.metadata;
    });
  }

  /** The broker that leads a partition, connected; as last seen, or asked for now. */
  async leader(place: TopicPartition): Promise<Broker> {
    return (await this.leaderOf(place)).broker;
  }

  /** `leader`, and the number under which the brokers know it. */
  async leaderOf({ topic, partition }: TopicPartition): Promise<{ broker: Broker; id: number }> {
    const id = (await this.topic(topic))?.partitions[partition]?.leader;
    if (id === undefined) throw createErrorFromCode(UNKNOWN_TOPIC);
    if (id === NO_LEADER) throw createErrorFromCode(LEADER_NOT_AVAILABLE);
    return { broker: await this.#node(id), id };
  }

  /** The broker that keeps a group's members and positions, connected. */
  async coordinator(group: string): Promise<Broker> {
    let nodeId = this.#coordinators.get(group);
    if (nodeId === undefined) {
      const broker = await this.anyBroker();
      const { coordinator } = await broker.findGroupCoordinator({ groupId: group });
      nodeId = coordinator.nodeId;
      this.#addresses.set(nodeId, { host: coordinator.host, port: coordinator.port });
      this.#coordinators.set(group, nodeId);
    }
    return this.#node(nodeId);
  }

  /** Any broker that answers, connected: one that is connected already, if any. */
  async anyBroker(): Promise<Broker> {
    for (const broker of this.#brokers.values()) {
      if (broker.isConnected()) return broker;
    }
    const known = [...this.#addresses.values()];
    const seeds = this.settings.brokers.map(addressOf);
    const turn = this.#seedsTried++ % Math.max(1, seeds.length);
    const addresses = new Map(
      [...seeds.slice(turn), ...seeds.slice(0, turn), ...known].map((one) => [nameOf(one), one]),
    );
    const failedAt = (name: string) => this.#failedAt.get(name) ?? Number.NEGATIVE_INFINITY;
    const causes: unknown[] = [];
    for (const [name, address] of [...addresses].sort(
      ([a], [b]) => failedAt(a) - failedAt(b) || 0,
    )) {
      try {
        return await this.#connected(address);
      } catch (error) {
        this.#failedAt.set(name, performance.now());
        causes.push(error);
      }
    }
    throw new NoBrokerError(causes);
  }

  /** The broker that creates and deletes topics, or passes it on, connected. */
  async controller(): Promise<Broker> {
    const broker = await this.anyBroker();
    const cluster = await this.send(broker, metadataRequest([], broker.versions));
    this.#learn(cluster);
    return this.#node(cluster.controllerId);
  }

  /** Makes the next calls ask for topics, leaders and coordinators again. */
  forget(): void {
    this.#topics.clear();
    this.#coordinators.clear();
  }

  /** Sends one request and waits for its answer. */
  send<T>(broker: Broker, protocol: KafkaProtocol<T>): Promise<T> {
    return broker.connectionPool.send(protocol);
  }

  /** Ends all connections; requests under way fail. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { connectionPool } of this.#brokers.values()) {
      if (connectionPool instanceof ReliablePool) connectionPool.close();
    }
    this.#brokers.clear();
    this.forget();
  }

  #learn({ brokers }: ClusterMetadata): void {
    this.#addresses.clear();
    for (const { nodeId, host, port } of brokers) this.#addresses.set(nodeId, { host, port });
  }

  async #node(nodeId: number): Promise<Broker> {
    const address = this.#addresses.get(nodeId);
    if (address !== undefined) return this.#connected(address);
    this.forget();
    throw createErrorFromCode(LEADER_NOT_AVAILABLE);
  }

  async #connected(address: Address): Promise<Broker> {
    const name = nameOf(address);
    if (this.#closed) throw new KafkaJSConnectionError('Connection closed', { broker: name });
    let broker = this.#brokers.get(name);
    if (broker === undefined) {
      broker = this.#newBroker(address);
      this.#brokers.set(name, broker);
    }
    if (broker.isConnected()) return broker;
    let attempt = this.#connecting.get(broker);
    if (attempt === undefined) {
      const one = broker;
      attempt = one.connect().finally(() => this.#connecting.delete(one));
      this.#connecting.set(one, attempt);
    }
    await attempt;
    return broker;
  }

  #newBroker({ host, port }: Address): Broker {
    const { settings } = this;
    const credentials = () => this.#credentials.read();
    return new Broker({
      connectionPool: new ReliablePool({ host, port, settings, credentials }),
      logger: kafkaLogger(settings),
      allowAutoTopicCreation: false,
    });
  }
}

function nameOf({ host, port }: Address): string {
  return `${host}:${port}`;
}

/** Of `host:port` or `[host]:port`. */
function addressOf(broker: string): Address {
  const colon = broker.lastIndexOf(':');
  return {
    host: broker.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
    port: Number(broker.slice(colon + 1)),
  };
}
