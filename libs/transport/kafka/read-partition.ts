import type Broker from 'kafkajs/src/broker/index.js';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { RecordBatch, TopicPartition } from '../port.ts';
import { fetchPartitions, nextBatch } from './fetch-partitions.ts';
import { partitionBounds } from './group/partition-bounds.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { malformed } from './records/malformed.ts';
import { retrying } from './retrying.ts';

const DEFAULT_BYTES = 1024 * 1024;
/** Of one answer, whatever is asked for: small requests should not read a batch many times over. */
const LEAST_FETCH = 64 * 1024;
const MOST_FETCH = 16 * 1024 * 1024;
const OUT_OF_RANGE = 'OFFSET_OUT_OF_RANGE';
const UNKNOWN_TOPIC = 'UNKNOWN_TOPIC_OR_PARTITION';

/** Where to read. */
export interface ReadPlace extends TopicPartition {
  readonly offset: number;
}

export interface ReadOptions {
  /** 1 MiB unless given. */
  readonly maxBytes?: number;
  /** Ends the trying early. */
  readonly signal?: AbortSignal;
}

/**
 * Reads committed records from one offset on, without a group and without waiting for records: the
 * port's `read`. Looks for the leader again while it moves or is away, for the connection's
 * `retryForMs`.
 *
 * An empty batch before the end is possible: where all up to a running transaction was compacted
 * away, only the transaction's end moves the position on.
 * @throws PLB_TRANSPORT_TOPIC, PLB_WIRE_MALFORMED, PLB_WIRE_VERSION, PLB_TRANSPORT_UNAVAILABLE and
 *   the other coded errors of connections
 */
export function readPartition(
  connection: KafkaConnection,
  place: ReadPlace,
  options: ReadOptions = {},
): Promise<RecordBatch> {
  return retrying(connection, () => readOnce(connection, place, options), {
    doing: `read ${place.topic}/${place.partition}`,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

async function readOnce(
  connection: KafkaConnection,
  place: ReadPlace,
  { maxBytes = DEFAULT_BYTES, signal }: ReadOptions,
): Promise<RecordBatch> {
  const { topic, partition } = place;
  const broker = await leaderOf(connection, place);
  let { offset } = place;
  let room = Math.min(Math.max(maxBytes, LEAST_FETCH), MOST_FETCH);
  for (;;) {
    const [fetched] = await fetchPartitions(connection, broker, {
      positions: [{ topic, partition, offset }],
      maxBytes: room,
      maxWaitMs: 0,
      ...(signal === undefined ? {} : { signal }),
    });
    if (fetched === undefined) throw notYet(place, 'the broker holds this client back');
    if (fetched.kind === 'records') {
      const batch = nextBatch(fetched, maxBytes);
      const { missingBytes } = fetched.set;
      if (missingBytes === 0) return batch;
      // Brokers give a first batch whole; should one not, it is asked for by its size.
      if (missingBytes <= room) {
        throw malformed(place, `a batch must come with ${missingBytes} bytes, got fewer`);
      }
      room = missingBytes;
      continue;
    }
    if (fetched.name === UNKNOWN_TOPIC) throw notYet(place, 'its leader does not know it');
    if (fetched.name !== OUT_OF_RANGE) throw fetched.error;
    const bounds = (await partitionBounds(connection, [place])).values().next().value;
    if (bounds === undefined || bounds instanceof Error) throw bounds ?? fetched.error;
    const { start, end } = bounds;
    if (offset >= end) return { topic, partition, from: offset, next: offset, end, records: [] };
    if (offset >= start) throw notYet(place, 'its bounds are changing');
    offset = start;
  }
}

/** What is known of the topic may be old: then it is looked up before it counts as missing. */
async function leaderOf(connection: KafkaConnection, place: ReadPlace): Promise<Broker> {
  try {
    return await connection.leader(place);
  } catch (error) {
    if (!(error instanceof Error && 'type' in error && error.type === UNKNOWN_TOPIC)) throw error;
    connection.forget();
    return connection.leader(place);
  }
}

/** Of the kind that is tried again. */
function notYet({ topic, partition }: TopicPartition, why: string): PlumblineError {
  return new PlumblineError(
    'PLB_TRANSPORT_UNAVAILABLE',
    `Cannot read ${topic}/${partition}: ${why}.`,
  );
}
