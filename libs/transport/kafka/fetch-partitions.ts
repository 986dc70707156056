import type Broker from 'kafkajs/src/broker/index.js';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import type { RecordBatch, TopicPartition } from '../port.ts';
import { fetchByIdProtocol, fetchesById, type PositionById } from './fetch-by-id-protocol.ts';
import { type FetchAnswer, fetchProtocol } from './fetch-protocol.ts';
import type { KafkaConnection } from './kafka-connection.ts';

import { RecordSet } from './records/record-set.ts';

/** Where to go on; with the topic's id, a topic created again under the name is refused. */
export type FetchPosition = TopicPartition & { readonly offset: number; readonly topicId?: string };

export interface FetchRequest {
  /**
   * Partitions that this broker leads, and where to go on. Those at the front get the room: whoever
   * fetches in a loop should rotate them.
   */
  readonly positions: readonly FetchPosition[];
  /** Bound of the answer, but for its first record batch, which always comes whole. */
  readonly maxBytes: number;
  /** The same for each partition; `maxBytes` unless given. */
  readonly maxBytesPerPartition?: number;
  /** How long the broker may wait for the first record; below the connection's time-out. */
  readonly maxWaitMs: number;
  /** Ends the wait for the answer, which is then thrown away. */
  readonly signal?: AbortSignal;
}

interface FetchedRecords extends TopicPartition {
  readonly kind: 'records';
  /** The position that was asked for. */
  readonly from: number;
  /** First offset of the log. */
  readonly start: number;
  /** Last stable offset: what lies beyond belongs to running transactions, or is not there yet. */
  readonly end: number;
  readonly highWatermark: number;
  /** Not yet decoded; empty when there is nothing at the position. */
  readonly set: RecordSet;
}

interface FetchRefused extends TopicPartition {
  readonly kind: 'error';
  readonly from: number;
  /** Kafka's name of the error: OFFSET_OUT_OF_RANGE, NOT_LEADER_FOR_PARTITION … */
  readonly name: string;
  readonly error: Error;
}

export type FetchedPartition = FetchedRecords | FetchRefused;

/**
 * Asks one broker for records of partitions that it leads, committed ones only (Fetch v11, or v13 by
 * topic ids, isolation READ_COMMITTED). Partitions that the broker left out, as it does while it throttles this client,
 * are not in the answer.
 * @throws what the connection throws; the signal's reason
 */
export async function fetchPartitions(
  connection: Pick<KafkaConnection, 'send'>,
  broker: Broker,
  { signal, ...request }: FetchRequest,
): Promise<readonly FetchedPartition[]> {
  signal?.throwIfAborted();
  const sent = connection.send<FetchAnswer>(broker, protocolFor(broker, request));
  const answer = await (signal === undefined ? sent : unlessAborted(sent, signal));
  if (answer.errorCode !== 0) throw createErrorFromCode(answer.errorCode);
  const fetched: FetchedPartition[] = [];
  for (const { topic, partition, errorCode, ...found } of answer.partitions) {
    const from = request.positions.find(
      (position) => position.topic === topic && position.partition === partition,
    )?.offset;
    if (from === undefined) continue;
    if (errorCode === 0) {
      const { abortedTransactions } = found;
      const set = new RecordSet(found.records, {
        topic,
        partition,
        offset: from,
        abortedTransactions,
      });
      const { logStart: start, lastStable: end, highWatermark } = found;
      fetched.push({ kind: 'records', topic, partition, from, start, end, highWatermark, set });
    } else {
      const error = createErrorFromCode(errorCode);
      fetched.push({ kind: 'error', topic, partition, from, name: error.type, error });
    }
  }
  return fetched;
}

/**
 * The next batch for the port out of what was fetched, of at most `maxBytes` of keys and values but
 * for its first record. Reading on after `set.done` gives empty batches.
 * @throws PLB_WIRE_MALFORMED, PLB_WIRE_VERSION
 */
export function nextBatch(fetched: FetchedRecords, maxBytes: number): RecordBatch {
  const { topic, partition, set } = fetched;
  const { from, next, records } = set.read(maxBytes);
  // The broker notes the end before it reads: records may lie beyond that end.
  const end = next > from ? Math.max(fetched.end, next) : fetched.end;
  return { topic, partition, from, next, end, records };
}

function protocolFor(
  broker: Broker,
  request: Omit<FetchRequest, 'signal'>,
): Broker.KafkaProtocol<FetchAnswer> {
  const positions = request.positions.flatMap(({ topicId = '', ...position }): PositionById[] =>
    topicId === '' ? [] : [{ ...position, topicId }],
  );
  const isById = positions.length === request.positions.length && fetchesById(broker);
  return isById ? fetchByIdProtocol({ ...request, positions }) : fetchProtocol(request);
}

function unlessAborted<T>(sent: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  sent.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  return promise;
}
