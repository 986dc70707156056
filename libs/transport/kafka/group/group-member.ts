import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { CommittedOffset, JoinOptions, Membership, TopicPartition } from '../../port.ts';
import { nextBatch } from '../fetch-partitions.ts';
import type { KafkaConnection, TopicMetadata } from '../kafka-connection.ts';
import { Backoff } from './backoff.ts';
import { Bell } from './bell.ts';
import { type DescribedPartition, describePartitions } from './describe-partitions.ts';
import { errorType } from './group-error.ts';
import { GroupSession, type Settlement } from './group-session.ts';
import { HeldPartition } from './held-partition.ts';
import { partitionBounds } from './partition-bounds.ts';
import { PartitionFetcher } from './partition-fetcher.ts';
import { pause } from './pause.ts';
import { placeKey } from './plan-assignment.ts';
import { startOf } from './start-of.ts';
import { Trouble } from './trouble.ts';
import { Turns } from './turns.ts';
import { watchTopics } from './watch-topics.ts';

const DEFAULT_BATCH_BYTES = 1024 * 1024;
/** Errors of a fetch after which the topic may be another one, or gone. */
const SUSPICIOUS = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'NOT_LEADER_FOR_PARTITION']);

export interface GroupMemberOptions extends JoinOptions {
  readonly connection: KafkaConnection;
  /** Another way to the same brokers. */
  connect(): KafkaConnection;
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /** How long a rebalance waits for a running handler. */
  readonly handlingMs: number;
  /** How often topics are looked at. */
  readonly topicsEveryMs: number;
  readonly fetchWaitMs: number;
  /** Called once when the member has no more part in the group. */
  gone(): void;
}

/**
 * One member. All its handlers run one after the other in turns; `#held` decides what may be
 * delivered and committed, and every change of hands puts another object there.
 */
export class GroupMember implements Membership {
  readonly #options: GroupMemberOptions;
  readonly #session: GroupSession;
  readonly #fetcher: PartitionFetcher;
  readonly #trouble: Trouble;
  readonly #turns: Turns;
  readonly #held = new Map<string, HeldPartition>();
  readonly #arrived = new Bell();
  readonly #given = new Bell();
  readonly #suspected = new Bell();
  readonly #over = new AbortController();
  #state: 'active' | 'leaving' | 'gone' = 'active';
  #left: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  /** A rebalance that has given new partitions is over when they were handed out. */
  #unfinished: Settlement | undefined;
  /** Counts how often partitions were taken away. */
  #takes = 0;

