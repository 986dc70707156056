import type Broker from 'kafkajs/src/broker/index.js';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import type { TopicPartition } from '../../port.ts';
import type { KafkaConnection } from '../kafka-connection.ts';
import { placeKey } from './plan-assignment.ts';

const LIST_OFFSETS = 2;
const VERSION = 3;
const NO_REPLICA = -1;
const READ_COMMITTED = 1;
const LATEST = -1;
const EARLIEST = -2;

export interface PartitionBounds {
  /** First offset that can be read. */
  readonly start: number;
  /** Last stable offset. */
  readonly end: number;
}

/**
 * Where the logs of partitions begin and end, by `placeKey`; an error for a partition whose leader
 * cannot tell at the moment.
 */
export async function partitionBounds(
  connection: KafkaConnection,
  places: readonly TopicPartition[],
): Promise<ReadonlyMap<string, PartitionBounds | Error>> {
  const found = new Map<string, PartitionBounds | Error>();
  const byLeader = new Map<Broker, TopicPartition[]>();
  await Promise.all(
    places.map(async (place) => {
      try {
        const leader = await connection.leader(place);
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), place]);
      } catch (error) {
        found.set(placeKey(place), asError(error));
      }
    }),
  );
  await Promise.all(
    [...byLeader].map(async ([leader, some]) => {
      try {
        // The end last: it never lies before the start then.
        const starts = await connection.send(leader, listOffsets(some, EARLIEST));
        const ends = await connection.send(leader, listOffsets(some, LATEST));
        for (const place of some) {
          const key = placeKey(place);
          const start = starts.get(key) ?? unanswered();
          const end = ends.get(key) ?? unanswered();
          const error = [start, end].find((one) => one instanceof Error);
          found.set(key, error ?? { start: Number(start), end: Number(end) });
        }
      } catch (error) {
        for (const place of some) found.set(placeKey(place), asError(error));
      }
    }),
  );
  if ([...found.values()].some((one) => one instanceof Error)) connection.forget();
  return found;
}

type Listed = ReadonlyMap<string, number | Error>;

function listOffsets(
  places: readonly TopicPartition[],
  timestamp: number,
): Broker.KafkaProtocol<Listed, Listed> {
  const topics = [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, some]) =>
    new Encoder()
      .writeString(topic)
      .writeArray(
        some.map(({ partition }) => new Encoder().writeInt32(partition).writeInt64(timestamp)),
      ),
  );
  return {
    request: {
      apiKey: LIST_OFFSETS,
      apiVersion: VERSION,
      apiName: 'ListOffsets',
      encode: async () =>
        new Encoder().writeInt32(NO_REPLICA).writeInt8(READ_COMMITTED).writeArray(topics),
    },
    response: {
      decode: async (payload) => decodeListed(new Decoder(payload)),
      parse: async (decoded) => decoded,
    },
  };
}

function decodeListed(decoder: Decoder): Listed {
  const listed = new Map<string, number | Error>();
  decoder.readInt32(); // How long this client is throttled.
  decoder.readArray((inTopics) => {
    const topic = inTopics.readString() ?? '';
    inTopics.readArray((inPartitions) => {
      const partition = inPartitions.readInt32();
      const errorCode = inPartitions.readInt16();
      inPartitions.readInt64(); // Timestamp of the record, which has none.
      const offset = Number(inPartitions.readInt64());
      listed.set(
        placeKey({ topic, partition }),
        errorCode === 0 ? offset : createErrorFromCode(errorCode),
      );
    });
  });
  return listed;
}

function unanswered(): Error {
  return new Error('the broker has not answered for a partition');
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
