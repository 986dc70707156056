import type Broker from 'kafkajs/src/broker/index.js';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { TopicPartition } from '../port.ts';
import type { AbortedTransaction } from './records/aborted-transactions.ts';

const FETCH = 1;
const VERSION = 11;
const READ_COMMITTED = 1;
/** We are no replica, know no epoch and no log start, and use no fetch session. */
const NONE = -1;

/** What one Fetch asks for. */
export interface FetchQuestion {
  readonly positions: readonly (TopicPartition & { readonly offset: number })[];
  readonly maxBytes: number;
  readonly maxBytesPerPartition?: number;
  readonly maxWaitMs: number;
}

/** One partition of the answer, its records as they came. */
export interface AnsweredPartition extends TopicPartition {
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStable: number;
  readonly logStart: number;
  readonly abortedTransactions: readonly AbortedTransaction[];
  readonly records: Buffer;
}

export interface FetchAnswer {
  readonly errorCode: number;
  /** kafkajs holds the next requests back for this long. */
  readonly clientSideThrottleTime: number;
  readonly partitions: readonly AnsweredPartition[];
}

/** Fetch v11 as kafkajs's connections take it; the answer's record sets are left undecoded. */
export function fetchProtocol(question: FetchQuestion): Broker.KafkaProtocol<FetchAnswer> {
  return {
    request: {
      apiKey: FETCH,
      apiVersion: VERSION,
      apiName: 'Fetch',
      encode: async () => encodeFetch(question),
    },
    response: {
      decode: async (payload) => decodeFetch(payload),
      parse: async (decoded) => decoded as FetchAnswer,
    },
  };
}

function encodeFetch(question: FetchQuestion): Encoder {
  const topics = Map.groupBy(question.positions, ({ topic }) => topic);
  const encoded = [...topics].map(([topic, positions]) =>
    new Encoder().writeString(topic).writeArray(
      positions.map(({ partition, offset }) =>
        new Encoder()
          .writeInt32(partition)
          .writeInt32(NONE)
          .writeInt64(offset)
          .writeInt64(NONE)
          .writeInt32(question.maxBytesPerPartition ?? question.maxBytes),
      ),
    ),
  );
  return new Encoder()
    .writeInt32(NONE)
    .writeInt32(question.maxWaitMs)
    .writeInt32(1)
    .writeInt32(question.maxBytes)
    .writeInt8(READ_COMMITTED)
    .writeInt32(0)
    .writeInt32(NONE)
    .writeArray(encoded)
    .writeArray([])
    .writeString('');
}

/** @throws PLB_WIRE_MALFORMED when the answer is shorter than its fields */
function decodeFetch(payload: Buffer): FetchAnswer {
  try {
    const decoder = new Decoder(payload);
    const clientSideThrottleTime = decoder.readInt32();
    const errorCode = decoder.readInt16();
    decoder.readInt32(); // Fetch session: none was asked for.
    const topics = decoder.readArray((inTopic) => {
      const topic = inTopic.readString() ?? '';
      return inTopic.readArray((inPartition) => decodePartition(inPartition, topic));
    });
    return { errorCode, clientSideThrottleTime, partitions: topics.flat() };
  } catch (error) {
    throw new PlumblineError(
      'PLB_WIRE_MALFORMED',
      `Cannot read a broker’s answer to Fetch: ${error instanceof Error ? error.message : error}.`,
      { cause: error },
    );
  }
}

function decodePartition(decoder: Decoder, topic: string): AnsweredPartition {
  const partition = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const highWatermark = Number(decoder.readInt64());
  const lastStable = Number(decoder.readInt64());
  const logStart = Number(decoder.readInt64());
  const abortedTransactions = decoder.readArray((inTransaction) => ({
    producerId: inTransaction.readInt64(),
    firstOffset: Number(inTransaction.readInt64()),
  }));
  decoder.readInt32(); // Preferred replica: only for clients that name their rack.
  const length = decoder.readInt32();
  if (length > 0 && !decoder.canReadBytes(length)) throw new Error('a record set is cut off');
  const records = length > 0 ? decoder.readBytes(length) : null;
  return {
    topic,
    partition,
    errorCode,
    highWatermark,
    lastStable,
    logStart,
    abortedTransactions,
    records: records ?? Buffer.alloc(0),
  };
}
