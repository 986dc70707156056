import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import type { TopicDescription } from '../port.ts';
import { partitionBounds } from './group/partition-bounds.ts';
import { placeKey } from './group/plan-assignment.ts';
import type { KafkaConnection } from './kafka-connection.ts';

const LEADER_NOT_AVAILABLE = 5;

/**
 * A topic as it is now: its id, and the offsets that can be read in each partition; the end is the
 * last stable offset. One attempt; `undefined` when there is no such topic.
 */
export async function describeTopic(
  connection: KafkaConnection,
  topic: string,
): Promise<TopicDescription | undefined> {
  const metadata = (await connection.metadata([topic])).get(topic);
  if (metadata === undefined) return undefined;
  const places = metadata.partitions.map(({ partition }) => ({ topic, partition }));
  // Right after its creation a topic may be there without its partitions.
  if (places.length === 0) throw createErrorFromCode(LEADER_NOT_AVAILABLE);
  const bounds = await partitionBounds(connection, places);
  return {
    topic,
    ...(metadata.id === '' ? {} : { id: metadata.id }),
    partitions: places.map((place) => {
      const found = bounds.get(placeKey(place)) ?? createErrorFromCode(LEADER_NOT_AVAILABLE);
      if (found instanceof Error) throw found;
      return { partition: place.partition, ...found };
    }),
  };
}
