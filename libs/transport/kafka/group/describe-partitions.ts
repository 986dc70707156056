import type { AssignedPartition } from '../../port.ts';
import type { KafkaConnection } from '../kafka-connection.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import type { HeldPartition } from './held-partition.ts';
import { partitionBounds } from './partition-bounds.ts';

export interface DescribedPartition {
  readonly held: HeldPartition;
  readonly assigned: AssignedPartition;
}

/**
 * All that the handlers are told of partitions that they are given. Those that do not exist, or of
 * which nothing can be said at the moment, are left out; `error` is why, if there was one.
 */
export async function describePartitions(
  some: readonly HeldPartition[],
  from: { readonly connection: KafkaConnection; readonly coordinator: GroupCoordinator },
): Promise<{ readonly described: readonly DescribedPartition[]; readonly error?: Error }> {
  const topics = await from.connection.metadata([...new Set(some.map(({ topic }) => topic))]);
  const topicIdOf = (topic: string): string => topics.get(topic)?.id ?? '';
  const there = some.filter(
    ({ topic, partition }) => topics.get(topic)?.partitions[partition] !== undefined,
  );
  if (there.length === 0) return { described: [] };
  const [committed, bounds] = await Promise.all([
    from.coordinator.committed(
      there.map(({ place }) => ({ ...place, topicId: topicIdOf(place.topic) })),
    ),
    partitionBounds(from.connection, there),
  ]);
  const described = there.flatMap((held): DescribedPartition[] => {
    const bound = bounds.get(held.key);
    if (bound === undefined || bound instanceof Error) return [];
    const position = committed.get(held.key);
    const topicId = topicIdOf(held.topic);
    const assigned = {
      ...held.place,
      ...bound,
      ...(topicId === '' ? {} : { topicId }),
      ...(position === undefined ? {} : { committed: position }),
    };
    return [{ held, assigned }];
  });
  const error = [...bounds.values()].find((bound) => bound instanceof Error);
  return { described, ...(error === undefined ? {} : { error }) };
}
