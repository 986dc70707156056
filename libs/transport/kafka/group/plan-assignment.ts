import { assignPartitions } from '../../assign-partitions.ts';
import type { TopicPartition } from '../../port.ts';
import type { Subscription } from './member-protocol.ts';

export interface PlanningMember {
  readonly memberId: string;
  readonly subscription: Subscription;
}

export interface AssignmentPlan {
  readonly memberId: string;
  readonly places: readonly TopicPartition[];
}

/**
 * Shares out all partitions so that each stays with its holder as far as balance allows.
 *
 * Only what was given in the generation just before counts as held: whoever missed one may have
 * lost its partitions in it to somebody who has committed since.
 *
 * @param partitions how many each topic has; topics that do not exist are left out
 */
export function planAssignment(
  members: readonly PlanningMember[],
  options: { readonly generation: number; readonly partitions: ReadonlyMap<string, number> },
): AssignmentPlan[] {
  const places = new Map<string, TopicPartition>();
  const keys = new Map<string, string[]>();
  for (const [topic, count] of options.partitions) {
    const ofTopic = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
    for (const place of ofTopic) places.set(placeKey(place), place);
    keys.set(topic, ofTopic.map(placeKey));
  }
  // The broker names the members in no particular order.
  const ordered = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const assigned = assignPartitions(
    ordered.map(({ subscription: { topics, generation, held, sole } }) => ({
      sole,
      topics: new Set(topics),
      owned: generation === options.generation - 1 ? held.map(placeKey) : [],
    })),
    keys,
  );
  return ordered.map(({ memberId }, index) => ({
    memberId,
    places: (assigned[index] ?? []).flatMap((key) => places.get(key) ?? []),
  }));
}

/** Topic names have no slash. */
export function placeKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
