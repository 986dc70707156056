import type { KafkaProtocol } from 'kafkajs/src/broker/index.js';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import { skipTags } from './metadata-request.ts';

const API_KEY = 19;
/** The first version that tells what the topic is like. */
const VERSION = 5;
const BROKERS_DEFAULT = -1;
const NO_TAGS = 0;

export interface TopicToCreate {
  readonly topic: string;
  readonly partitions: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Only tells what would be created. */
  readonly dryRun: boolean;
  readonly timeoutMs: number;
}

export interface CreatedTopic {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly replicationFactor: number;
  /** Empty where this user may not see them. */
  readonly settings: ReadonlyMap<string, string | null>;
}

/**
 * Creates one topic with the broker's replication factor. kafkajs's own request cannot ask what
 * that is, and drops the broker's explanation of a refusal. Errors are data, not exceptions.
 */
export function createTopicRequest(topic: TopicToCreate): KafkaProtocol<CreatedTopic> {
  return {
    request: {
      apiKey: API_KEY,
      apiVersion: VERSION,
      apiName: 'CreateTopics',
      encode: async () => encode(topic),
    },
    response: {
      decode: async (payload) => decode(payload),
      parse: async (decoded) => decoded as CreatedTopic,
    },
  };
}

function encode({ topic, partitions, settings, dryRun, timeoutMs }: TopicToCreate): Encoder {
  const entries = Object.entries(settings).map(([name, value]) =>
    new Encoder().writeUVarIntString(name).writeUVarIntString(value).writeUVarInt(NO_TAGS),
  );
  const encoded = new Encoder()
    .writeUVarIntString(topic)
    .writeInt32(partitions)
    .writeInt16(BROKERS_DEFAULT)
    .writeUVarIntArray([])
    .writeUVarIntArray(entries)
    .writeUVarInt(NO_TAGS);
  return new Encoder()
    .writeUVarInt(NO_TAGS)
    .writeUVarIntArray([encoded])
    .writeInt32(timeoutMs)
    .writeBoolean(dryRun)
    .writeUVarInt(NO_TAGS);
}

function decode(payload: Buffer): CreatedTopic {
  const decoder = new Decoder(payload);
  skipTags(decoder);
  decoder.readInt32();
  const [created] = decoder.readUVarIntArray(() => decodeTopic(decoder)) ?? [];
  if (created === undefined) throw new Error('The answer to CreateTopics names no topic');
  return created;
}

function decodeTopic(decoder: Decoder): CreatedTopic {
  decoder.readUVarIntString();
  const errorCode = decoder.readInt16();
  const errorMessage = decoder.readUVarIntString();
  decoder.readInt32();
  const replicationFactor = decoder.readInt16();
  const settings = new Map<string, string | null>();
  decoder.readUVarIntArray(() => {
    settings.set(decoder.readUVarIntString() ?? '', decoder.readUVarIntString());
    decoder.readBoolean();
    decoder.readInt8();
    decoder.readBoolean();
    skipTags(decoder);
  });
  skipTags(decoder);
  return { errorCode, errorMessage, replicationFactor, settings };
}
