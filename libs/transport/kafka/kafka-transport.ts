import { PlumblineError } from '#libs/errors/plumbline-error.ts';
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
import { joinGroup } from './group/join-group.ts';
import { KafkaAdmin } from './kafka-admin.ts';
import { KafkaConnection } from './kafka-connection.ts';
import { KafkaProducer } from './kafka-producer.ts';
import type { KafkaSettings } from './kafka-settings.ts';
import { readPartition } from './read-partition.ts';
import { retrying } from './retrying.ts';

/** How long closing waits for what was sent before. */
const FLUSH_MS = 5000;

/** The transport over Kafka; `openKafkaTransport` makes it. */
export class KafkaTransport implements Transport {
  readonly kind = 'kafka';
  readonly #connection: KafkaConnection;
  readonly #admin: KafkaAdmin;
  readonly #producer: KafkaProducer;
  readonly #members = new Set<Membership>();
  /** Calls that wait for a broker end when the transport closes. */
  readonly #stop = new AbortController();
  /** While closing, running batches may still send and commit. */
  #state: 'open' | 'closing' | 'closed' = 'open';
  #closed: Promise<void> | undefined;

  constructor(settings: KafkaSettings) {
    this.#connection = new KafkaConnection(settings);
    this.#admin = new KafkaAdmin(this.#connection, { signal: this.#stop.signal });
    this.#producer = new KafkaProducer(this.#connection);
  }

  async ensureTopic(spec: TopicSpec): Promise<TopicDescription> {
    this.#checkOpen();
    return this.#admin.ensureTopic(spec);
  }

  async describe(topic: string): Promise<TopicDescription | undefined> {
    this.#checkOpen();
    return this.#admin.describe(topic);
  }

  async deleteTopic(topic: string): Promise<void> {
    this.#checkOpen();
    await this.#admin.deleteTopic(topic);
  }

  async send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendResult[]> {
    this.#checkOpen();
    return this.#producer.send(topic, records);
  }

  async read(
    from: TopicPartition & { readonly offset: number },
    maxBytes?: number,
  ): Promise<RecordBatch> {
    this.#checkOpen();
    const { topic, partition, offset } = from;
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw new PlumblineError(
        'PLB_TRANSPORT_OFFSET',
        `Cannot read ${topic}/${partition}: offset must be a whole number from 0, got ${offset}.`,
      );
    }
    return readPartition(this.#connection, from, {
      signal: this.#stop.signal,
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
  }

  async committed(group: string, topic: string): Promise<readonly (CommittedOffset | undefined)[]> {
    this.#checkOpen();
    return this.#admin.committed(group, topic);
  }

  async join(options: JoinOptions): Promise<Membership> {
    if (this.#state !== 'open') throw closedError();
    const { settings } = this.#connection;
    const member: Membership = await retrying(
      this.#connection,
      () => joinGroup({ ...options, settings, gone: (gone) => this.#members.delete(gone) }),
      { doing: `join group ${options.group}`, signal: this.#stop.signal },
    );
    this.#members.add(member);
    if (this.#state !== 'open') {
      await member.leave();
      throw closedError();
    }
    return member;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#state = 'closing';
    await Promise.all([...this.#members].map((member) => member.leave()));
    this.#state = 'closed';
    this.#stop.abort(closedError());
    await this.#producer.close(FLUSH_MS);
    await this.#connection.close();
  }

  #checkOpen(): void {
    if (this.#state === 'closed') throw closedError();
  }
}

function closedError(): PlumblineError {
  return new PlumblineError(
    'PLB_TRANSPORT_CLOSED',
    'Cannot use the transport: it must be open, got one that is closed or closing.',
  );
}
