/** A member as the assignment sees it; partitions are named by keys. */
export interface Assignee {
  readonly topics: ReadonlySet<string>;
  /** What it owns now. */
  readonly owned: readonly string[];
  /** See `JoinOptions.sole`. */
  readonly sole?: boolean;
}

/**
 * Balanced sticky assignment: partitions stay where they are as far as balance allows. In the end
 * no member could give a partition to another that has at least two fewer, so with equal
 * subscriptions the counts differ by one at most. Where a member wants to be the sole one, whoever
 * owns most has everything.
 *
 * @param members in the order in which they joined
 * @param topics partition keys by topic, in order
 * @returns one list of keys for each member, each partition of a subscribed topic in exactly one
 */
export function assignPartitions(
  members: readonly Assignee[],
  topics: ReadonlyMap<string, readonly string[]>,
): string[][] {
  if (members.some(({ sole }) => sole)) return assignToOne(members, topics);
  const topicOf = new Map<string, string>();
  for (const [topic, keys] of topics) for (const key of keys) topicOf.set(key, topic);
  const mayOwn = (member: number, key: string): boolean => {
    const topic = topicOf.get(key);
    return topic !== undefined && (members[member]?.topics.has(topic) ?? false);
  };

  const taken = new Set<string>();
  const result = members.map((member, index) =>
    member.owned.filter((key) => mayOwn(index, key) && !taken.has(key) && taken.add(key)),
  );
  const load = (index: number): number => result[index]?.length ?? 0;
  const leastLoaded = (key: string): number | undefined => {
    let best: number | undefined;
    for (let index = 0; index < members.length; index += 1) {
      if (mayOwn(index, key) && (best === undefined || load(index) < load(best))) best = index;
    }
    return best;
  };

  for (const key of topicOf.keys()) {
    if (taken.has(key)) continue;
    const index = leastLoaded(key);
    if (index !== undefined) result[index]?.push(key);
  }
  const moveOne = (): boolean => {
    // From the fullest first: a partition taken from another could have to come back.
    for (const from of [...result].sort((a, b) => b.length - a.length)) {
      for (const key of [...from].reverse()) {
        const to = leastLoaded(key);
        if (to === undefined || load(to) + 1 >= from.length) continue;
        from.splice(from.indexOf(key), 1);
        result[to]?.push(key);
        return true;
      }
    }
    return false;
  };
  // Each move lowers the sum of the squared loads, so this ends.
  while (moveOne());
  return result;
}

function assignToOne(
  members: readonly Assignee[],
  topics: ReadonlyMap<string, readonly string[]>,
): string[][] {
  const holder = members.reduce((best, one) => (one.owned.length > best.owned.length ? one : best));
  const keys = [...topics].flatMap(([topic, own]) => (holder.topics.has(topic) ? own : []));
  return members.map((member) => (member === holder ? keys : []));
}
