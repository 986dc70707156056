import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type {
  AssignedPartition,
  CommittedOffset,
  JoinOptions,
  Membership,
  RecordBatch,
  TopicPartition,
} from '../port.ts';
import type { GroupLog } from './group-log.ts';
import type { TopicState } from './protocol.ts';

const DEFAULT_BATCH_BYTES = 1024 * 1024;

/** A partition in the hands of a member. */
export interface OwnedPartition {
  readonly key: string;
  readonly topic: TopicState;
  readonly partition: number;
  /** Next offset to deliver; meaningful once `ready`. */
  position: number;
  ready: boolean;
}

/** What a member tells its group. */
interface MemberHost {
  gone(member: GroupMember): void;
  released(member: GroupMember, partitions: readonly OwnedPartition[]): void;
  commit(
    place: { readonly topicId: string; readonly partition: number },
    position: CommittedOffset,
  ): Promise<void>;
  commitsSettled(): Promise<void>;
}

interface GroupMemberOptions extends JoinOptions {
  readonly log: GroupLog;
  readonly host: MemberHost;
  readonly handlingMs: number;
}

interface Fetch {
  readonly owned: OwnedPartition;
  readonly offset: number;
  readonly batch: Promise<RecordBatch>;
}

/**
 * One member. All its handlers run one after the other in `#turn`s; while one batch is handled the
 * next one is fetched, no more. `#owned` decides what may be committed and delivered.
 */
export class GroupMember implements Membership {
  readonly topics: ReadonlySet<string>;
  readonly #options: GroupMemberOptions;
  readonly #owned = new Map<string, OwnedPartition>();
  #state: 'active' | 'leaving' | 'gone' = 'active';
  #tail: Promise<void> = Promise.resolve();
  #left: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #delivering = false;
  /** Revoked and not assigned again yet, though no other member may have it. */
  #withdrawn: OwnedPartition | undefined;
  #lastKey = '';

  constructor(options: GroupMemberOptions) {
    this.#options = options;
    this.topics = new Set(options.topics);
  }

  get sole(): boolean {
    return this.#options.sole === true;
  }

  get active(): boolean {
    return this.#state === 'active';
  }

  get ownedKeys(): readonly string[] {
    return [...this.#owned.keys()];
  }

  async commit({ topic, partition }: TopicPartition, position: CommittedOffset): Promise<void> {
    const owned = this.#find(topic, partition);
    if (owned === undefined || owned === this.#withdrawn) {
      throw new PlumblineError(
        'PLB_TRANSPORT_FENCED',
        `Cannot commit ${topic}/${partition} for group ${this.#options.group}: it must belong to this member, got one that was given to another or back.`,
      );
    }
    if (!Number.isSafeInteger(position.offset) || position.offset < 0) {
      throw new PlumblineError(
        'PLB_TRANSPORT_OFFSET',
        `Cannot commit ${topic}/${partition}: offset must be a whole number from 0, got ${position.offset}.`,
      );
    }
    await this.#options.host.commit({ topicId: owned.topic.id, partition }, position);
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  /** Ends the member because of an error; the handlers hear of it once. */
  fail(error: unknown): void {
    if (this.#state === 'gone') return;
    this.#finish();
    const failure = error instanceof Error ? error : new Error(String(error));
    // On its own, so that an error thrown there is reported as such and stops no rebalance.
    queueMicrotask(() => this.#options.handlers.failed(failure));
  }

  /** There may be something to deliver. */
  wake(): void {
    this.#wake?.();
  }

  /** Takes partitions away after the running batch; resolves when they are free. */
  async revoke(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    for (const key of keys) {
      const owned = this.#owned.get(key);
      if (owned !== undefined) owned.ready = false;
    }
    await this.#turn(async () => {
      const revoked = keys.flatMap((key) => this.#owned.get(key) ?? []);
      for (const { key } of revoked) this.#owned.delete(key);
      if (revoked.length === 0) return;
      await this.#options.handlers.revoked(
        revoked.map(({ topic, partition }) => ({ topic: topic.topic, partition })),
      );
      this.#options.host.released(this, revoked);
    });
  }

  /** Takes partitions over that are this member's already in the eyes of the group. */
  async assign(partitions: readonly OwnedPartition[]): Promise<void> {
    if (partitions.length === 0) return;
    await this.#turn(async () => {
      const { host } = this.#options;
      if (this.#state !== 'active') return;
      await host.commitsSettled();
      const found = await this.#describe(partitions);
      // A topic may have been deleted a moment ago; the next rebalance knows.
      const known = partitions.filter((_, index) => found[index] !== undefined);
      const described = found.filter((one) => one !== undefined);
      host.released(
        this,
        partitions.filter((one) => !known.includes(one)),
      );
      if (this.#state !== 'active' || known.length === 0) return;
      await this.#offer(known, described);
    });
    if (this.#state !== 'active') return;
    this.wake();
    if (!this.#delivering) {
      this.#delivering = true;
      this.#deliver().catch((error: unknown) => this.fail(error));
    }
  }

  /** Retention has overtaken the position: the handlers decide anew where to go on. */
  async #handOutAnew(owned: OwnedPartition): Promise<void> {
    const { handlers, host } = this.#options;
    owned.ready = false;
    this.#withdrawn = owned;
    await handlers.revoked([{ topic: owned.topic.topic, partition: owned.partition }]);
    await host.commitsSettled();
    const [described] = await this.#describe([owned]);
    // A topic may have been deleted a moment ago; the rebalance that follows takes it away.
    if (described === undefined || this.#state === 'gone') return;
    this.#withdrawn = undefined;
    await this.#offer([owned], [described]);
  }

  async #offer(
    partitions: readonly OwnedPartition[],
    described: readonly AssignedPartition[],
  ): Promise<void> {
    for (const owned of partitions) this.#owned.set(owned.key, owned);
    const starts = await this.#options.handlers.assigned(described);
    for (const [index, owned] of partitions.entries()) {
      owned.position = startOf(described[index], starts[index]);
      owned.ready = true;
    }
  }

  async #leave(): Promise<void> {
    if (this.#state !== 'active') return;
    this.#state = 'leaving';
    this.wake();
    await this.revoke(this.ownedKeys);
    // What a running `assign` took over after the line above had looked.
    await this.revoke(this.ownedKeys);
    this.#finish();
  }

  #finish(): void {
    this.#state = 'gone';
    this.#owned.clear();
    this.wake();
    this.#options.host.gone(this);
  }

  async #deliver(): Promise<void> {
    let next: Fetch | undefined;
    while (this.#state === 'active') {
      const fetch: Fetch | undefined = next ?? this.#fetch();
      next = undefined;
      if (fetch === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
        continue;
      }
      const outcome = await fetch.batch.then(
        (batch) => ({ batch }),
        (error: unknown) => ({ error }),
      );
      if (!this.#isCurrent(fetch)) continue;
      if ('error' in outcome) {
        if (this.#options.log.topic(fetch.owned.topic.topic)?.id === fetch.owned.topic.id) {
          this.fail(outcome.error);
        } else {
          // Deleted under the member; the rebalance that follows takes it away.
          fetch.owned.ready = false;
        }
        continue;
      }
      await this.#turn(async () => {
        if (!this.#isCurrent(fetch)) return;
        if (outcome.batch.from !== fetch.offset) {
          await this.#handOutAnew(fetch.owned);
          return;
        }
        fetch.owned.position = outcome.batch.next;
        next = this.#fetch();
        await this.#options.handlers.batch(outcome.batch);
      });
    }
  }

