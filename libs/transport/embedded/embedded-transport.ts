import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { checkTopicSpec } from '../check-topic-spec.ts';
import type {
  AppendResult,
  CommittedOffset,
  JoinOptions,
  Membership,
  OutgoingRecord,
  RecordBatch,
  TopicDescription,
  TopicPartition,
  TopicSpec,
  Transport,
} from '../port.ts';
import { ConsumerGroup, partitionKey } from './consumer-group.ts';
import type { LogClient } from './log-client.ts';
import type { TopicState } from './protocol.ts';

const DEFAULT_READ_BYTES = 1024 * 1024;

export interface EmbeddedTransportSettings {
  readonly handlingMs: number;
  /** Called after all has been released. */
  closed(): void;
}

/** The transport over an open log; `openEmbeddedTransport` makes it. */
export class EmbeddedTransport implements Transport {
  readonly kind = 'embedded';
  readonly #log: LogClient;
  readonly #settings: EmbeddedTransportSettings;
  readonly #groups = new Map<string, ConsumerGroup>();
  /** While closing, running batches may still send and commit. */
  #state: 'open' | 'closing' | 'closed' = 'open';
  #closed: Promise<void> | undefined;

  constructor(log: LogClient, settings: EmbeddedTransportSettings) {
    this.#log = log;
    this.#settings = settings;
    log.lost = (error) => {
      for (const group of this.#groups.values()) {
        for (const member of group.members) member.fail(error);
      }
    };
  }

  async ensureTopic(spec: TopicSpec): Promise<TopicDescription> {
    this.#checkOpen();
    checkTopicSpec(spec);
    const { state, created } = await this.#log.ensureTopic(spec);
    if (created) this.#topicsChanged();
    return (await this.#describe(state)) ?? raise(noSuchTopic(spec.topic));
  }

  async describe(topic: string): Promise<TopicDescription | undefined> {
    this.#checkOpen();
    const state = this.#log.topic(topic);
    return state === undefined ? undefined : this.#describe(state);
  }

  async deleteTopic(topic: string): Promise<void> {
    this.#checkOpen();
    const state = this.#topic(topic);
    await this.#log.deleteTopic(state);
    this.#topicsChanged();
  }

  async send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendResult[]> {
    this.#checkOpen();
    const state = this.#topic(topic);
    if (records.length === 0) return [];
    const results = await this.#log.append(state, records);
    for (const { partition } of results) {
      const key = partitionKey(state.id, partition);
      for (const group of this.#groups.values()) group.appended(key);
    }
    return results;
  }

  async read(
    from: TopicPartition & { readonly offset: number },
    maxBytes: number = DEFAULT_READ_BYTES,
  ): Promise<RecordBatch> {
    this.#checkOpen();
    const { partition, offset } = from;
    const topic = this.#topic(from.topic);
    if (topic.partitions[partition] === undefined) {
      throw noSuchTopic(`${from.topic}, partition ${partition}`);
    }
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw new PlumblineError(
        'PLB_TRANSPORT_OFFSET',
        `Cannot read ${from.topic}/${partition}: offset must be a whole number from 0, got ${offset}.`,
      );
    }
    return this.#log.read({ topic, partition, offset }, maxBytes);
  }

  async committed(group: string, topic: string): Promise<readonly (CommittedOffset | undefined)[]> {
    this.#checkOpen();
    return this.#log.committed(group, this.#topic(topic));
  }

  async join(options: JoinOptions): Promise<Membership> {
    if (this.#state !== 'open') throw closedError();
    for (const topic of options.topics) this.#topic(topic);
    let group = this.#groups.get(options.group);
    if (group === undefined) {
      const { handlingMs } = this.#settings;
      group = new ConsumerGroup({ group: options.group, log: this.#log, handlingMs });
      this.#groups.set(options.group, group);
    }
    return group.join(options);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#state = 'closing';
    const members = [...this.#groups.values()].flatMap((group) => group.members);
    await Promise.all(members.map((member) => member.leave()));
    this.#state = 'closed';
    try {
      await this.#log.close();
    } finally {
      this.#settings.closed();
    }
  }

  async #describe(state: TopicState): Promise<TopicDescription | undefined> {
    const bounds = await this.#log.describe(state);
    if (bounds.length === 0) return undefined;
    const partitions = bounds.map((bound, partition) => ({ partition, ...bound }));
    return { topic: state.topic, id: state.id, partitions };
  }

  #topicsChanged(): void {
    for (const group of this.#groups.values()) group.rebalance();
  }

  #topic(name: string): TopicState {
    return this.#log.topic(name) ?? raise(noSuchTopic(name));
  }

  #checkOpen(): void {
    if (this.#state === 'closed') throw closedError();
  }
}

function noSuchTopic(topic: string): PlumblineError {
  return new PlumblineError(
    'PLB_TRANSPORT_TOPIC',
    `Cannot find topic ${topic}: it must exist, got none of this name.`,
    { fix: 'Create it first (ensureTopic), or correct its name.' },
  );
}

function closedError(): PlumblineError {
  return new PlumblineError(
    'PLB_TRANSPORT_CLOSED',
    'Cannot use the transport: it must be open, got one that is closed or closing.',
  );
}

function raise(error: Error): never {
  throw error;
}
