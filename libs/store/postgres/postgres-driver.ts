import type { Driver, TransactionSettings } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { PostgresConnection } from './postgres-connection.ts';
import { PostgresFailure, type PostgresPlace } from './postgres-failure.ts';

/** Connections of a pool; those on which something broke do not go back to it. */
export class PostgresDriver implements Driver {
  readonly #pool: Pool;
  readonly #place: PostgresPlace;

  constructor(pool: Pool, place: PostgresPlace) {
    this.#pool = pool;
    this.#place = place;
  }

  async init(): Promise<void> {}

  /** @throws PLB_STORE_UNAVAILABLE when none can be made, or none is free in time */
  async acquireConnection(): Promise<PostgresConnection> {
    let client: PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      throw new PostgresFailure(this.#place, error);
    }
    return new PostgresConnection(client, this.#place);
  }

  async beginTransaction(
    connection: PostgresConnection,
    { isolationLevel }: TransactionSettings,
  ): Promise<void> {
    connection.begin(
      isolationLevel === undefined ? 'begin' : `begin isolation level ${isolationLevel}`,
    );
  }

  async commitTransaction(connection: PostgresConnection): Promise<void> {
    await connection.commit();
  }

  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    await connection.rollback();
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}
