import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import { queriesOf } from '../sql/query-batch.ts';
import type { RunResult, SqlValue, Statement } from './protocol.ts';
import type { WorkerDatabase } from './worker-database.ts';

/** Runs Kysely's queries on a worker and turns the answers into Kysely's rows. */
export class QueryConnection implements DatabaseConnection {
  readonly database: WorkerDatabase;

  constructor(database: WorkerDatabase) {
    this.database = database;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { columns, rows, changes } = await this.send(queriesOf(query).map(toStatement));
    if (columns.length === 0) return { rows: [], numAffectedRows: BigInt(changes) };
    return {
      rows: rows.map(
        (row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])) as R,
      ),
    };
  }

  streamQuery(): never {
    throw new Error('Streaming is not used: pages are read one by one.');
  }

  protected send(statements: readonly Statement[]): Promise<RunResult> {
    return this.database.run(statements);
  }
}

function toStatement({ sql, parameters }: CompiledQuery): Statement {
  return { sql, parameters: parameters.map(toSqlValue) };
}

function toSqlValue(value: unknown): SqlValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    default:
      if (value === null || value instanceof Uint8Array) return value;
      throw new TypeError(`Cannot bind a parameter of type ${typeof value}.`);
  }
}
