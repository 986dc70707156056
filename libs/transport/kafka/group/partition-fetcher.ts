import type Broker from 'kafkajs/src/broker/index.js';
import { fetchPartitions } from '../fetch-partitions.ts';
import type { KafkaConnection, TopicMetadata } from '../kafka-connection.ts';
import type { HeldPartition } from './held-partition.ts';

/** Of one partition in one answer, and of a whole answer. */
const PARTITION_BYTES = 1024 * 1024;
const ANSWER_BYTES = 8 * 1024 * 1024;

export interface PartitionFetcherOptions {
  readonly connection: KafkaConnection;
  /** How long a broker may wait for the first record. */
  readonly waitMs: number;
  /** The partitions to fetch, as they are now. */
  held(): Iterable<HeldPartition>;
  /** There is something to deliver. */
  arrived(): void;
  /** A leader cannot be found, does not answer or refuses; it is tried again after a while. */
  failed(held: HeldPartition, error: unknown): void;
  passed(held: HeldPartition): void;
}

/**
 * Keeps records of the held partitions at hand. Each broker is asked for all its partitions at
 * once, and asked again when the last record of its answer was taken: while a batch is handled, at
 * most one further answer a broker waits in memory, and no busy partition waits for an idle one.
 */
export class PartitionFetcher {
  readonly #options: PartitionFetcherOptions;
  readonly #asked = new Set<Broker>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #last = '';

  constructor(options: PartitionFetcherOptions) {
    this.#options = options;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** The next partition, in turns, of which something is at hand. */
  next(): HeldPartition | undefined {
    for (const one of this.#inTurn()) {
      if (one.state !== 'ready' || one.fetched === undefined) continue;
      this.#last = one.key;
      return one;
    }
    return undefined;
  }

  /** The held partitions, first the one after that of which something was taken last. */
  #inTurn(): readonly HeldPartition[] {
    const held = [...this.#options.held()];
    const after = held.findIndex(({ key }) => key === this.#last) + 1;
    return [...held.slice(after), ...held.slice(0, after)];
  }

  /** Asks the leaders that the brokers name now, where they are others than before. */
  leadersSeen(found: ReadonlyMap<string, TopicMetadata | undefined>): void {
    for (const held of this.#options.held()) {
      const now = found.get(held.topic)?.partitions[held.partition]?.leader ?? -1;
      if (held.leader === undefined || now < 0 || now === held.leaderId) continue;
      // A former leader may still answer, and have nothing new to tell for ever.
      held.leader = undefined;
    }
    this.fetch();
  }

  /** Asks whoever can be asked; to be called whenever partitions were taken on or records taken. */
  fetch(): void {
    if (this.#closed) return;
    const now = performance.now();
    const wanted = new Map<Broker, HeldPartition[]>();
    const full = new Set<Broker>();
    let soonest = Number.POSITIVE_INFINITY;
    for (const held of this.#inTurn()) {
      if (held.state !== 'ready') continue;
      if (held.fetched !== undefined) {
        if (held.leader !== undefined) full.add(held.leader);
      } else if (held.busy) {
        // Its answer, or its leader, is on the way.
      } else if (held.notBefore > now) {
        soonest = Math.min(soonest, held.notBefore);
      } else if (held.leader === undefined) {
        this.#locate(held);
      } else {
        const some = wanted.get(held.leader) ?? [];
        some.push(held);
        wanted.set(held.leader, some);
      }
    }
    clearTimeout(this.#timer);
    if (soonest < Number.POSITIVE_INFINITY) {
      this.#timer = setTimeout(() => this.fetch(), soonest - now);
    }
    for (const [broker, some] of wanted) {
      if (!full.has(broker) && !this.#asked.has(broker)) void this.#ask(broker, some);
    }
  }

  async #locate(held: HeldPartition): Promise<void> {
    held.busy = true;
    try {
      const { broker, id } = await this.#options.connection.leaderOf(held);
      held.leader = broker;
      held.leaderId = id;
    } catch (error) {
      this.#lost([held], error);
    } finally {
      held.busy = false;
    }
    this.fetch();
  }

  /** The ones at the front get the room of the answer. */
  async #ask(broker: Broker, some: readonly HeldPartition[]): Promise<void> {
    const { connection, waitMs } = this.#options;
    this.#asked.add(broker);
    for (const held of some) held.busy = true;
    try {
      const answer = await fetchPartitions(connection, broker, {
        positions: some.map(({ topic, topicId, partition, position: offset }) => ({
          topic,
          topicId,
          partition,
          offset,
        })),
        maxBytes: ANSWER_BYTES,
        maxBytesPerPartition: PARTITION_BYTES,
        maxWaitMs: waitMs,
      });
      for (const found of answer) {
        const held = some.find(
          ({ topic, partition }) => topic === found.topic && partition === found.partition,
        );
        if (held === undefined || held.position !== found.from) continue;
        if (found.kind === 'records') {
          held.backoff.reset();
          this.#options.passed(held);
          if (!found.set.done) held.fetched = found;
        } else {
          this.#lost([held], found.error);
        }
      }
    } catch (error) {
      this.#lost(some, error);
    } finally {
      this.#asked.delete(broker);
      for (const held of some) held.busy = false;
    }
    if (some.some(({ fetched }) => fetched !== undefined)) this.#options.arrived();
    this.fetch();
  }

  #lost(some: readonly HeldPartition[], error: unknown): void {
    if (this.#closed) return;
    this.#options.connection.forget();
    for (const held of some) {
      held.leader = undefined;
      held.notBefore = performance.now() + held.backoff.next();
      this.#options.failed(held, error);
    }
  }
}
