import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { TopicPartition } from '../../port.ts';
import type { KafkaConnection } from '../kafka-connection.ts';
import { kafkaError } from '../kafka-errors.ts';
import { REACH_FIX } from '../known-errors.ts';
import { Backoff } from './backoff.ts';
import { Bell } from './bell.ts';
import {
  GroupCoordinator,
  type Identity,
  type JoinedGroup,
  type PositionInTopic,
} from './group-coordinator.ts';
import { errorType, groupErrorKind } from './group-error.ts';
import { pause } from './pause.ts';
import { type AssignmentPlan, planAssignment } from './plan-assignment.ts';
import type { Trouble } from './trouble.ts';

const NOBODY: Identity = { memberId: '', generation: -1 };
/** A coordinator that does not answer drops the member by itself, when its session ends. */
const LEAVE_WITHIN_MS = 3000;
/** A third of the session, but at least this long, a heartbeat may remain without an answer. */
const OVERDUE_MS = 3000;

/** What the group has settled on for this member. */
export interface Settlement {
  readonly generation: number;
  readonly places: readonly TopicPartition[];
  /** False when the group may have settled without this member since it was last given anything. */
  readonly continued: boolean;
  /** When the member stopped to take batches for it, by `performance.now`. */
  readonly begun: number;
}

export interface SessionHost {
  /** What the member was given and has still, to claim it. */
  held(): readonly TopicPartition[];
  /** Resolves when no handler runs, or the group cannot wait any longer. */
  finishRunning(): Promise<void>;
  settled(settlement: Settlement): void;
  /** The group has gone on without this member. */
  lost(): void;
  /** The member is known to have what it has for a while. */
  renewed(): void;
  /** A topic or partition may be gone. */
  suspectTopics(): void;
}

export interface GroupSessionOptions {
  readonly connection: KafkaConnection;
  /** For the request to leave, when the first connection is taken by a request to join. */
  connect(): KafkaConnection;
  readonly group: string;
  readonly topics: readonly string[];
  readonly sole?: boolean;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly trouble: Trouble;
  readonly host: SessionHost;
}

/**
 * A member's standing in its group (Kafka's classic protocol): joins, and joins again whenever the
 * group settles anew; heartbeats by a timer of their own; commits under the standing of the moment.
 * Does not know what the member does with its partitions.
 */
export class GroupSession {
  readonly coordinator: GroupCoordinator;
  readonly #options: GroupSessionOptions;
  readonly #ended = new AbortController();
  readonly #rejoin = new Bell();
  #phase: 'settled' | 'finishing' | 'joining' | 'ended' = 'joining';
  #identity = NOBODY;
  #memberId = '';
  /** The last settlement in which this member was given partitions that it has not lost since. */
  #generation = -1;
  #lease = 0;
  #leaving = false;
  #settling = Promise.withResolvers<void>();
  #sharedOut: ReadonlyMap<string, number> | undefined;

  constructor(options: GroupSessionOptions) {
    this.#options = options;
    this.coordinator = new GroupCoordinator(options);
  }

  /**
   * Whether the partitions are certainly this member's: settled, and heard of by the coordinator
   * within the session time-out. A member that was frozen finds it false when it wakes.
   */
  get stands(): boolean {
    return this.#phase === 'settled' && performance.now() < this.#lease;
  }

  get joining(): boolean {
    return this.#phase === 'joining';
  }

  /** For the member that shares out: topics of the whole group with their partitions back then. */
  get sharedOut(): ReadonlyMap<string, number> | undefined {
    return this.#phase === 'settled' ? this.#sharedOut : undefined;
  }

