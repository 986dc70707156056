import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { AppendResult, OutgoingRecord } from '../port.ts';
import { pause } from './group/pause.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { PartitionSender } from './produce/partition-sender.ts';
import { ProduceDispatcher } from './produce/produce-dispatcher.ts';
import { ProducerIdentities } from './produce/producer-identity.ts';
import { type Route, type TakenRecords, takeRecords } from './produce/take-records.ts';
import { retrying } from './retrying.ts';

const CLOSE_POLL_MS = 10;

interface WaitingSend {
  readonly taken: TakenRecords;
  readonly deadline: number;
  resolve(results: readonly AppendResult[]): void;
  reject(error: unknown): void;
}

interface TopicState {
  /** Sends whose partitions are not settled yet, in the order of the calls. */
  readonly waiting: WaitingSend[];
  readonly senders: Map<number, PartitionSender>;
  turn: number;
}

/**
 * Sends records: acknowledged by all replicas in sync, in the order of the calls per partition, and
 * appended once however often a broker goes away in between. A send that failed as
 * PLB_TRANSPORT_UNAVAILABLE, after `deliverForMs`, may have been appended or may be yet: whoever
 * sends it again may double it.
 *
 * kafkajs's own idempotent producer is not used. After a failed request it gives the sequence
 * numbers back, and a waiting send takes them: the broker then drops that one as a repetition, and
 * answers as if it were appended. When leaders move during a send of several partitions, it skips
 * what a broker leads that has answered before. It never takes a new identity after giving up.
 */
export class KafkaProducer {
  readonly #connection: KafkaConnection;
  readonly #dispatcher: ProduceDispatcher;
  readonly #identities: ProducerIdentities;
  readonly #topics = new Map<string, TopicState>();
  readonly #stop = new AbortController();
  #buffered = 0;
  #underWay = 0;

  constructor(connection: KafkaConnection) {
    this.#connection = connection;
    this.#dispatcher = new ProduceDispatcher(connection);
    this.#identities = new ProducerIdentities(connection);
  }

  /**
   * See the port. The bytes are taken before this returns.
   * @throws PLB_OVERLOADED when too much waits already
   */
  async send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendResult[]> {
    const { settings } = this.#connection;
    const taken = takeRecords(records, { topic, now: Date.now() });
    const bytes = taken.bodies.length;
    if (this.#buffered > 0 && this.#buffered + bytes > settings.maxBufferedBytes) {
      throw new PlumblineError(
        'PLB_OVERLOADED',
        `Cannot send to ${topic}: no more than ${settings.maxBufferedBytes} bytes may wait for the brokers, and ${this.#buffered} do.`,
        { fix: 'wait for earlier sends before sending more' },
      );
    }
    this.#buffered += bytes;
    this.#underWay += 1;
    const { promise, resolve, reject } = Promise.withResolvers<readonly AppendResult[]>();
    const state = this.#topic(topic);
    const deadline = performance.now() + settings.deliverForMs;
    state.waiting.push({ taken, deadline, resolve, reject });
    if (state.waiting.length === 1) void this.#place(topic, state);
    try {
      return await promise;
    } finally {
      this.#buffered -= bytes;
      this.#underWay -= 1;
    }
  }

  /** Lets what was sent become durable, for so long; the rest fails. */
  async close(patienceMs: number): Promise<void> {
    const end = performance.now() + patienceMs;
    while (this.#underWay > 0 && performance.now() < end) await pause(CLOSE_POLL_MS);
    this.#stop.abort(
      new PlumblineError('PLB_TRANSPORT_CLOSED', 'Cannot send: the transport is closed.'),
    );
  }

