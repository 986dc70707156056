import type { Driver } from 'kysely';
import { CommitGroup } from './commit-group.ts';
import { FifoLock } from './fifo-lock.ts';
import type { RunResult, Statement } from './protocol.ts';
import { QueryConnection } from './query-connection.ts';
import { SqliteFailure } from './sqlite-failure.ts';
import type { WorkerDatabase } from './worker-database.ts';

/** Transactions in one COMMIT at most: bounds how long the first of them waits for the disk. */
const MAX_GROUP = 64;

/**
 * The only writer of a file. Transactions run one after the other, each inside a savepoint of one
 * SQLite transaction, which is committed as soon as nobody waits for a turn: while one COMMIT
 * waits for the disk, those who come meanwhile gather for the next. A transaction is answered only
 * after that COMMIT, a failed one too, as it may have failed over what was not durable yet.
 */
export class WriterDriver implements Driver {
  readonly #database: WorkerDatabase;
  readonly #lock = new FifoLock();
  #group: CommitGroup | undefined;

  constructor(database: WorkerDatabase) {
    this.#database = database;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<WriterTurn> {
    await this.#lock.acquire();
    return new WriterTurn(this.#database, this);
  }

  async beginTransaction(turn: WriterTurn): Promise<void> {
    // Sent along with the first statement: a message to the thread and back costs more than this.
    turn.before =
      this.#group === undefined ? 'BEGIN IMMEDIATE; SAVEPOINT member' : 'SAVEPOINT member';
    this.#group ??= new CommitGroup();
    turn.group = this.#group;
  }

  async commitTransaction(turn: WriterTurn): Promise<void> {
    const group = turn.group;
    if (group === undefined || group !== this.#group) return this.#leave(turn);
    const last = this.#lock.waiting === 0 || group.members + 1 >= MAX_GROUP;
    try {
      await this.#control([turn.takeBefore(), 'RELEASE member', last ? 'COMMIT' : null]);
      if (last) {
        this.#group = undefined;
        group.succeed();
      }
    } catch (error) {
      await this.#abandon(error);
    }
    return this.#leave(turn);
  }

  async rollbackTransaction(turn: WriterTurn): Promise<void> {
    // Nothing is left to undo when the error came from COMMIT or ended the whole transaction.
    if (turn.group === undefined) return;
    if (turn.group === this.#group) {
      try {
        await this.#control([turn.takeBefore(), 'ROLLBACK TO member', 'RELEASE member']);
        if (this.#lock.waiting === 0) await this.commitGroup();
      } catch (error) {
        // What cannot be undone alone is undone with the whole group.
        await this.#abandon(error);
      }
    }
    // The error that caused the rollback is the one to report.
    await this.#leave(turn).catch(() => {});
  }

  async releaseConnection(turn: WriterTurn): Promise<void> {
    if (turn.released) return;
    turn.released = true;
    // A turn that began nothing may have been the one for which a group was left open.
    if (this.#lock.waiting === 0) await this.commitGroup();
    this.#lock.release();
  }

  async destroy(): Promise<void> {
    await this.#lock.acquire();
    await this.commitGroup();
    await this.#database.close();
  }

  /** Makes the open group durable; its members learn the outcome, this never throws. */
  async commitGroup(): Promise<void> {
    const group = this.#group;
    if (group === undefined) return;
    try {
      await this.#database.script('COMMIT');
      this.#group = undefined;
      group.succeed();
    } catch (error) {
      await this.#abandon(error);
    }
  }

  /** Some errors (a full disk, an I/O error) roll the whole transaction back by themselves. */
  noticeFailure(error: unknown): void {
    if (!(error instanceof SqliteFailure) || error.inTransaction) return;
    this.#group?.fail(error);
    this.#group = undefined;
  }

  async #control(steps: readonly (string | null)[]): Promise<void> {
    await this.#database.script(steps.filter((step) => step !== null).join('; '));
  }

  /** Undoes the whole group. */
  async #abandon(error: unknown): Promise<void> {
    this.#group?.fail(error);
    this.#group = undefined;
    if (!(error instanceof SqliteFailure) || !error.inTransaction) return;
    // If even this fails, the next BEGIN reports it.
    await this.#database.script('ROLLBACK').catch(() => {});
  }

  /** Hands the turn on, then waits for the outcome: it may depend on those who come next. */
  async #leave(turn: WriterTurn): Promise<void> {
    const group = turn.group;
    if (group === undefined) return;
    turn.group = undefined;
    group.add();
    turn.released = true;
    this.#lock.release();
    await group.outcome;
  }
}

/** One turn at the writer: a transaction, or single statements. */
export class WriterTurn extends QueryConnection {
  readonly #driver: WriterDriver;
  group: CommitGroup | undefined;
  released = false;
  /** Transaction control that the next statement takes along. */
  before: string | null = null;

  constructor(database: WorkerDatabase, driver: WriterDriver) {
    super(database);
    this.#driver = driver;
  }

  takeBefore(): string | null {
    const before = this.before;
    this.before = null;
    return before;
  }

  protected override async send(statements: readonly Statement[]): Promise<RunResult> {
    // A single statement is answered when it is durable: it must not slip into an open group.
    if (this.group === undefined) await this.#driver.commitGroup();
    try {
      return await this.database.run(statements, this.takeBefore());
    } catch (error) {
      if (this.group !== undefined) this.#driver.noticeFailure(error);
      throw error;
    }
  }
}