  /** Takes part in the group until `end`. */
  async run(): Promise<void> {
    const beating = this.#beat();
    const { host } = this.#options;
    let begun = performance.now();
    while (!this.#ended.signal.aborted) {
      if (!this.#leaving) {
        this.#phase = 'joining';
        this.#rejoin.clear();
        const settled = await this.#join();
        if (settled === undefined) break;
        this.#phase = 'settled';
        host.settled({ ...settled, begun });
        this.#settling.resolve();
      }
      await this.#rejoin.wait();
      if (this.#ended.signal.aborted) break;
      begun = performance.now();
      this.#settling = Promise.withResolvers();
      this.#phase = 'finishing';
      await host.finishRunning();
    }
    await beating;
  }

  /** Something that decides who gets what has changed. */
  settleAnew(): void {
    if (this.#phase === 'settled') this.#rejoin.ring();
  }

  /** No more joining: what the member has, it keeps until `end`. */
  stopJoining(): void {
    this.#leaving = true;
    if (this.joining) this.#stopWaiting();
  }

  /** Commits that wait for a settlement look again whether their partition is held. */
  #stopWaiting(): void {
    this.#settling.resolve();
    this.#settling = Promise.withResolvers();
  }

  /**
   * Stores a position, however long it takes, as long as `holds` says that the partition is held.
   * @throws PLB_TRANSPORT_FENCED when it is not, or not any more; the coded error of a position that
   *   is refused; PLB_TRANSPORT_UNAVAILABLE when the member is leaving and no coordinator answers
   */
  async commit(position: PositionInTopic, { holds }: { holds(): boolean }): Promise<void> {
    const { trouble, host } = this.#options;
    const backoff = new Backoff();
    const doing = `commit in group ${this.#options.group}`;
    while (holds()) {
      if (this.#phase === 'joining') {
        await this.#settling.promise;
        continue;
      }
      const identity = this.#identity;
      try {
        await this.coordinator.commit(identity, position);
        trouble.passed(doing);
        return;
      } catch (error) {
        const kind = groupErrorKind(error);
        if (kind === 'refused') throw kafkaError(error, doing);
        if (kind === 'lost' && identity === this.#identity && !this.joining) {
          this.#lose(error);
        }
        if (kind === 'rebalance') this.settleAnew();
        if (kind === 'again') {
          if (errorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION') host.suspectTopics();
          else trouble.failed(doing, error);
          if (this.#leaving && this.#late(identity)) throw kafkaError(error, doing);
        }
        if (holds()) await pause(backoff.next(), this.#ended.signal);
      }
    }
    trouble.passed(doing);
    throw this.fenced(position);
  }

  fenced({ topic, partition }: TopicPartition): PlumblineError {
    const { group } = this.#options;
    return new PlumblineError(
      'PLB_TRANSPORT_FENCED',
      `Cannot commit ${topic}/${partition} for group ${group}: it must belong to this member, got one that was given to another or back.`,
    );
  }

  /** Leaves the group; commits under way end as fenced. Safe to call twice. */
  async end(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    const wasJoining = this.#phase === 'joining';
    this.#phase = 'ended';
    this.#ended.abort();
    this.#settling.resolve();
    this.#rejoin.ring();
    if (this.#memberId === '') return;
    const connection = wasJoining ? this.#options.connect() : this.#options.connection;
    const coordinator = new GroupCoordinator({ ...this.#options, connection });
    // Without an answer the coordinator finds out by itself.
    const left = coordinator.leave(this.#memberId).catch(() => {});
    const inTime = new AbortController();
    await Promise.race([left.then(() => inTime.abort()), pause(LEAVE_WITHIN_MS, inTime.signal)]);
    if (wasJoining) await connection.close();
  }

  async #join(): Promise<Omit<Settlement, 'begun'> | undefined> {
    const { host, trouble, topics, group, sole = false } = this.#options;
    const backoff = new Backoff();
    const doing = `join group ${group}`;
    while (!this.#ended.signal.aborted) {
      try {
        const subscription = { topics, sole, generation: this.#generation, held: host.held() };
        const joined = await this.coordinator.join(this.#memberId, subscription, (memberId) => {
          this.#memberId = memberId;
        });
        const sent = performance.now();
        const plans = await this.#plan(joined);
        const places = await this.coordinator.sync(joined.identity, plans);
        trouble.passed(doing);
        const { generation } = joined.identity;
        const continued = generation === this.#generation || generation === this.#generation + 1;
        this.#identity = joined.identity;
        this.#generation = generation;
        this.#lease = sent + this.#options.sessionTimeoutMs;
        return { generation, places, continued };
      } catch (error) {
        if (this.#ended.signal.aborted) return undefined;
        const kind = groupErrorKind(error);
        if (kind === 'lost') {
          this.#lose(error);
          await host.finishRunning();
        } else {
          if (kind !== 'rebalance') trouble.failed(doing, error);
          await pause(backoff.next(), this.#ended.signal);
        }
      }
    }
    return undefined;
  }

  async #plan({ members, identity }: JoinedGroup): Promise<readonly AssignmentPlan[]> {
    this.#sharedOut = undefined;
    if (members === undefined) return [];
    const topics = [...new Set(members.flatMap(({ subscription }) => subscription.topics))];
    const found = await this.#options.connection.metadata(topics.sort());
    const partitions = new Map(
      [...found].map(([topic, metadata]) => [topic, metadata?.partitions.length ?? 0] as const),
    );
    this.#sharedOut = partitions;
    return planAssignment(members, { generation: identity.generation, partitions });
  }

  async #beat(): Promise<void> {
    const { heartbeatMs, sessionTimeoutMs, host, trouble, group } = this.#options;
    const doing = `stay in group ${group}`;
    const overdueMs = Math.max(OVERDUE_MS, sessionTimeoutMs / 3);
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await pause(heartbeatMs, signal);
      const identity = this.#identity;
      const mayBeat = this.#phase === 'settled' || this.#phase === 'finishing';
      if (!mayBeat || identity === NOBODY) continue;
      const sent = performance.now();
      // A broker that says nothing at all would be noticed only when the request is given up.
      const overdue = setTimeout(
        () => trouble.failed(doing, this.#silence(doing, overdueMs), sent),
        overdueMs,
      );
      const error = await this.coordinator.heartbeat(identity).then(
        () => undefined,
        (reason: unknown) => reason ?? new Error('no reason'),
      );
      clearTimeout(overdue);
      // A request to join that has overtaken this one answers for itself.
      if (signal.aborted || identity !== this.#identity || this.joining) continue;
      const kind = error === undefined ? 'passed' : groupErrorKind(error);
      if (kind === 'lost') {
        this.#lose(error);
      } else if (kind === 'passed' || kind === 'rebalance') {
        trouble.passed(doing);
        this.#lease = sent + sessionTimeoutMs;
        if (kind === 'rebalance') this.settleAnew();
        host.renewed();
      } else {
        trouble.failed(doing, error);
      }
    }
  }

  #silence(doing: string, milliseconds: number): PlumblineError {
    const brokers = this.#options.connection.settings.brokers.join(', ');
    return new PlumblineError(
      'PLB_TRANSPORT_UNAVAILABLE',
      `Cannot ${doing}: its coordinator has not answered for ${milliseconds / 1000} s (brokers ${brokers}).`,
      { fix: REACH_FIX },
    );
  }

  #lose(error: unknown): void {
    // Whoever only missed a settlement is still known by its name.
    if (errorType(error) !== 'ILLEGAL_GENERATION') this.#memberId = '';
    this.#identity = NOBODY;
    this.#generation = -1;
    this.#lease = 0;
    this.#options.host.lost();
    // A commit that waits for the settlement has nothing to wait for any more, and the handler that
    // it belongs to is waited for before the member joins again.
    if (this.joining) this.#stopWaiting();
    if (this.#phase === 'settled' || this.#phase === 'finishing') this.#rejoin.ring();
  }

  /** Whether the coordinator was silent for a whole session. */
  #late(identity: Identity): boolean {
    return identity !== this.#identity || performance.now() > this.#lease;
  }
}
