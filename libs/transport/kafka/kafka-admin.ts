import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { checkTopicSpec } from '../check-topic-spec.ts';
import type { CommittedOffset, TopicDescription, TopicSpec } from '../port.ts';
import { type CreatedTopic, createTopicRequest } from './create-topic-request.ts';
import { describeTopic } from './describe-topic.ts';
import { readCommitted } from './group/commit-note.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { kafkaError } from './kafka-errors.ts';
import { retrying } from './retrying.ts';
import { createTopicCommand, topicSettings } from './topic-settings.ts';

const TOPIC_ALREADY_EXISTS = 36;
const TIMEOUT_MS = 15_000;
/** From this replication factor on, one replica may be away while nothing is ever lost. */
const SAFE_REPLICATION = 3;
const SAFE_IN_SYNC = 2;
const MIN_IN_SYNC = 'min.insync.replicas';
const NOT_ALLOWED = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'POLICY_VIOLATION',
]);

/** Topics and committed positions. */
export class KafkaAdmin {
  readonly #connection: KafkaConnection;
  readonly #signal: AbortSignal;

  constructor(connection: KafkaConnection, { signal }: { readonly signal: AbortSignal }) {
    this.#connection = connection;
    this.#signal = signal;
  }

  /**
   * Creates the topic unless it is there; that one is used as it is, without any admin rights.
   * @throws PLB_TRANSPORT_AUTHORIZATION with the command that somebody else may run
   */
  async ensureTopic(spec: TopicSpec): Promise<TopicDescription> {
    checkTopicSpec(spec);
    const found = await this.describe(spec.topic).catch((error: unknown) => {
      // Hidden from this user, or not there: creating it tells which, or helps.
      if (error instanceof PlumblineError && error.code === 'PLB_TRANSPORT_AUTHORIZATION') return;
      throw error;
    });
    if (found !== undefined) return found;
    const doing = `create topic ${spec.topic}`;
    await this.#retrying(doing, () => this.#create(spec));
    // A broker may not have heard of it yet, nor the leaders of its partitions.
    return this.#retrying(doing, async () => {
      this.#connection.forget();
      const description = await describeTopic(this.#connection, spec.topic);
      if (description !== undefined) return description;
      throw createErrorFromCode(UNKNOWN_TOPIC);
    }, ['UNKNOWN_TOPIC_OR_PARTITION']);
  }

  /** `undefined` when the topic does not exist. */
  describe(topic: string): Promise<TopicDescription | undefined> {
    return this.#retrying(`look at topic ${topic}`, () => describeTopic(this.#connection, topic));
  }

  /** @throws PLB_TRANSPORT_TOPIC when it does not exist */
  async deleteTopic(topic: string): Promise<void> {
    const doing = `delete topic ${topic}`;
    let asked = false;
    await this.#retrying(doing, async () => {
      const broker = await this.#connection.controller();
      try {
        await broker.deleteTopics({ topics: [topic], timeout: TIMEOUT_MS });
      } catch (error) {
        // An earlier attempt has had its effect, though its answer was lost.
        const isGone = typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION';
        if (!(isGone && asked)) throw error;
      } finally {
        asked = true;
      }
    });
    this.#connection.forget();
  }

  /** A group's positions in a topic, by partition. */
  async committed(group: string, topic: string): Promise<readonly (CommittedOffset | undefined)[]> {
    return this.#retrying(`read the positions of group ${group} in ${topic}`, async () => {
      const metadata = (await this.#connection.metadata([topic])).get(topic);
      if (metadata === undefined) throw createErrorFromCode(UNKNOWN_TOPIC);
      const partitions = metadata.partitions.map(({ partition }) => ({ partition }));
      const coordinator = await this.#connection.coordinator(group);
      const { responses } = await coordinator.offsetFetch({
        groupId: group,
        topics: [{ topic, partitions }],
      });
      const found: (CommittedOffset | undefined)[] = partitions.map(() => undefined);
      for (const { partition, offset, metadata: note } of responses[0]?.partitions ?? []) {
        found[partition] = readCommitted({ offset, metadata: note }, metadata.id);
      }
      return found;
    });
  }

  async #create(spec: TopicSpec): Promise<void> {
    const { topic, partitions } = spec;
    const settings = topicSettings(spec);
    const controller = await this.#connection.controller();
    const ask = (dryRun: boolean) =>
      this.#connection.send(
        controller,
        createTopicRequest({ topic, partitions, settings, dryRun, timeoutMs: TIMEOUT_MS }),
      );
    const planned = await ask(true);
    if (planned.errorCode === TOPIC_ALREADY_EXISTS) return;
    this.#check(spec, planned);
    const inSync = Number(planned.settings.get(MIN_IN_SYNC) ?? 1);
    if (planned.replicationFactor >= SAFE_REPLICATION && inSync < SAFE_IN_SYNC) {
      settings[MIN_IN_SYNC] = `${SAFE_IN_SYNC}`;
    }
    const created = await ask(false);
    if (created.errorCode !== TOPIC_ALREADY_EXISTS) this.#check(spec, created);
  }

  #check(spec: TopicSpec, { errorCode, errorMessage }: CreatedTopic): void {
    if (errorCode === 0) return;
    const error = createErrorFromCode(errorCode);
    const reason = errorMessage === null ? '' : ` (${errorMessage})`;
    if (NOT_ALLOWED.has(error.type)) {
      throw new PlumblineError(
        'PLB_TRANSPORT_AUTHORIZATION',
        `Cannot create topic ${spec.topic}: it does not exist, or is hidden from this user, who may not create it either${reason}.`,
        {
          fix: `grant Describe, Read and Write on it, or have it created: ${createTopicCommand(spec, this.#connection.settings.brokers)}`,
          cause: error,
        },
      );
    }
    if (error.retriable) throw error;
    if (error.type === 'INVALID_REPLICATION_FACTOR') {
      throw new PlumblineError(
        'PLB_TRANSPORT_UNAVAILABLE',
        `Cannot create topic ${spec.topic}: too few brokers are up for its replicas${reason}.`,
        {
          fix: 'bring the missing brokers back, or lower default.replication.factor',
          cause: error,
        },
      );
    }
    if (error.type.startsWith('INVALID_')) {
      throw new PlumblineError(
        'PLB_CONFIG_INVALID',
        `Cannot create topic ${spec.topic}: the brokers refuse it as ${error.type}${reason}.`,
        { cause: error },
      );
    }
    throw kafkaError(error, `create topic ${spec.topic}`);
  }

  #retrying<T>(
    doing: string,
    attempt: () => Promise<T>,
    passing: readonly string[] = [],
  ): Promise<T> {
    return retrying(this.#connection, attempt, { doing, signal: this.#signal, passing });
  }
}

const UNKNOWN_TOPIC = 3;

function typeOf(error: unknown): string {
  return error instanceof Error && 'type' in error ? String(error.type) : '';
}
