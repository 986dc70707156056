import type {
  Assessment,
  Evaluation,
  TimeRange,
  WindowProvenance,
} from '#libs/detectors/evaluation.ts';
import type { LostRange } from '#libs/windows/lost-ranges.ts';

/** A resource document (stream, baseline, monitor …) as configuration holds it. */
export interface ResourceRecord {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Store revision at which this content was written. */
  readonly revision: number;
  /** `file` while the operator's file names it, `api` otherwise. */
  readonly managedBy: 'file' | 'api';
  readonly document: unknown;
}

/** Provenance of a baseline, without its content. */
export interface BaselineRecord {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the content, lowercase hex. */
  readonly hash: string;
  readonly modelVersion: string | null;
  readonly createdAt: number;
  readonly rows: number;
  readonly timeRange: TimeRange | null;
  readonly source: { readonly uri: string; readonly sha256: string; readonly bytes: number };
  /** Field names and types, warnings of the build, and whatever else a reader should see. */
  readonly summary: unknown;
}

/** Offsets of one partition whose counts are in the panes for good: sorted, disjoint, half-open. */
export interface AppliedRanges {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  readonly ranges: readonly (readonly [from: number, to: number])[];
  /** Counters of the partition that belong to no pane (bad, synthetic, future …). */
  readonly tallies: Readonly<Record<string, number>>;
  /** Offsets that will never be counted. */
  readonly lost?: readonly LostRange[];
}

/** The newest unfinished block of one partition and epoch, kept apart from the panes. */
export interface OpenBlockRecord {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly payload: Uint8Array;
}

export interface PaneRecord {
  /** Start of the pane, milliseconds since 1970. */
  readonly start: number;
  readonly events: number;
  readonly payload: Uint8Array;
}

export interface PaneIndexEntry {
  readonly start: number;
  readonly events: number;
}

/** What an evaluator needs to go on where it, or another one, stopped. */
export interface ProfileState {
  /** Increases with every commit; 0 when nothing was ever stored. */
  readonly version: number;
  readonly applied: readonly AppliedRanges[];
  readonly open: readonly OpenBlockRecord[];
  /** All retained panes, by start, without their counts. */
  readonly panes: readonly PaneIndexEntry[];
}

/** The newest revision published for one window of one monitor. */
export interface PublicationRecord {
  readonly namespace: string;
  readonly monitor: string;
  readonly window: TimeRange;
  readonly revision: number;
  /** Events of the window when it was published; more events later make a new revision. */
  readonly events: number;
  /** What its provenance says; absent where that says nothing. */
  readonly complete?: boolean;
  readonly series?: WindowProvenance['series'];
}

/** A window's publication: one revision with all its assessments. */
export interface Publication extends PublicationRecord {
  readonly publishedAt: number;
  readonly provenance: WindowProvenance;
  readonly assessments: readonly Assessment[];
}

/**
 * Everything one evaluator step changes; stored in one transaction, or not at all. No pane, and no
 * partition and epoch, may be named twice in one list.
 */
export interface ProfileCommit {
  readonly profileId: string;
  /** @throws PLB_STORE_CONFLICT when the stored version is another one. */
  readonly expectedVersion: number;
  /** Panes to write whole. */
  readonly panes: readonly PaneRecord[];
  /** Partitions to write whole, by topic, partition and epoch; other epochs stay as they are. */
  readonly applied: readonly AppliedRanges[];
  /**
   * The newest unfinished block per topic, partition and epoch; `payload: null` removes it. The
   * block of an earlier epoch stays until it is removed.
   */
  readonly open: readonly (
    | OpenBlockRecord
    | (Omit<OpenBlockRecord, 'payload'> & { readonly payload: null })
  )[];
  /** Panes that start before this time are removed, whether stored earlier or by this commit. */
  readonly dropPanesBefore?: number;
  /** In this order; a window's revision must be above the one that it has. */
  readonly publications: readonly Publication[];
}

export type StreamCondition = 'waiting' | 'live' | 'stalled' | 'ended';

/** The state of one stream as its evaluator sees it. */
export interface StreamStatus {
  readonly namespace: string;
  readonly stream: string;
  readonly condition: StreamCondition;
  readonly reason: string;
  /** Since when the condition holds, milliseconds since 1970. */
  readonly since: number;
  readonly watermark: number | null;
  readonly lastEventAt: number | null;
  /** Events counted, bad by reason, synthetic, late, future, lost. */
  readonly tallies: Readonly<Record<string, number>>;
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly applied: number;
    readonly highest: number | null;
    readonly idle: boolean;
    readonly ended: boolean;
    /** Raised when the log began anew. */
    readonly epoch?: number;
    /** Records of the log that are in no counts yet; absent where the log's end is not known. */
    readonly lagRecords?: number;
    /** How long ago the last counted record was written, milliseconds; 0 when none is waiting. */
    readonly lagMs?: number;
  }[];
  readonly updatedAt: number;
}

