import type { Kysely, Transaction } from 'kysely';
import type { Evaluation, TimeRange } from '#libs/detectors/evaluation.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type {
  BaselineRecord,
  ClaimRequest,
  EvaluationQuery,
  Lease,
  LeaseRequest,
  Page,
  PaneRecord,
  ProfileCommit,
  ProfileState,
  PublicationRecord,
  ResourceRecord,
  Store,
  StoreEvent,
  StreamStatus,
  WorkClaim,
  WorkItem,
} from '../port.ts';
import * as baselines from './baselines.ts';
import { addToCounter, readCounter } from './counters.ts';
import * as evaluations from './evaluations.ts';
import { EventSequence } from './event-sequence.ts';
import * as leases from './leases.ts';
import * as profiles from './profiles.ts';
import { pruneStep } from './prune-evaluations.ts';
import { publishStatements } from './publish.ts';
import { runAll } from './query-batch.ts';
import * as resources from './resources.ts';
import type { StoreSchema } from './schema.ts';
import * as streams from './streams.ts';
import * as work from './work-queue.ts';

/** What a database adapter brings: where to read, how to write, and how to let go. */
export interface SqlDatabase {
  readonly kind: Store['kind'];
  readonly reader: Kysely<StoreSchema>;
  /** The database's own time. */
  readonly clock: leases.DatabaseClock;
  /** Whether several transactions write at a time, so that rows are locked. */
  readonly concurrentWriters: boolean;
  /**
   * Runs one transaction; the body may be run again where trying again helps. Those of the same key
   * take effect in the order of the calls.
   */
  transact<T>(body: TransactionBody<T>, key?: string): Promise<T>;
  close(): Promise<void>;
}

export type TransactionBody<T> = (trx: Transaction<StoreSchema>) => Promise<T>;

interface Written<T> {
  readonly answer: T;
  readonly events?: readonly StoreEvent[];
}

/** The store on any SQL database with a Kysely dialect, its tables already migrated. */
export class SqlStore implements Store {
  readonly kind: Store['kind'];
  readonly #database: SqlDatabase;
  readonly #events = new EventSequence();
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(database: SqlDatabase) {
    this.kind = database.kind;
    this.#database = database;
  }

  configRevision(): Promise<number> {
    return this.#read((db) => readCounter(db, 'config_revision'));
  }

  listResources(kind?: string): Promise<readonly ResourceRecord[]> {
    return this.#read((db) => resources.listResources(db, kind));
  }

