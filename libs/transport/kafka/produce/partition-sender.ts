import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import type { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { TopicPartition } from '../../port.ts';
import { Backoff } from '../group/backoff.ts';
import { pause } from '../group/pause.ts';
import type { KafkaConnection } from '../kafka-connection.ts';
import { isRetriable, kafkaError } from '../kafka-errors.ts';
import { encodeBatch } from './encode-batch.ts';
import type { ProduceDispatcher } from './produce-dispatcher.ts';
import type { ProducerIdentity } from './producer-identity.ts';
import type { TakenRecords } from './take-records.ts';

/**
 * Below the 1 MiB that a topic takes unless set otherwise; a larger record goes alone. Where a topic
 * takes less, batches become smaller until they pass.
 */
const BATCH_BYTES = 512 * 1024;
const SEQUENCES = 2 ** 31;
/** A topic that was there a moment ago may be unknown to a broker that has not heard of it yet. */
const UNKNOWN_TOPIC_MS = 5000;

/** The broker says that these records cannot be appended: those of others may be. */
const REFUSES_RECORDS = new Set(['INVALID_RECORD', 'INVALID_TIMESTAMP']);
const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
/**
 * The broker knows this producer differently, after it lost the end of its log for example. With
 * one batch under way it would recognise a repetition, so the batch is not in its log.
 */
const FORGOT_PRODUCER = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
]);

/** The part of one `send` that goes to one partition. */
export interface PartitionSend {
  readonly taken: TakenRecords;
  readonly indices: readonly number[];
  /** On the clock of `performance.now`; when to give up. */
  readonly deadline: number;
  /** Answers the offset of the first record, once all of them are durable. */
  resolve(baseOffset: number): void;
  reject(error: PlumblineError): void;
}

interface Queued {
  readonly send: PartitionSend;
  /** How many of its records are durable. */
  done: number;
  baseOffset: number;
}

interface Slice {
  readonly queued: Queued;
  readonly indices: readonly number[];
}

interface Identified extends ProducerIdentity {
  sequence: number;
}

export interface PartitionSenderOptions {
  readonly connection: KafkaConnection;
  readonly dispatcher: ProduceDispatcher;
  /** A new identity: one under which nothing was ever sent to this partition. */
  identify(): Promise<ProducerIdentity>;
  /** Ends all waiting: what is not durable then fails. */
  readonly signal: AbortSignal;
}

/**
 * The sends to one partition, in order: one batch under way at a time, repeated under the same
 * numbers until its fate is known, so that a broker never appends it twice. Sends that wait
 * meanwhile share the next batch. A batch that was given up may have been appended or not; what
 * follows it is sent under a new identity, so that it cannot be taken for a repetition.
 */
export class PartitionSender {
  readonly #place: TopicPartition;
  readonly #options: PartitionSenderOptions;
  readonly #queue: Queued[] = [];
  #identity: Identified | undefined;
  #batchBytes = BATCH_BYTES;
  #running = false;

  constructor(place: TopicPartition, options: PartitionSenderOptions) {
    this.#place = place;
    this.#options = options;
  }