/** Filters of an evaluation listing; each one narrows. */
export interface EvaluationQuery {
  readonly namespace: string;
  readonly monitor?: string;
  /** `null` asks for the stream-level evaluations. */
  readonly field?: string | null;
  readonly segment?: string | null;
  readonly verdict?: string;
  /** Windows that end after `from` and start before `to`, milliseconds since 1970. */
  readonly from?: number;
  readonly to?: number;
  /** Only the newest revision of each window (the default), or all. */
  readonly revisions?: 'latest' | 'all';
  readonly order?: 'asc' | 'desc';
  readonly limit: number;
  readonly cursor?: string;
  /** Also read the distributions for the plots. */
  readonly detail?: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** The right to be the only one who does something, for a time; both on the store's clock. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /**
   * Above that of every holder before: who receives work of a holder refuses one whose token is
   * below one it has seen.
   */
  readonly token: number;
  /** Milliseconds since 1970 on the store's clock, which no process should compare with its own. */
  readonly expiresAt: number;
}

export interface LeaseRequest {
  readonly name: string;
  /** Who asks, for people who look. */
  readonly holder: string;
  readonly ttlMs: number;
}

/** Something to be done by one process. */
export interface WorkItem {
  /** JSON. */
  readonly payload: unknown;
  /** Time until it can first be claimed; 0 unless given. */
  readonly delayMs?: number;
}

export interface ClaimRequest {
  readonly queue: string;
  /** Who asks, for people who look. */
  readonly holder: string;
  /** Most items to claim. */
  readonly limit: number;
  /** Time after which others may claim what was neither completed nor released. */
  readonly leaseMs: number;
}

/** An item that one process has to itself until it completes or releases it, or time is up. */
export interface WorkClaim {
  readonly queue: string;
  readonly id: number;
  /** How often the item was claimed, this time included; an older claim of it no longer counts. */
  readonly token: number;
  /** On the store's clock. */
  readonly expiresAt: number;
  readonly payload: unknown;
}

/** What happened, for live pages: sent after the commit that made it true. */
export type StoreEvent =
  | { readonly kind: 'published'; readonly publication: PublicationRecord }
  | { readonly kind: 'stream'; readonly status: StreamStatus }
  | { readonly kind: 'resources'; readonly revision: number };

/**
 * Configuration, baselines, panes, applied ranges, evaluations, leases and work. Every adapter passes
 * `contract.ts`; nothing above this port knows which one it has.
 */
export interface Store {
  readonly kind: 'sqlite' | 'postgres';

  /** Monotone number that every change of a resource increases. */
  configRevision(): Promise<number>;
  listResources(kind?: string): Promise<readonly ResourceRecord[]>;
  /**
   * Makes the file-managed resources equal to `documents` in one transaction: writes what differs,
   * removes file-managed ones that are no longer named, leaves what the API created unless it is
   * named: then it becomes file-managed. Documents differ when their JSON does, whatever the order
   * of their keys. Answers the revision, unchanged when nothing differed.
   * @throws PLB_CONFIG_INVALID when a kind, namespace and name come twice
   */
  replaceFileResources(
    documents: readonly Pick<ResourceRecord, 'kind' | 'namespace' | 'name' | 'document'>[],
  ): Promise<number>;

  /**
   * Stores a baseline. The same name, version and hash again changes nothing. Content is kept once
   * per hash, which the store takes as given.
   * @throws PLB_BASELINE_EXISTS when the version exists with another hash.
   */
  putBaseline(record: BaselineRecord, content: Uint8Array): Promise<void>;
  /** All versions by name, within a name the last created first. */
  listBaselines(namespace: string): Promise<readonly BaselineRecord[]>;
  /** `undefined` when there is none; without a version the last created one. */
  findBaseline(
    key: { readonly namespace: string; readonly name: string },
    version?: string,
  ): Promise<BaselineRecord | undefined>;
  /** @throws PLB_BASELINE_NOT_FOUND */
  baselineContent(hash: string): Promise<Uint8Array>;

