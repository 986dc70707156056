import type { KafkaProtocol } from 'kafkajs/src/broker/index.js';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import type { TopicPartition } from '../../port.ts';

const API_KEY = 0;
/** The first version that takes zstd; those that follow add nothing that is needed here. */
const VERSION = 7;
const ALL_IN_SYNC = -1;
/** Room for names and lengths. */
const OVERHEAD_BYTES = 1024;

export interface BatchToAppend extends TopicPartition {
  readonly batch: Buffer;
}

export interface AppendOutcome extends TopicPartition {
  readonly errorCode: number;
  readonly baseOffset: number;
}

interface ProduceAnswer {
  readonly outcomes: readonly AppendOutcome[];
  /** kafkajs holds the next requests back for this long. */
  readonly clientSideThrottleTime: number;
}

/**
 * Appends one batch to each of some partitions, acknowledged by all replicas in sync. kafkajs's own
 * request throws the first error of an answer and with it the outcomes of the other partitions.
 */
export function produceRequest(
  batches: readonly BatchToAppend[],
  { timeoutMs }: { readonly timeoutMs: number },
): KafkaProtocol<readonly AppendOutcome[]> {
  return {
    request: {
      apiKey: API_KEY,
      apiVersion: VERSION,
      apiName: 'Produce',
      encode: async () => encode(batches, timeoutMs),
    },
    response: {
      decode: async (payload) => decode(payload),
      parse: async (decoded) => (decoded as ProduceAnswer).outcomes,
    },
  };
}

function encode(batches: readonly BatchToAppend[], timeoutMs: number): Encoder {
  const size = batches.reduce((sum, { batch }) => sum + batch.length + OVERHEAD_BYTES, 0);
  const topics = Map.groupBy(batches, ({ topic }) => topic);
  const encoder = new Encoder(size)
    .writeString(null)
    .writeInt16(ALL_IN_SYNC)
    .writeInt32(timeoutMs)
    .writeInt32(topics.size);
  for (const [topic, parts] of topics) {
    encoder.writeString(topic).writeInt32(parts.length);
    for (const { partition, batch } of parts) encoder.writeInt32(partition).writeBytes(batch);
  }
  return encoder;
}

function decode(payload: Buffer): ProduceAnswer {
  const decoder = new Decoder(payload);
  const outcomes = decoder.readArray(() => {
    const topic = decoder.readString() ?? '';
    return decoder.readArray(() => {
      const outcome = {
        topic,
        partition: decoder.readInt32(),
        errorCode: decoder.readInt16(),
        baseOffset: Number(decoder.readInt64()),
      };
      decoder.readInt64();
      decoder.readInt64();
      return outcome;
    });
  });
  return { outcomes: outcomes.flat(), clientSideThrottleTime: decoder.readInt32() };
}