  constructor(options: GroupMemberOptions) {
    const { connection, handlers, handlingMs, heartbeatMs } = options;
    this.#options = options;
    this.#turns = new Turns((error) => this.fail(error));
    this.#trouble = new Trouble((reason) => {
      if (this.#state !== 'gone') handlers.trouble?.(reason);
    });
    this.#session = new GroupSession({
      ...options,
      trouble: this.#trouble,
      // The others wait a little longer than this member does for its handler.
      rebalanceTimeoutMs: handlingMs + 2 * heartbeatMs + 2000,
      host: {
        held: () => [...this.#held.values()].map(({ place }) => place),
        finishRunning: async () => {
          await this.#turns.settled({ withinMs: handlingMs });
        },
        settled: (settlement) => this.#settled(settlement),
        lost: () => this.#take([...this.#held.values()]),
        renewed: () => this.#wake(),
        suspectTopics: () => this.#suspected.ring(),
      },
    });
    this.#fetcher = new PartitionFetcher({
      connection,
      waitMs: options.fetchWaitMs,
      held: () => this.#held.values(),
      arrived: () => this.#arrived.ring(),
      failed: (held, error) => this.#notFetched(held, error),
      passed: ({ key }) => this.#trouble.passed(reading(key)),
    });
  }

  /** Begins; not in the turn of the caller, who shall have the membership in hand first. */
  start(): void {
    setImmediate(() => {
      if (this.#state !== 'active') return;
      for (const part of [this.#session.run(), this.#deliver(), this.#handOut(), this.#watch()]) {
        part.catch((error: unknown) => this.fail(error));
      }
    });
  }

  async commit(place: TopicPartition, position: CommittedOffset): Promise<void> {
    const { topic, partition } = place;
    const { offset, metadata } = position;
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw new PlumblineError(
        'PLB_TRANSPORT_OFFSET',
        `Cannot commit ${topic}/${partition}: offset must be a whole number from 0, got ${offset}.`,
      );
    }
    const held = this.#held.get(placeKey(place));
    if (held === undefined || held.state === 'new') throw this.#session.fenced(place);
    const commit = held.commits.then(() =>
      this.#session.commit(
        { topic, partition, topicId: held.topicId, offset, metadata },
        { holds: () => this.#holds(held) },
      ),
    );
    held.commits = commit.catch(() => {});
    await commit;
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  /** Ends the member because of an error; the handlers hear of it once. */
  fail(error: unknown): void {
    if (this.#state === 'gone') return;
    const failure = error instanceof Error ? error : new Error(String(error));
    void this.#end();
    // On its own, so that an error thrown there is reported as such.
    queueMicrotask(() => this.#options.handlers.failed(failure));
  }

  async #leave(): Promise<void> {
    if (this.#state === 'active') {
      this.#state = 'leaving';
      this.#session.stopJoining();
      // While a settlement is under way nothing can be committed, and the others wait for nobody.
      if (this.#session.joining) this.#take([...this.#held.values()]);
      this.#turn(() => {
        this.#take([...this.#held.values()]);
      });
      // The second one is for `revoked`, which the first asks for.
      await this.#turns.settled({ withinMs: this.#options.handlingMs });
      await this.#turns.settled({ withinMs: this.#options.handlingMs });
    }
    await this.#end();
  }

  #end(): Promise<void> {
    this.#ending ??= (async () => {
      this.#state = 'gone';
      this.#held.clear();
      this.#over.abort();
      this.#fetcher.close();
      this.#wake();
      this.#suspected.ring();
      await this.#session.end();
      await this.#options.connection.close();
      this.#options.gone();
    })();
    return this.#ending;
  }

  get #watching(): string {
    return `look at the topics of group ${this.#options.group}`;
  }

  get #takingOver(): string {
    return `take partitions over in group ${this.#options.group}`;
  }

  #holds(held: HeldPartition): boolean {
    return this.#held.get(held.key) === held;
  }

  #settled(settlement: Settlement): void {
    const { places, continued } = settlement;
    const mine = new Set(places.map(placeKey));
    this.#take([...this.#held.values()].filter(({ key }) => !continued || !mine.has(key)));
    for (const place of places) {
      if (!this.#held.has(placeKey(place))) {
        const held = new HeldPartition(place);
        this.#held.set(held.key, held);
      }
    }
    const isNew = [...this.#held.values()].some(({ state }) => state === 'new');
    this.#unfinished = settlement;
    if (!isNew) this.#turn(() => this.#rebalanced());
    this.#fetcher.fetch();
    this.#wake();
  }

  #rebalanced(): void {
    const settlement = this.#unfinished;
    if (settlement === undefined) return;
    this.#unfinished = undefined;
    const { generation, begun } = settlement;
    const milliseconds = performance.now() - begun;
    this.#options.handlers.rebalanced?.({ generation, milliseconds });
  }

  /** Takes partitions away at once; the handlers hear of it after the running one. */
  #take(some: readonly HeldPartition[], replaced = false): void {
    const known: TopicPartition[] = [];
    for (const held of some) {
      if (!this.#holds(held)) continue;
      this.#takes += 1;
      if (replaced) this.#held.set(held.key, new HeldPartition(held));
      else this.#held.delete(held.key);
      this.#trouble.passed(reading(held.key));
      if (held.state !== 'new') known.push(held.place);
    }
    if (known.length > 0) this.#turn(() => this.#options.handlers.revoked(known));
  }

  #handOutAnew(some: readonly HeldPartition[]): void {
    this.#take(some, true);
    this.#given.ring();
  }

  #wake(): void {
    this.#arrived.ring();
    this.#given.ring();
  }

  #turn(work: () => Promise<void> | void): Promise<void> {
    return this.#turns.run(async () => {
      if (this.#state !== 'gone') await work();
    });
  }

  async #deliver(): Promise<void> {
    while (this.#state === 'active') {
      const held = this.#session.stands ? this.#fetcher.next() : undefined;
      if (held === undefined) await this.#arrived.wait();
      else await this.#turn(() => this.#deliverOne(held));
    }
  }

  async #deliverOne(held: HeldPartition): Promise<void> {
    const { fetched } = held;
    if (fetched === undefined || !this.#isCurrent(held)) return;
    const batch = nextBatch(fetched, this.#options.maxBatchBytes ?? DEFAULT_BATCH_BYTES);
    if (fetched.set.done) held.fetched = undefined;
    held.position = batch.next;
    // What is fetched now arrives while this batch is handled.
    this.#fetcher.fetch();
    if (batch.next === batch.from) return;
    await this.#unlessTaken([held], () => this.#options.handlers.batch(batch));
  }

  #isCurrent(held: HeldPartition): boolean {
    return this.#state === 'active' && this.#session.stands && this.#holds(held);
  }

  /**
   * Runs a handler for these partitions. Its failing as fenced, since something was taken away
   * meanwhile, is no failure; what is left of these partitions, half handled, is handed out anew.
   */
  async #unlessTaken(
    some: readonly HeldPartition[],
    handler: () => Promise<void>,
  ): Promise<boolean> {
    const takes = this.#takes;
    try {
      await handler();
      return true;
    } catch (error) {
      const isFenced = error instanceof PlumblineError && error.code === 'PLB_TRANSPORT_FENCED';
      if (!isFenced || takes === this.#takes) throw error;
      this.#handOutAnew(some);
      return false;
    }
  }

  async #handOut(): Promise<void> {
    const backoff = new Backoff();
    while (this.#state === 'active') {
      const fresh = [...this.#held.values()].filter(({ state }) => state === 'new');
      if (fresh.length === 0) this.#trouble.passed(this.#takingOver);
      if (fresh.length === 0 || !this.#session.stands) {
        await this.#given.wait();
        continue;
      }
      const found = await this.#describe(fresh);
      if (found.length > 0) await this.#turn(() => this.#offer(found));
      if (found.length === fresh.length) backoff.reset();
      else await pause(backoff.next(), this.#over.signal);
    }
  }

  async #offer(found: readonly DescribedPartition[]): Promise<void> {
    const offers = found.filter(({ held }) => this.#isCurrent(held) && held.state === 'new');
    if (offers.length === 0) return;
    for (const { held, assigned } of offers) {
      held.state = 'offered';
      held.topicId = assigned.topicId ?? '';
    }
    const taken = await this.#unlessTaken(
      offers.map(({ held }) => held),
      async () => {
        const starts = await this.#options.handlers.assigned(offers.map((one) => one.assigned));
        for (const [index, { held, assigned }] of offers.entries()) {
          held.position = startOf(assigned, starts[index]);
          held.state = 'ready';
        }
      },
    );
    if (!taken) return;
    this.#rebalanced();
    this.#fetcher.fetch();
  }

  async #describe(some: readonly HeldPartition[]): Promise<readonly DescribedPartition[]> {
    const { connection } = this.#options;
    try {
      const { coordinator } = this.#session;
      const { described, error } = await describePartitions(some, { connection, coordinator });
      if (error === undefined) this.#trouble.passed(this.#takingOver);
      else this.#trouble.failed(this.#takingOver, error);
      return described;
    } catch (error) {
      this.#trouble.failed(this.#takingOver, error);
      return [];
    }
  }

  #notFetched(held: HeldPartition, error: unknown): void {
    if (!this.#holds(held)) return;
    const type = errorType(error);
    if (type === 'OFFSET_OUT_OF_RANGE') {
      void this.#checkPosition(held);
      return;
    }
    if (SUSPICIOUS.has(type)) this.#suspected.ring();
    this.#trouble.failed(reading(held.key), error);
  }

  /** A position that its log does not have is another log's; a moment later it may be there. */
  async #checkPosition(held: HeldPartition): Promise<void> {
    const bounds = (await partitionBounds(this.#options.connection, [held])).get(held.key);
    if (bounds === undefined || bounds instanceof Error || !this.#holds(held)) return;
    if (held.position < bounds.start || held.position > bounds.end) this.#handOutAnew([held]);
  }

  #watch(): Promise<void> {
    const { connection, topicsEveryMs } = this.#options;
    return watchTopics({
      connection,
      everyMs: topicsEveryMs,
      suspected: this.#suspected,
      signal: this.#over.signal,
      topics: () => this.#topicsToWatch(),
      seen: (found) => this.#topicsSeen(found),
      failed: (error) => this.#trouble.failed(this.#watching, error),
    });
  }

  #topicsToWatch(): readonly string[] | undefined {
    if (!this.#session.stands) return undefined;
    return [...new Set([...this.#options.topics, ...(this.#session.sharedOut?.keys() ?? [])])];
  }

  #topicsSeen(found: ReadonlyMap<string, TopicMetadata | undefined>): void {
    this.#trouble.passed(this.#watching);
    const others = [...this.#held.values()].filter(
      ({ state, topic, topicId }) => state !== 'new' && found.get(topic)?.id !== topicId,
    );
    if (others.length > 0) this.#handOutAnew(others);
    this.#fetcher.leadersSeen(found);
    for (const [topic, count] of this.#session.sharedOut ?? []) {
      if ((found.get(topic)?.partitions.length ?? 0) !== count) this.#session.settleAnew();
    }
  }
}

function reading(key: string): string {
  return `read ${key}`;
}