  profileState(profileId: string): Promise<ProfileState>;
  /** Panes that start in [range.start, range.end), by start. */
  panes(profileId: string, range: TimeRange): Promise<readonly PaneRecord[]>;
  /**
   * Answers the new version, once all of it is durable. The payloads belong to the store until then:
   * they must not change. Calls of one process for one profile take effect in their order.
   * @throws PLB_STORE_CONFLICT when the stored version is another one, or a window has been
   *   published with that revision or a higher one (by another profile of its monitor)
   * @throws PLB_STORE_FULL with nothing of it stored
   * @throws PLB_STORE_UNAVAILABLE with nothing of it stored; or, when the connection to the database
   *   broke while it was being made durable, with all of it: `profileState` tells
   */
  commitProfile(commit: ProfileCommit): Promise<number>;

  /** The newest publication of each window of a monitor that ends after `from`, by start. */
  publications(
    monitor: { readonly namespace: string; readonly name: string },
    from?: number,
  ): Promise<readonly PublicationRecord[]>;
  /**
   * Pages in the order of window end, window start, monitor, segment, field and revision, newest
   * windows first unless asked otherwise. What is published between two pages neither repeats nor
   * hides anything; a window restated meanwhile keeps its place.
   * @throws PLB_QUERY_INVALID for a damaged cursor, one of other filters, or a limit that is no
   *   integer from 1 to 10,000
   */
  evaluations(query: EvaluationQuery): Promise<Page<Evaluation>>;
  /**
   * Newest window's (latest end, then latest start) newest revision per monitor, field and segment,
   * without detail. Reads as many rows as there are such units, however long the history.
   */
  latestEvaluations(namespace: string): Promise<readonly Evaluation[]>;
  /**
   * Removes a monitor's windows that ended before the time with all their revisions; answers how
   * many evaluations. Goes in steps, so that commits come through; each step is one transaction.
   */
  pruneEvaluations(
    monitor: { readonly namespace: string; readonly name: string },
    before: number,
  ): Promise<number>;

  /**
   * Stores the state of a stream as one part of its evaluation knows it, such as one profile; a
   * part's last status replaces the one before.
   */
  putStreamStatus(status: StreamStatus, part?: string): Promise<void>;
  /**
   * By stream, that of the part that is behind the others: an unfinished one before an `ended` one,
   * then the one with the fewest offsets applied. A part that was last heard of more than a minute
   * before another one is gone and does not count.
   */
  listStreamStatus(namespace: string): Promise<readonly StreamStatus[]>;

  /**
   * Takes a lease that is free: never taken, released, or expired. Its holder has to renew it in
   * time, too: asking again answers `undefined` as for anybody else.
   */
  acquireLease(request: LeaseRequest): Promise<Lease | undefined>;
  /**
   * Prolongs a lease, counted from now; `undefined` when it was released or somebody else has had
   * it since. One that is overdue but that nobody else took is prolonged.
   */
  renewLease(lease: Lease, ttlMs: number): Promise<Lease | undefined>;
  /** Lets others have the lease at once; answers whether it still was the caller's. */
  releaseLease(lease: Lease): Promise<boolean>;

  /** Appends items to a queue, all of them or none. */
  enqueue(queue: string, items: readonly WorkItem[]): Promise<void>;
  /**
   * Claims the items that have been waiting longest. No two claims of an item hold at the same time;
   * one whose holder was not heard of in time is claimed anew. Answers them in the order in which
   * they were appended; none at once when nothing is waiting.
   */
  claim(request: ClaimRequest): Promise<readonly WorkClaim[]>;
  /** Removes the item, done; answers `false` when the claim no longer holds, which changes nothing. */
  completeClaim(claim: WorkClaim): Promise<boolean>;
  /** Gives the item back, to be claimed after a time; `false` when the claim no longer holds. */
  releaseClaim(claim: WorkClaim, retryInMs: number): Promise<boolean>;
  /** Items of a queue that are not completed: waiting, delayed and claimed ones. */
  countWork(queue: string): Promise<number>;

  /**
   * Events of this process's own commits, in commit order, when they can already be read. What a
   * listener throws is reported as a process warning. Answers how to stop.
   */
  subscribe(listener: (event: StoreEvent) => void): () => void;
  /** Proves that the store answers and can write. */
  ping(): Promise<void>;
  /**
   * Finishes running work and releases everything. Safe to call twice; every other call afterwards
   * fails with PLB_STORE_UNAVAILABLE.
   */
  close(): Promise<void>;
}
