import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import type { QueryResult as PgResult, PoolClient } from 'pg';
import { queriesOf } from '../sql/query-batch.ts';
import { PostgresFailure, type PostgresPlace } from './postgres-failure.ts';

const CHANGES = new Set(['INSERT', 'UPDATE', 'DELETE']);

/** One connection while somebody has it: runs Kysely's queries, several at once if they are a batch. */
export class PostgresConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  readonly #place: PostgresPlace;
  /** What ended the connection while no query was running. */
  #ended: unknown;
  #lost = false;
  /** A statement to send along with the next one: it costs no round trip of its own. */
  #before: string | undefined;

  constructor(client: PoolClient, place: PostgresPlace) {
    this.#client = client;
    this.#place = place;
    client.on('error', this.#onError);
  }

  /** Begins a transaction with the next query. */
  begin(statement: string): void {
    this.#before = statement;
  }

  async commit(): Promise<void> {
    if (this.#takeBefore() !== undefined) return;
    const [result] = await this.#send([{ text: 'commit', values: [] }]);
    if (result?.command === 'COMMIT') return;
    // The server undoes a transaction in which a statement failed, and calls that a success.
    throw new Error('Cannot commit: every statement must have succeeded, one had failed.');
  }

  async rollback(): Promise<void> {
    if (this.#takeBefore() !== undefined || this.#lost) return;
    // The error that caused this is the one to report; without a rollback the connection is lost.
    await this.#send([{ text: 'rollback', values: [] }]).catch(() => {
      this.#lost = true;
    });
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const before = this.#takeBefore();
    const queries = queriesOf(query).map(({ sql, parameters }) => ({
      text: sql,
      values: parameters.map(toParameter),
    }));
    const results = await this.#send(
      before === undefined ? queries : [{ text: before, values: [] }, ...queries],
    );
    const { command = '', rowCount = 0, rows = [] } = results.at(-1) ?? {};
    return {
      rows,
      ...(CHANGES.has(command) && { numAffectedRows: BigInt(rowCount ?? 0) }),
    };
  }

  streamQuery(): never {
    throw new Error('Streaming is not used: pages are read one by one.');
  }

  release(): void {
    this.#client.release(this.#lost);
    // Not before the pool has a listener of its own: an error without any would end the process.
    this.#client.off('error', this.#onError);
  }

  /** Sends all of them, then waits for the answers; the first failure is the one to report. */
  async #send(
    queries: readonly { readonly text: string; readonly values: unknown[] }[],
  ): Promise<readonly PgResult[]> {
    const { stream } = this.#client.connection;
    stream.cork();
    const sent = queries.map((query) => this.#client.query(query));
    stream.uncork();
    const outcomes = await Promise.allSettled(sent);
    const results: PgResult[] = [];
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') throw this.#failure(outcome.reason);
      results.push(outcome.value);
    }
    return results;
  }

  #takeBefore(): string | undefined {
    const before = this.#before;
    this.#before = undefined;
    return before;
  }

  #failure(error: unknown): Error {
    // A value that this side could not write or read: a defect, of no matter to the connection.
    if (error instanceof RangeError || error instanceof TypeError) return error;
    const failure = new PostgresFailure(this.#place, this.#ended ?? error);
    this.#lost ||= failure.connectionLost;
    return failure;
  }

  readonly #onError = (error: unknown): void => {
    this.#ended ??= error;
    this.#lost = true;
  };
}

function toParameter(value: unknown): unknown {
  switch (typeof value) {
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    case 'string':
      // The one character that PostgreSQL's text cannot hold; JSON never has it unescaped.
      return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
    default:
      if (value === null || value instanceof Uint8Array) return value;
      throw new TypeError(`Cannot bind a parameter of type ${typeof value}.`);
  }
}