  #topic(topic: string): TopicState {
    let state = this.#topics.get(topic);
    if (state === undefined) {
      state = { waiting: [], senders: new Map(), turn: 0 };
      this.#topics.set(topic, state);
    }
    return state;
  }

  /** Shares the waiting sends of a topic out to its partitions, in order. */
  async #place(topic: string, state: TopicState): Promise<void> {
    while (state.waiting.length > 0) {
      try {
        const partitions = await this.#countPartitions(topic, state.waiting);
        // Whoever comes while this runs sends later: nothing below waits.
        for (const send of state.waiting.splice(0)) this.#share(send, { topic, state, partitions });
      } catch (error) {
        // Without brokers the oldest has waited for as long as it may; the others may a little more.
        const isAway =
          error instanceof PlumblineError && error.code === 'PLB_TRANSPORT_UNAVAILABLE';
        const given = isAway && !this.#stop.signal.aborted ? 1 : state.waiting.length;
        for (const { reject } of state.waiting.splice(0, given)) reject(error);
      }
    }
  }

  async #countPartitions(topic: string, waiting: readonly WaitingSend[]): Promise<number> {
    const doing = `send to ${topic}`;
    const ask = (fresh: boolean) =>
      retrying(
        this.#connection,
        async () =>
          fresh
            ? (await this.#connection.metadata([topic])).get(topic)
            : this.#connection.topic(topic),
        {
          doing,
          forMs: (waiting[0]?.deadline ?? 0) - performance.now(),
          signal: this.#stop.signal,
        },
      );
    const wanted = () =>
      waiting.reduce(
        (most, { taken }) =>
          taken.routes.reduce((max, route) => Math.max(max, partitionIn(route) + 1), most),
        0,
      );
    let metadata = await ask(false);
    if (metadata !== undefined && wanted() > metadata.partitions.length) metadata = await ask(true);
    if (metadata !== undefined) return metadata.partitions.length;
    throw new PlumblineError(
      'PLB_TRANSPORT_TOPIC',
      `Cannot send to ${topic}: the topic must exist, there is none of this name.`,
    );
  }

  #share(
    { taken, deadline, resolve, reject }: WaitingSend,
    { topic, state, partitions }: { topic: string; state: TopicState; partitions: number },
  ): void {
    const parts = new Map<number, number[]>();
    for (const [index, route] of taken.routes.entries()) {
      const partition = this.#partitionOf(route, state, partitions);
      if (partition < 0 || partition >= partitions || !Number.isInteger(partition)) {
        reject(
          new PlumblineError(
            'PLB_TRANSPORT_TOPIC',
            `Cannot send to ${topic}: partition must be from 0 to ${partitions - 1}, got ${partition}.`,
          ),
        );
        return;
      }
      const indices = parts.get(partition);
      if (indices === undefined) parts.set(partition, [index]);
      else indices.push(index);
    }
    const appends = [...parts].map(([partition, indices]) => {
      const append = Promise.withResolvers<number>();
      this.#sender({ topic, partition }, state).push({
        taken,
        indices,
        deadline,
        resolve: append.resolve,
        reject: append.reject,
      });
      return append.promise.then(
        (baseOffset): AppendResult => ({ topic, partition, baseOffset, count: indices.length }),
      );
    });
    // All of them: when one partition fails, the bytes of the others are still being sent.
    void Promise.allSettled(appends).then(() => Promise.all(appends).then(resolve, reject));
  }

  #partitionOf(route: Route, state: TopicState, partitions: number): number {
    if ('partition' in route) return route.partition;
    if ('hash' in route) return route.hash % partitions;
    state.turn = (state.turn + 1) % partitions;
    return state.turn;
  }

  #sender(place: { topic: string; partition: number }, state: TopicState): PartitionSender {
    let sender = state.senders.get(place.partition);
    if (sender === undefined) {
      const name = `${place.topic}/${place.partition}`;
      sender = new PartitionSender(place, {
        connection: this.#connection,
        dispatcher: this.#dispatcher,
        identify: () => this.#identities.identify(name),
        signal: this.#stop.signal,
      });
      state.senders.set(place.partition, sender);
    }
    return sender;
  }
}

function partitionIn(route: Route): number {
  return 'partition' in route ? route.partition : -1;
}