  push(send: PartitionSend): void {
    this.#queue.push({ send, done: 0, baseOffset: -1 });
    if (!this.#running) {
      this.#running = true;
      void this.#run();
    }
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) await this.#deliver(this.#nextSlices());
    this.#running = false;
  }

  /** What the next batch holds. */
  #nextSlices(): Slice[] {
    const slices: Slice[] = [];
    let bytes = 0;
    for (const queued of this.#queue) {
      const { taken, indices } = queued.send;
      const taking: number[] = [];
      for (let i = queued.done; i < indices.length; i += 1) {
        const index = indices[i]!;
        const size = taken.ends[index]! - (index === 0 ? 0 : taken.ends[index - 1]!);
        const isFirst = slices.length === 0 && taking.length === 0;
        if (!isFirst && bytes + size > this.#batchBytes) break;
        taking.push(index);
        bytes += size;
      }
      if (taking.length > 0) slices.push({ queued, indices: taking });
      if (queued.done + taking.length < indices.length) break;
    }
    return slices;
  }

  async #deliver(slices: readonly Slice[]): Promise<void> {
    const count = slices.reduce((sum, { indices }) => sum + indices.length, 0);
    try {
      const baseOffset = await this.#append(slices);
      this.#advance(count);
      this.#batchBytes = Math.min(2 * this.#batchBytes, BATCH_BYTES);
      this.#confirm(slices, baseOffset);
    } catch (error) {
      // Whether it was appended may be unknown: its numbers must not be used for anything else.
      this.#identity = undefined;
      if (TOO_LARGE.has(typeOf(error)) && count > 1) this.#batchBytes /= 2;
      else if (REFUSES_RECORDS.has(typeOf(error)) && slices.length > 1) {
        for (const slice of slices) await this.#deliver([slice]);
      } else this.#fail(slices, error);
    }
  }

  /** Repeats one batch until it is durable. @throws when it is refused, or time is up */
  async #append(slices: readonly Slice[]): Promise<number> {
    const { connection, dispatcher, signal } = this.#options;
    // The first one has waited longest.
    const deadline = slices[0]!.queued.send.deadline;
    const begun = performance.now();
    const backoff = new Backoff();
    let batch: Buffer | undefined;
    for (;;) {
      try {
        signal.throwIfAborted();
        batch ??= await this.#encode(slices);
        const leader = await connection.leader(this.#place);
        const outcome = await dispatcher.append(leader, { ...this.#place, batch });
        if (outcome.errorCode === 0) return outcome.baseOffset;
        throw Object.assign(createErrorFromCode(outcome.errorCode), {
          broker: `${leader.connectionPool.host}:${leader.connectionPool.port}`,
        });
      } catch (error) {
        const wait = backoff.next();
        const now = performance.now();
        const type = typeOf(error);
        if (FORGOT_PRODUCER.has(type)) {
          this.#identity = undefined;
          batch = undefined;
        } else if (type === 'UNKNOWN_TOPIC_OR_PARTITION') {
          if (now - begun > UNKNOWN_TOPIC_MS) throw error;
        } else if (!isRetriable(error)) throw error;
        if (signal.aborted || now + wait > deadline) throw error;
        connection.forget();
        await pause(wait, signal);
      }
    }
  }

  async #encode(slices: readonly Slice[]): Promise<Buffer> {
    this.#identity ??= { ...(await this.#options.identify()), sequence: 0 };
    const { compression } = this.#options.connection.settings;
    const parts = slices.map(({ queued, indices }) => ({ taken: queued.send.taken, indices }));
    return encodeBatch(parts, { ...this.#identity, compression });
  }

  #advance(count: number): void {
    if (this.#identity === undefined) return;
    this.#identity.sequence = (this.#identity.sequence + count) % SEQUENCES;
  }

  #confirm(slices: readonly Slice[], baseOffset: number): void {
    let offset = baseOffset;
    for (const { queued, indices } of slices) {
      if (queued.done === 0) queued.baseOffset = offset;
      queued.done += indices.length;
      offset += indices.length;
      if (queued.done < queued.send.indices.length) continue;
      this.#remove(queued);
      queued.send.resolve(queued.baseOffset);
    }
  }

  #fail(slices: readonly Slice[], error: unknown): void {
    const { topic, partition } = this.#place;
    for (const { queued } of slices) {
      this.#remove(queued);
      queued.send.reject(kafkaError(error, `send to ${topic}/${partition}`));
    }
  }

  #remove(queued: Queued): void {
    this.#queue.splice(this.#queue.indexOf(queued), 1);
  }
}

function typeOf(error: unknown): string {
  return error instanceof Error && 'type' in error ? String(error.type) : '';
}