  replaceFileResources(documents: readonly resources.FileDocument[]): Promise<number> {
    return this.#write(async (trx) => {
      const { revision, changed } = await resources.replaceFileResources(trx, documents);
      return { answer: revision, events: changed ? [{ kind: 'resources', revision }] : [] };
    });
  }

  putBaseline(record: BaselineRecord, content: Uint8Array): Promise<void> {
    return this.#run(async () => {
      const encoded = await baselines.encodeContent(content);
      await this.#transact(async (trx) => ({
        answer: await baselines.putBaseline(trx, record, encoded),
      }));
    });
  }

  listBaselines(namespace: string): Promise<readonly BaselineRecord[]> {
    return this.#read((db) => baselines.listBaselines(db, namespace));
  }

  findBaseline(
    key: { readonly namespace: string; readonly name: string },
    version?: string,
  ): Promise<BaselineRecord | undefined> {
    return this.#read((db) => baselines.findBaseline(db, key, version));
  }

  baselineContent(hash: string): Promise<Uint8Array> {
    return this.#read((db) => baselines.baselineContent(db, hash));
  }

  profileState(profileId: string): Promise<ProfileState> {
    return this.#read((db) =>
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute((trx) => profiles.readProfileState(trx, profileId)),
    );
  }

  panes(profileId: string, range: TimeRange): Promise<readonly PaneRecord[]> {
    return this.#read((db) => profiles.readPanes(db, profileId, range));
  }

  commitProfile(commit: ProfileCommit): Promise<number> {
    return this.#write(
      async (trx) => {
        const version = await profiles.advanceVersion(trx, commit);
        await runAll(trx, [
          ...(await publishStatements(trx, commit.publications)),
          ...profiles.profileStatements(trx, commit),
        ]);
        return {
          answer: version,
          events: commit.publications.map(({ namespace, monitor, window, revision, events }) => ({
            kind: 'published',
            publication: { namespace, monitor, window, revision, events },
          })),
        };
      },
      JSON.stringify(['profile', commit.profileId]),
    );
  }

  publications(
    monitor: { readonly namespace: string; readonly name: string },
    from?: number,
  ): Promise<readonly PublicationRecord[]> {
    return this.#read((db) => evaluations.listPublications(db, monitor, from));
  }

  evaluations(query: EvaluationQuery): Promise<Page<Evaluation>> {
    return this.#read((db) => evaluations.listEvaluations(db, query));
  }

  latestEvaluations(namespace: string): Promise<readonly Evaluation[]> {
    return this.#read((db) => evaluations.latestEvaluations(db, namespace));
  }

  pruneEvaluations(
    monitor: { readonly namespace: string; readonly name: string },
    before: number,
  ): Promise<number> {
    return this.#run(async () => {
      let removed = 0;
      for (let done = false; !done; ) {
        const step = await this.#transact(async (trx) => ({
          answer: await pruneStep(trx, monitor, before),
        }));
        removed += step.removed;
        done = step.done;
      }
      return removed;
    });
  }

  putStreamStatus(status: StreamStatus, part = ''): Promise<void> {
    return this.#write(
      async (trx) => {
        const folded = await streams.putStreamStatus(trx, status, part);
        return { answer: undefined, events: [{ kind: 'stream', status: folded }] };
      },
      JSON.stringify(['stream', status.namespace, status.stream]),
    );
  }

  listStreamStatus(namespace: string): Promise<readonly StreamStatus[]> {
    return this.#read((db) => streams.listStreamStatus(db, namespace));
  }

  acquireLease(request: LeaseRequest): Promise<Lease | undefined> {
    return this.#change((trx) => leases.acquireLease(trx, request, this.#database.clock));
  }

  renewLease(lease: Lease, ttlMs: number): Promise<Lease | undefined> {
    return this.#change((trx) => leases.renewLease(trx, { lease, ttlMs }, this.#database.clock));
  }

  releaseLease(lease: Lease): Promise<boolean> {
    return this.#change((trx) => leases.releaseLease(trx, lease));
  }

  enqueue(queue: string, items: readonly WorkItem[]): Promise<void> {
    return this.#change((trx) => work.enqueue(trx, { queue, items }, this.#database.clock));
  }

  claim(request: ClaimRequest): Promise<readonly WorkClaim[]> {
    const { clock, concurrentWriters: skipLocked } = this.#database;
    return this.#change((trx) => work.claim(trx, { ...request, clock, skipLocked }));
  }

  completeClaim(claim: WorkClaim): Promise<boolean> {
    return this.#change((trx) => work.completeClaim(trx, claim));
  }

  releaseClaim(claim: WorkClaim, retryInMs: number): Promise<boolean> {
    return this.#change((trx) =>
      work.releaseClaim(trx, { claim, retryInMs }, this.#database.clock),
    );
  }

  countWork(queue: string): Promise<number> {
    return this.#read((db) => work.countWork(db, queue));
  }

  subscribe(listener: (event: StoreEvent) => void): () => void {
    return this.#events.subscribe(listener);
  }

  async ping(): Promise<void> {
    await this.#write(async (trx) => ({
      answer: await addToCounter(trx, { name: 'ping', by: 1 }),
    }));
    await this.#read((db) => readCounter(db, 'ping'));
  }

  close(): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#running).then(() => this.#database.close());
    return this.#closing;
  }

  #read<T>(body: (db: Kysely<StoreSchema>) => Promise<T>): Promise<T> {
    return this.#run(() => body(this.#database.reader));
  }

  #write<T>(
    body: (trx: Transaction<StoreSchema>) => Promise<Written<T>>,
    key?: string,
  ): Promise<T> {
    return this.#run(() => this.#transact(body, key));
  }

  /** A change that is no event. */
  #change<T>(body: TransactionBody<T>): Promise<T> {
    return this.#run(() => this.#database.transact(body));
  }

  async #transact<T>(body: TransactionBody<Written<T>>, key?: string): Promise<T> {
    let settle: ((events: readonly StoreEvent[]) => void) | undefined;
    try {
      const { answer, events } = await this.#database.transact(async (trx) => {
        // The place of an attempt before this one stays empty.
        settle?.([]);
        settle = undefined;
        const written = await body(trx);
        settle = this.#events.reserve();
        return written;
      }, key);
      settle?.(events ?? []);
      return answer;
    } catch (error) {
      settle?.([]);
      throw error;
    }
  }

  /** Refuses after `close`, which waits for what was let in before. */
  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) {
      throw new PlumblineError(
        'PLB_STORE_UNAVAILABLE',
        'Cannot use the store: it must be open, got one that is closed or closing.',
      );
    }
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}
