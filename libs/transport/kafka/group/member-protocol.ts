import Decoder from 'kafkajs/src/protocol/decoder.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import type { TopicPartition } from '../../port.ts';

/** Name under which members of this kind agree on how partitions are shared out. */
export const ASSIGNOR = 'plumbline-sticky';

/** The fields that all consumers know are of this version; Kafka's own tools read them. */
const VERSION = 0;

/** What a member tells the one that shares out. */
export interface Subscription {
  readonly topics: readonly string[];
  /** The last generation in which it was given partitions; -1 before the first. */
  readonly generation: number;
  /** What it was given then and has still. */
  readonly held: readonly TopicPartition[];
  /** See `JoinOptions.sole`. */
  readonly sole: boolean;
}

export function encodeSubscription({ topics, generation, held, sole }: Subscription): Buffer {
  const note = JSON.stringify({
    ...{ generation, held: byTopic(held) },
    ...(sole ? { sole } : {}),
  });
  return new Encoder()
    .writeInt16(VERSION)
    .writeArray([...topics])
    .writeBytes(Buffer.from(note)).buffer;
}

/** Reads a subscription; a note that is not ours, as of a later version, claims nothing. */
export function decodeSubscription(bytes: Buffer): Subscription {
  const decoder = new Decoder(bytes);
  decoder.readInt16();
  const topics = decoder.readArray((inTopics) => inTopics.readString() ?? '');
  return { topics, ...parseNote(decoder.readBytes()) };
}

export function encodeAssignment(places: readonly TopicPartition[]): Buffer {
  const topics = Object.entries(byTopic(places)).map(([topic, partitions]) =>
    new Encoder().writeString(topic).writeArray(partitions),
  );
  return new Encoder().writeInt16(VERSION).writeArray(topics).writeBytes(Buffer.alloc(0)).buffer;
}

/** No bytes at all are an empty assignment: so the broker answers a member it was told nothing of. */
export function decodeAssignment(bytes: Buffer | null): TopicPartition[] {
  if (bytes === null || bytes.length === 0) return [];
  const decoder = new Decoder(bytes);
  decoder.readInt16();
  return decoder
    .readArray((inTopics) => {
      const topic = inTopics.readString() ?? '';
      return inTopics.readArray((inPartitions) => ({ topic, partition: inPartitions.readInt32() }));
    })
    .flat();
}

function byTopic(places: readonly TopicPartition[]): Record<string, number[]> {
  const topics = Map.groupBy(places, ({ topic }) => topic);
  return Object.fromEntries(
    [...topics].map(([topic, some]) => [topic, some.map(({ partition }) => partition)]),
  );
}

function parseNote(bytes: Buffer | null): Omit<Subscription, 'topics'> {
  const none = { generation: -1, held: [], sole: false };
  try {
    const note: unknown = JSON.parse(bytes?.toString() ?? '');
    if (typeof note !== 'object' || note === null) return none;
    const { generation, held, sole } = note as Record<string, unknown>;
    if (!Number.isInteger(generation) || typeof held !== 'object' || held === null) return none;
    return {
      generation: Number(generation),
      sole: sole === true,
      held: Object.entries(held).flatMap(([topic, partitions]) =>
        Array.isArray(partitions)
          ? partitions
              .filter((partition) => Number.isInteger(partition))
              .map((partition: number) => ({ topic, partition }))
          : [],
      ),
    };
  } catch {
    return none;
  }
}
