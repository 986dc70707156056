import { assignPartitions } from '../assign-partitions.ts';
import type { CommittedOffset, JoinOptions } from '../port.ts';
import type { GroupLog } from './group-log.ts';
import { GroupMember, type OwnedPartition } from './group-member.ts';

export interface ConsumerGroupOptions {
  readonly group: string;
  readonly log: GroupLog;
  /** A member that holds a partition up for longer than this loses it. */
  readonly handlingMs: number;
}

/**
 * The members of one group in this process. A rebalance takes away what must move, waits until it
 * is given back, and hands it over; all else goes on undisturbed. At any time a partition has one
 * owner at most: `owners` is the only truth about that.
 */
export class ConsumerGroup {
  readonly #options: ConsumerGroupOptions;
  readonly #members = new Set<GroupMember>();
  readonly #owners = new Map<string, GroupMember>();
  readonly #commits = new Set<Promise<void>>();
  #wanted = false;
  #running = false;

  constructor(options: ConsumerGroupOptions) {
    this.#options = options;
  }

  join(options: JoinOptions): GroupMember {
    const member = new GroupMember({ ...options, ...this.#options, host: this });
    this.#members.add(member);
    this.rebalance();
    return member;
  }

  get members(): readonly GroupMember[] {
    return [...this.#members];
  }

  /** Something that decides who owns what has changed: members, or the topics there are. */
  rebalance(): void {
    this.#wanted = true;
    if (this.#running) return;
    this.#running = true;
    // Not in this turn: whoever joined shall have the membership in hand before a handler runs.
    setImmediate(() => this.#rebalance());
  }

  /** Records were appended to a partition. */
  appended(key: string): void {
    this.#owners.get(key)?.wake();
  }

  /** The member has no more part in the group; what it had is free. */
  gone(member: GroupMember): void {
    for (const [key, owner] of this.#owners) if (owner === member) this.#owners.delete(key);
    if (this.#members.delete(member)) this.rebalance();
  }

  /** The member has given these partitions back. */
  released(member: GroupMember, partitions: readonly OwnedPartition[]): void {
    for (const { key } of partitions) {
      if (this.#owners.get(key) === member) this.#owners.delete(key);
    }
  }

  async commit(
    place: { readonly topicId: string; readonly partition: number },
    position: CommittedOffset,
  ): Promise<void> {
    const { group, log } = this.#options;
    const commit = log.commit({ group, ...place }, position);
    this.#commits.add(commit);
    try {
      await commit;
    } finally {
      this.#commits.delete(commit);
    }
  }

  /** A new owner must see what the one before it was still committing when it lost the partition. */
  async commitsSettled(): Promise<void> {
    await Promise.allSettled([...this.#commits]);
  }

  async #rebalance(): Promise<void> {
    try {
      while (this.#wanted) {
        this.#wanted = false;
        await this.#rebalanceOnce();
      }
    } finally {
      this.#running = false;
    }
  }

  async #rebalanceOnce(): Promise<void> {
    // A leaving member gets nothing; what it still has is in `owners` until it has finished.
    const members = [...this.#members].filter((member) => member.active);
    const available = this.#available(members);
    const keys = new Map(
      [...available].map(([topic, partitions]) => [topic, [...partitions.keys()]] as const),
    );
    const targets = assignPartitions(
      members.map(({ topics, ownedKeys, sole }) => ({ topics, owned: ownedKeys, sole })),
      keys,
    );
    await Promise.all(
      members.map((member, index) => {
        const keep = new Set(targets[index]);
        return member.revoke(member.ownedKeys.filter((key) => !keep.has(key)));
      }),
    );
    // Another change came meanwhile: nothing has been handed out yet, so plan anew.
    if (this.#wanted) return;
    const handedOver = members.map((member, index) => {
      const taken: OwnedPartition[] = [];
      for (const key of targets[index] ?? []) {
        if (this.#owners.has(key) || !member.active) continue;
        for (const partitions of available.values()) {
          const partition = partitions.get(key);
          if (partition === undefined) continue;
          this.#owners.set(key, member);
          taken.push(partition);
        }
      }
      return member.assign(taken);
    });
    await Promise.all(handedOver);
  }

  #available(members: readonly GroupMember[]): Map<string, Map<string, OwnedPartition>> {
    const topics = [...new Set(members.flatMap((member) => [...member.topics]))].sort();
    const available = new Map<string, Map<string, OwnedPartition>>();
    for (const name of topics) {
      const topic = this.#options.log.topic(name);
      if (topic === undefined) continue;
      const partitions = topic.partitions.map(({ partition }) => {
        const key = partitionKey(topic.id, partition);
        return [key, { key, topic, partition, position: 0, ready: false }] as const;
      });
      available.set(name, new Map(partitions));
    }
    return available;
  }
}

/** Names a partition of this very topic: one created again under the same name is another. */
export function partitionKey(topicId: string, partition: number): string {
  return `${topicId}/${partition}`;
}