  /** Whether what was fetched is still the next to deliver from a partition still owned. */
  #isCurrent({ owned, offset }: Fetch): boolean {
    return (
      this.#state === 'active' &&
      this.#owned.get(owned.key) === owned &&
      owned.ready &&
      owned.position === offset
    );
  }

  /** Begins to read the next partition, in turns, that has something new. */
  #fetch(): Fetch | undefined {
    const candidates = [...this.#owned.values()];
    const after = candidates.findIndex(({ key }) => key === this.#lastKey) + 1;
    for (let step = 0; step < candidates.length; step += 1) {
      const owned = candidates[(after + step) % candidates.length];
      if (owned === undefined || !owned.ready) continue;
      const offset = owned.position;
      if (offset >= (owned.topic.partitions[owned.partition]?.end ?? 0)) continue;
      this.#lastKey = owned.key;
      const batch = this.#options.log.read(
        { topic: owned.topic, partition: owned.partition, offset },
        this.#options.maxBatchBytes ?? DEFAULT_BATCH_BYTES,
      );
      // Awaited later, or never when the partition goes away first.
      batch.catch(() => {});
      return { owned, offset, batch };
    }
    return undefined;
  }

  async #describe(
    partitions: readonly OwnedPartition[],
  ): Promise<(AssignedPartition | undefined)[]> {
    const { log, group } = this.#options;
    const topics = [...new Set(partitions.map(({ topic }) => topic))];
    const facts = new Map(
      await Promise.all(
        topics.map(async (topic) => {
          const [bounds, committed] = await Promise.all([
            log.describe(topic),
            log.committed(group, topic),
          ]);
          return [topic, { bounds, committed }] as const;
        }),
      ),
    );
    return partitions.map(({ topic, partition }) => {
      const fact = facts.get(topic);
      const bounds = fact?.bounds[partition];
      const committed = fact?.committed[partition];
      if (bounds === undefined) return undefined;
      return {
        topic: topic.topic,
        topicId: topic.id,
        partition,
        ...bounds,
        ...(committed === undefined ? {} : { committed }),
      };
    });
  }

  /** Runs `body` after all that was asked before; its error ends the member. */
  #turn(body: () => Promise<void>): Promise<void> {
    this.#tail = this.#tail.then(async () => {
      if (this.#state === 'gone') return;
      try {
        await this.#inTime(body());
      } catch (error) {
        this.fail(error);
      }
    });
    return this.#tail;
  }

  /** Waits for handlers, but no longer than a member may hold the others up. */
  async #inTime(work: Promise<void>): Promise<void> {
    const { handlingMs, group } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const message = `Cannot go on in group ${group}: a handler must finish within ${handlingMs} ms, got one that runs still.`;
        const fix = 'Ask for smaller batches (maxBatchBytes), or do less per batch.';
        reject(new PlumblineError('PLB_TRANSPORT_FENCED', message, { fix }));
      }, handlingMs);
    });
    try {
      await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #find(topic: string, partition: number): OwnedPartition | undefined {
    for (const owned of this.#owned.values()) {
      if (owned.topic.topic === topic && owned.partition === partition) return owned;
    }
    return undefined;
  }
}

/** The position a member chose, checked; before the log's start there is nothing to read. */
function startOf(partition: AssignedPartition | undefined, chosen: number | undefined): number {
  if (partition !== undefined && chosen !== undefined && Number.isSafeInteger(chosen)) {
    if (chosen >= 0 && chosen <= partition.end) return Math.max(chosen, partition.start);
  }
  const { topic, partition: number, end } = partition ?? { topic: '?', partition: '?', end: '?' };
  throw new PlumblineError(
    'PLB_TRANSPORT_OFFSET',
    `Cannot begin to read ${topic}/${number}: the offset that assigned() answers must be from 0 to the end ${end}, got ${chosen}.`,
  );
}
