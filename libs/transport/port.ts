import type { PlumblineError } from '#libs/errors/plumbline-error.ts';

/** Header values as raw bytes, by name; names are compared exactly. */
export type RecordHeaders = Readonly<Record<string, Uint8Array>>;

/** One record as it stands in the log. */
export interface LogRecord {
  readonly offset: number;
  /** Log timestamp in milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: RecordHeaders;
}

/** One record to be appended. */
export interface OutgoingRecord {
  /** Without one, the key's hash decides; without a key, the partitions take turns. */
  readonly partition?: number;
  readonly key?: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: RecordHeaders;
  /** Milliseconds since 1970; the time of the append unless given. */
  readonly timestamp?: number;
}

export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  /** `compact` keeps at least the last record per key, `delete` keeps all until retention. */
  readonly cleanup: 'compact' | 'delete';
  /** Age in milliseconds after which records may go; kept for ever unless given. */
  readonly retentionMs?: number;
}

export interface PartitionDescription {
  readonly partition: number;
  /** First offset that can be read. */
  readonly start: number;
  /** Offset that the next record will get. */
  readonly end: number;
}

export interface TopicDescription {
  readonly topic: string;
  /** Changes when a topic is deleted and created again, where the transport can tell. */
  readonly id?: string;
  readonly partitions: readonly PartitionDescription[];
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A group's position in one partition: the next offset to read, and a note kept beside it. */
export interface CommittedOffset {
  readonly offset: number;
  readonly metadata: string;
}

/** A partition handed to a member, with all that is needed to choose where to begin. */
export interface AssignedPartition extends TopicPartition {
  readonly topicId?: string;
  readonly committed?: CommittedOffset;
  readonly start: number;
  readonly end: number;
}

/**
 * Consecutive records of one partition. The range [from, next) has been read completely: offsets
 * without a record (compacted, aborted, control) are covered by it, so `records` may be empty.
 */
export interface RecordBatch extends TopicPartition {
  readonly from: number;
  readonly next: number;
  /** End of the log when the batch was read. */
  readonly end: number;
  readonly records: readonly LogRecord[];
}

/** How a member's partitions were settled anew. */
export interface Rebalance {
  /** Counts the settlements of the group. */
  readonly generation: number;
  /** How long the member took no batch for it, the hand-out of new partitions included. */
  readonly milliseconds: number;
}

export interface MemberHandlers {
  /**
   * Called before the first batch of newly taken partitions; answers where to begin, by partition
   * in the order given: from 0 to the end, at the log's start for what lies before it. Partitions
   * that were kept through a rebalance are not named again.
   *
   * A partition is handed out anew, `revoked` first, while a member holds it, when the log under
   * its position is another one: retention has overtaken the position, the topic was deleted and
   * created again (another `topicId`), or the log was cut off before the position. The handlers
   * decide what that means. Partitions added to a topic are handed out within seconds.
   */
  assigned(partitions: readonly AssignedPartition[]): Promise<readonly number[]>;
  /**
   * The partitions are not the member's any more, or not as it knew them: commits fail as fenced
   * until they are assigned again. Called after the running batch, on `leave` too, but not after
   * `failed`. A member that was thrown out, since nothing was heard of it for too long, is told so
   * for all it had before it hears of anything else, and then joins anew.
   */
  revoked(partitions: readonly TopicPartition[]): Promise<void>;
  /**
   * One batch at a time per member; the next one comes after the promise has resolved. However long
   * it takes, the member stays one: but a rebalance waits for it only so long, and a partition that
   * moves then is lost under the running handler. A handler that fails as PLB_TRANSPORT_FENCED
   * because of that has done no harm: the member goes on, and a partition of the batch that it has
   * still is handed out anew.
   */
  batch(batch: RecordBatch): Promise<void>;
  /**
   * The member cannot go on by itself: a handler failed, a record is damaged, the transport is
   * lost. Not called for what may pass, such as an absent broker: see `trouble`.
   */
  failed(error: Error): void;
  /**
   * The member cannot work at the moment and keeps trying; `null` when it is well again. Never
   * called by transports that have nothing to lose touch with.
   */
  trouble?(reason: PlumblineError | null): void;
  /** After each rebalance that the member has taken part in, where the transport has such. */
  rebalanced?(rebalance: Rebalance): void;
}

export interface JoinOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly handlers: MemberHandlers;
  /** Upper bound of a batch in bytes of values and keys; at least one record is delivered. */
  readonly maxBatchBytes?: number;
  /**
   * One member has all partitions and keeps them until it is gone; the others have none meanwhile,
   * and hear of it as `rebalanced` where the transport has such. All members have to agree.
   */
  readonly sole?: boolean;
}

/** One member of a consumer group. */
export interface Membership {
  /**
   * Stores the next offset to read, durable when resolved.
   * @throws PLB_TRANSPORT_FENCED when the partition is no longer this member's.
   */
  commit(partition: TopicPartition, position: CommittedOffset): Promise<void>;
  /**
   * Finishes the running batch, gives the partitions back (`revoked`) and leaves. Safe to call
   * twice. Must not be awaited inside a handler: it waits for the handler.
   */
  leave(): Promise<void>;
}

/** Where the records of one `send` went: per partition touched, the offset of the first of them. */
export interface AppendResult extends TopicPartition {
  readonly baseOffset: number;
  readonly count: number;
}

/**
 * The log that Plumbline reads events from and writes blocks to. Every adapter passes
 * `contract.ts`; nothing above this port knows which one it has.
 */
export interface Transport {
  readonly kind: 'embedded' | 'kafka';
  /** Creates the topic, or leaves an existing one as it is; answers what is there now. */
  ensureTopic(spec: TopicSpec): Promise<TopicDescription>;
  /** `undefined` when the topic does not exist. */
  describe(topic: string): Promise<TopicDescription | undefined>;
  deleteTopic(topic: string): Promise<void>;
  /**
   * Appends in order per partition; durable when resolved. Calls that overlap keep the order in
   * which they were made. Runs before the first `await` up to taking the records' bytes, which the
   * caller may reuse afterwards.
   * @throws PLB_TRANSPORT_TOPIC, PLB_TRANSPORT_RECORD, PLB_STORE_FULL
   */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendResult[]>;
  /**
   * Reads from one partition without a group: at most `maxBytes`, at least one record if any. An
   * offset before the log's start begins there (`from` tells), one at or beyond its end is empty.
   * @throws PLB_TRANSPORT_TOPIC, PLB_WIRE_MALFORMED for a damaged log
   */
  read(from: TopicPartition & { readonly offset: number }, maxBytes?: number): Promise<RecordBatch>;
  /** A group's positions, by partition; `undefined` where nothing was committed. */
  committed(group: string, topic: string): Promise<readonly (CommittedOffset | undefined)[]>;
  /**
   * Joins a group. Handlers of one member never overlap, and none runs before this has resolved
   * and its caller gone on, so that they may use the membership.
   * @throws PLB_TRANSPORT_TOPIC when a topic does not exist
   */
  join(options: JoinOptions): Promise<Membership>;
  /**
   * Lets all members leave and releases everything. Running batches may still send and commit.
   * Safe to call twice; all other calls fail with PLB_TRANSPORT_CLOSED afterwards.
   */
  close(): Promise<void>;
}
