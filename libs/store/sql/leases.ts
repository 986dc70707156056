import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Lease, LeaseRequest } from '../port.ts';
import type { StoreSchema } from './schema.ts';

/** The database's own time in milliseconds since 1970, as an expression. */
export type DatabaseClock = RawBuilder<number>;

/** See `Store.acquireLease`. */
export async function acquireLease(
  db: Kysely<StoreSchema>,
  { name, holder, ttlMs }: LeaseRequest,
  clock: DatabaseClock,
): Promise<Lease | undefined> {
  const expires = sql<number>`${clock} + ${ttlMs}`;
  const row = await db
    .insertInto('leases')
    .values({ name, holder, token: 1, expires_at: expires })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet((eb) => ({
          holder,
          token: eb('leases.token', '+', 1),
          // Not `excluded`: that was computed before the row's lock was waited for.
          expires_at: expires,
        }))
        .where('leases.expires_at', '<=', clock),
    )
    .returning(['token', 'expires_at'])
    .executeTakeFirst();
  return row && { name, holder, token: row.token, expiresAt: row.expires_at };
}

/** See `Store.renewLease`. */
export async function renewLease(
  db: Kysely<StoreSchema>,
  { lease, ttlMs }: { readonly lease: Lease; readonly ttlMs: number },
  clock: DatabaseClock,
): Promise<Lease | undefined> {
  const row = await db
    .updateTable('leases')
    .set({ expires_at: sql<number>`${clock} + ${ttlMs}` })
    .where('name', '=', lease.name)
    .where('token', '=', lease.token)
    .where('holder', 'is not', null)
    .returning('expires_at')
    .executeTakeFirst();
  return row && { ...lease, expiresAt: row.expires_at };
}

/** See `Store.releaseLease`. */
export async function releaseLease(
  db: Kysely<StoreSchema>,
  { name, token }: Lease,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('leases')
    .set({ holder: null, expires_at: 0 })
    .where('name', '=', name)
    .where('token', '=', token)
    .where('holder', 'is not', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}
