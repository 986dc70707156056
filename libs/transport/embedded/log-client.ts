import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type {
  AppendResult,
  CommittedOffset,
  LogRecord,
  OutgoingRecord,
  RecordBatch,
  TopicSpec,
} from '../port.ts';
import { encodeSend } from './encode-send.ts';
import type { GroupLog } from './group-log.ts';
import type { LogOptions, ReaderCalls, TopicState, WriterCalls } from './protocol.ts';
import { decodeRecords } from './record-format.ts';
import { WorkerCaller } from './worker-calls.ts';

/**
 * The log as the main thread uses it: encodes and decodes records, and keeps what is known of the
 * topics. As this process is the log's only writer, that knowledge is never behind.
 */
export class LogClient implements GroupLog {
  readonly #writer: WorkerCaller<WriterCalls>;
  readonly #reader: WorkerCaller<ReaderCalls>;
  readonly #topics = new Map<string, TopicState>();
  readonly #now: () => number;
  #turn = 0;
  /** Called when a worker has ended by itself. */
  lost: (error: PlumblineError) => void = () => {};

  private constructor(now: () => number) {
    this.#now = now;
    const lost = (error: PlumblineError) => this.lost(error);
    // Flags of the main thread's command line are not for them (`--input-type` even stops them).
    const execArgv: string[] = [];
    this.#writer = new WorkerCaller(
      new Worker(new URL('./log-writer.worker.ts', import.meta.url), { execArgv }),
      lost,
    );
    this.#reader = new WorkerCaller(
      new Worker(new URL('./log-reader.worker.ts', import.meta.url), { execArgv }),
      lost,
    );
  }

  static async open(options: LogOptions, now: () => number): Promise<LogClient> {
    const client = new LogClient(now);
    try {
      for (const state of await client.#writer.call('open', options)) {
        client.#topics.set(state.topic, state);
      }
      await client.#reader.call('open', options);
      return client;
    } catch (error) {
      await client.#terminate();
      throw error;
    }
  }

  topic(name: string): TopicState | undefined {
    return this.#topics.get(name);
  }

  /** Answers the topic, and whether it is new. */
  async ensureTopic(spec: TopicSpec): Promise<{ state: TopicState; created: boolean }> {
    const known = this.#topics.get(spec.topic);
    if (known !== undefined) return { state: known, created: false };
    const found = await this.#writer.call('ensureTopic', { spec, id: randomUUID() });
    // Another call may have been first: there must be one state, as its ends are kept up to date.
    const now = this.#topics.get(spec.topic);
    if (now?.id === found.id) return { state: now, created: false };
    this.#topics.set(spec.topic, found);
    return { state: found, created: true };
  }

  async deleteTopic(topic: TopicState): Promise<void> {
    this.#forget(topic);
    await this.#writer.call('deleteTopic', { topicId: topic.id });
    this.#forget(topic);
  }

  /** Appends; runs without a pause up to the call of the worker, so that calls keep their order. */
  async append(topic: TopicState, records: readonly OutgoingRecord[]): Promise<AppendResult[]> {
    const now = this.#now();
    const encoded = encodeSend(records, { topic, now, turn: () => this.#turn++ });
    const targets = encoded.flatMap((part) => {
      const state = topic.partitions[part.partition];
      return state === undefined ? [] : [{ ...part, state }];
    });
    const bases = await this.#writer.call(
      'append',
      {
        topicId: topic.id,
        topic: topic.topic,
        compact: topic.cleanup === 'compact',
        retentionMs: topic.retentionMs,
        now,
        parts: targets.map(({ state, batches }) => ({ row: state.row, batches })),
      },
      targets.flatMap(({ batches }) => batches.map(({ buffer }) => buffer)),
    );
    return targets.map(({ state, partition, count }, index) => {
      const baseOffset = bases[index] ?? 0;
      state.end = Math.max(state.end, baseOffset + count);
      return { topic: topic.topic, partition, baseOffset, count };
    });
  }

  async read(
    from: { readonly topic: TopicState; readonly partition: number; readonly offset: number },
    maxBytes: number,
  ): Promise<RecordBatch> {
    const { partition, offset } = from;
    const { topic } = from.topic;
    const row = from.topic.partitions[partition]?.row ?? -1;
    const reply = await this.#reader.call('read', { topic, partition, row, offset, maxBytes });
    const records: LogRecord[] = [];
    let next = reply.from;
    let at = 0;
    let bytes = 0;
    for (const batch of reply.batches) {
      const decoded = decodeRecords(reply.payload.subarray(at, at + batch.length), {
        base: batch.base,
        from: reply.from,
        maxBytes,
        bytes,
        into: records,
      });
      next = decoded.stoppedAt ?? batch.next;
      if (decoded.stoppedAt !== undefined) break;
      bytes = decoded.bytes;
      at += batch.length;
    }
    return { topic, partition, from: reply.from, next, end: reply.end, records };
  }

  describe(
    topic: TopicState,
  ): Promise<readonly { readonly start: number; readonly end: number }[]> {
    return this.#reader.call('describe', { topicId: topic.id });
  }

  committed(group: string, topic: TopicState): Promise<readonly (CommittedOffset | undefined)[]> {
    const partitions = topic.partitions.length;
    return this.#reader.call('committed', { group, topicId: topic.id, partitions });
  }

  async commit(
    place: { readonly group: string; readonly topicId: string; readonly partition: number },
    position: CommittedOffset,
  ): Promise<void> {
    const { offset, metadata } = position;
    await this.#writer.call('commit', { ...place, offset, metadata });
  }

  /** Waits for what was asked before, then stops both threads. */
  async close(): Promise<void> {
    try {
      // The last connection to close folds the write-ahead log in, which only the writer can do.
      await this.#reader.call('close', undefined);
      await this.#writer.call('close', undefined);
    } catch (error) {
      // A lost thread has told everybody already; there is nothing left to close.
      if (!(error instanceof PlumblineError && error.code === 'PLB_TRANSPORT_UNAVAILABLE')) {
        throw error;
      }
    } finally {
      await this.#terminate();
    }
  }

  #forget(topic: TopicState): void {
    if (this.#topics.get(topic.topic)?.id === topic.id) this.#topics.delete(topic.topic);
  }

  async #terminate(): Promise<void> {
    await Promise.all([this.#writer.terminate(), this.#reader.terminate()]);
  }
}
