import type { KafkaApiVersions, KafkaProtocol } from 'kafkajs/src/broker/index.js';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';

const API_KEY = 3;
/** The first versions with topic ids, and with topics named in every answer. */
const VERSIONS = [12, 10] as const;
/** Before topic ids: the last version that is not encoded flexibly and never creates topics. */
const OLD_VERSION = 7;
const NO_ID = 'AAAAAAAAAAAAAAAAAAAAAA';

export interface ClusterMetadata {
  readonly brokers: readonly {
    readonly nodeId: number;
    readonly host: string;
    readonly port: number;
  }[];
  readonly controllerId: number;
  readonly topics: readonly {
    readonly errorCode: number;
    readonly topic: string;
    /** As Kafka's own tools print it; `undefined` where the broker has none. */
    readonly id: string | undefined;
    readonly partitions: readonly {
      readonly errorCode: number;
      readonly partition: number;
      readonly leader: number;
    }[];
  }[];
}

/**
 * Asks for these topics (none: only for the brokers), with their ids, which kafkajs's own request
 * does not know. Never lets the broker create one. Errors of topics are data, not exceptions.
 */
export function metadataRequest(
  topics: readonly string[],
  versions: KafkaApiVersions | null,
): KafkaProtocol<ClusterMetadata, ClusterMetadata> {
  const newest = versions?.[API_KEY]?.maxVersion ?? 0;
  const apiVersion = VERSIONS.find((version) => version <= newest) ?? OLD_VERSION;
  const isFlexible = apiVersion !== OLD_VERSION;
  return {
    request: {
      apiKey: API_KEY,
      apiVersion,
      apiName: 'Metadata',
      encode: async () => (isFlexible ? encodeFlexible(topics, apiVersion) : encodeOld(topics)),
    },
    response: {
      decode: async (payload) => (isFlexible ? decodeFlexible(payload) : decodeOld(payload)),
      parse: async (decoded) => decoded,
    },
  };
}

function encodeFlexible(topics: readonly string[], version: number): Encoder {
  const noTags = 0;
  const encoder = new Encoder()
    .writeUVarInt(noTags)
    .writeUVarIntArray(
      topics.map((topic) =>
        new Encoder().writeBuffer(Buffer.alloc(16)).writeUVarIntString(topic).writeUVarInt(noTags),
      ),
    );
  encoder.writeBoolean(false);
  if (version === 10) encoder.writeBoolean(false);
  return encoder.writeBoolean(false).writeUVarInt(noTags);
}

function decodeFlexible(payload: Buffer): ClusterMetadata {
  const decoder = new Decoder(payload);
  skipTags(decoder);
  decoder.readInt32();
  const brokers = compactArray(decoder, () => {
    const broker = {
      nodeId: decoder.readInt32(),
      host: decoder.readUVarIntString() ?? '',
      port: decoder.readInt32(),
    };
    decoder.readUVarIntString();
    skipTags(decoder);
    return broker;
  });
  decoder.readUVarIntString();
  const controllerId = decoder.readInt32();
  const topics = compactArray(decoder, () => {
    const errorCode = decoder.readInt16();
    const topic = decoder.readUVarIntString() ?? '';
    const id = (decoder.readBytes(16) ?? Buffer.alloc(16)).toString('base64url');
    decoder.readBoolean();
    const partitions = compactArray(decoder, () => {
      const partition = {
        errorCode: decoder.readInt16(),
        partition: decoder.readInt32(),
        leader: decoder.readInt32(),
      };
      decoder.readInt32();
      for (let list = 0; list < 3; list += 1) compactArray(decoder, () => decoder.readInt32());
      skipTags(decoder);
      return partition;
    });
    decoder.readInt32();
    skipTags(decoder);
    return { errorCode, topic, id: id === NO_ID ? undefined : id, partitions };
  });
  return { brokers, controllerId, topics };
}

function encodeOld(topics: readonly string[]): Encoder {
  return new Encoder().writeArray(topics).writeBoolean(false);
}

function decodeOld(payload: Buffer): ClusterMetadata {
  const decoder = new Decoder(payload);
  decoder.readInt32();
  const brokers = decoder.readArray(() => {
    const broker = {
      nodeId: decoder.readInt32(),
      host: decoder.readString() ?? '',
      port: decoder.readInt32(),
    };
    decoder.readString();
    return broker;
  });
  decoder.readString();
  const controllerId = decoder.readInt32();
  const topics = decoder.readArray(() => {
    const errorCode = decoder.readInt16();
    const topic = decoder.readString() ?? '';
    decoder.readBoolean();
    const partitions = decoder.readArray(() => {
      const partition = {
        errorCode: decoder.readInt16(),
        partition: decoder.readInt32(),
        leader: decoder.readInt32(),
      };
      decoder.readInt32();
      for (let list = 0; list < 3; list += 1) decoder.readArray(() => decoder.readInt32());
      return partition;
    });
    return { errorCode, topic, id: undefined, partitions };
  });
  return { brokers, controllerId, topics };
}

function compactArray<T>(decoder: Decoder, read: () => T): T[] {
  return decoder.readUVarIntArray(read) ?? [];
}

/** kafkajs's own `readTaggedFields` takes a field's length for one more than it is. */
export function skipTags(decoder: Decoder): void {
  for (let left = decoder.readUVarInt(); left > 0; left -= 1) {
    decoder.readUVarInt();
    decoder.offset += decoder.readUVarInt();
  }
}
