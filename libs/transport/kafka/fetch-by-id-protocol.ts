import type Broker from 'kafkajs/src/broker/index.js';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { TopicPartition } from '../port.ts';
import type { AnsweredPartition, FetchAnswer, FetchQuestion } from './fetch-protocol.ts';
import { skipTags } from './metadata-request.ts';

const FETCH = 1;
/** The first one that names topics by id. */
const VERSION = 13;
const READ_COMMITTED = 1;
const NONE = -1;
const NO_TAGS = 0;
/** UNKNOWN_TOPIC_ID and INCONSISTENT_TOPIC_ID, which kafkajs does not know, are this one for us. */
const UNKNOWN_TOPIC = 3;
const UNKNOWN_IDS: readonly number[] = [100, 103];

/** A position in one very topic, not in whichever has its name. */
export type PositionById = TopicPartition & { readonly offset: number; readonly topicId: string };

/** What one Fetch by topic ids asks for. */
export interface QuestionById extends FetchQuestion {
  readonly positions: readonly PositionById[];
}

/** Whether a broker takes this request. */
export function fetchesById(broker: Broker): boolean {
  return (broker.versions?.[FETCH]?.maxVersion ?? 0) >= VERSION;
}

/**
 * Fetch v13: the same as `fetchProtocol`, but a topic that was deleted and created again under its
 * name meanwhile is refused, as unknown, instead of being read from the position in the old one.
 */
export function fetchByIdProtocol(
  question: QuestionById,
): Broker.KafkaProtocol<FetchAnswer, FetchAnswer> {
  const names = new Map(question.positions.map(({ topicId, topic }) => [topicId, topic]));
  return {
    request: {
      apiKey: FETCH,
      apiVersion: VERSION,
      apiName: 'Fetch',
      encode: async () => encodeFetch(question),
    },
    response: {
      decode: async (payload) => decodeFetch(payload, names),
      parse: async (decoded) => decoded,
    },
  };
}

function encodeFetch(question: QuestionById): Encoder {
  const { positions, maxWaitMs, maxBytes, maxBytesPerPartition = maxBytes } = question;
  const topics = Map.groupBy(positions, ({ topicId }) => topicId);
  const encoded = [...topics].map(([topicId, some]) =>
    new Encoder()
      .writeBuffer(Buffer.from(topicId, 'base64url'))
      .writeUVarIntArray(
        some.map(({ partition, offset }) =>
          new Encoder()
            .writeInt32(partition)
            .writeInt32(NONE)
            .writeInt64(offset)
            .writeInt32(NONE)
            .writeInt64(NONE)
            .writeInt32(maxBytesPerPartition)
            .writeUVarInt(NO_TAGS),
        ),
      )
      .writeUVarInt(NO_TAGS),
  );
  return (
    new Encoder()
      // The header of a flexible version ends with tags of its own.
      .writeUVarInt(NO_TAGS)
      .writeInt32(NONE)
      .writeInt32(maxWaitMs)
      .writeInt32(1)
      .writeInt32(maxBytes)
      .writeInt8(READ_COMMITTED)
      .writeInt32(0)
      .writeInt32(NONE)
      .writeUVarIntArray(encoded)
      .writeUVarIntArray([])
      .writeUVarIntString('')
      .writeUVarInt(NO_TAGS)
  );
}

function decodeFetch(payload: Buffer, names: ReadonlyMap<string, string>): FetchAnswer {
  try {
    const decoder = new Decoder(payload);
    skipTags(decoder);
    const clientSideThrottleTime = decoder.readInt32();
    const errorCode = decoder.readInt16();
    decoder.readInt32(); // Fetch session: none was asked for.
    const topics = compactArray(decoder, () => {
      const topicId = (decoder.readBytes(16) ?? Buffer.alloc(16)).toString('base64url');
      const topic = names.get(topicId) ?? '';
      const partitions = compactArray(decoder, () => decodePartition(decoder, topic));
      skipTags(decoder);
      return partitions;
    });
    return {
      errorCode: known(errorCode),
      clientSideThrottleTime,
      partitions: topics.flat(),
    };
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
  const errorCode = known(decoder.readInt16());
  const highWatermark = Number(decoder.readInt64());
  const lastStable = Number(decoder.readInt64());
  const logStart = Number(decoder.readInt64());
  const abortedTransactions = compactArray(decoder, () => {
    const producerId = decoder.readInt64();
    const firstOffset = Number(decoder.readInt64());
    skipTags(decoder);
    return { producerId, firstOffset };
  });
  decoder.readInt32(); // Preferred replica: only for clients that name their rack.
  const length = decoder.readUVarInt() - 1;
  if (length > 0 && !decoder.canReadBytes(length)) throw new Error('a record set is cut off');
  const records = length > 0 ? decoder.readBytes(length) : null;
  skipTags(decoder);
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

function known(errorCode: number): number {
  return UNKNOWN_IDS.includes(errorCode) ? UNKNOWN_TOPIC : errorCode;
}

function compactArray<T>(decoder: Decoder, read: () => T): T[] {
  return decoder.readUVarIntArray(read) ?? [];
}
