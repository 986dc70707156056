import { type Kysely, sql } from 'kysely';
import type { ClaimRequest, WorkClaim, WorkItem } from '../port.ts';
import { chunks } from './chunks.ts';
import { addToCounter } from './counters.ts';
import type { DatabaseClock } from './leases.ts';
import type { StoreSchema } from './schema.ts';

const ROWS_PER_STATEMENT = 100;

/**
 * Appends items to a queue, as part of whatever else the transaction writes. Their ids follow each
 * other in commit order: the counter's lock is held until the transaction ends.
 */
export async function enqueue(
  trx: Kysely<StoreSchema>,
  { queue, items }: { readonly queue: string; readonly items: readonly WorkItem[] },
  clock: DatabaseClock,
): Promise<void> {
  if (items.length === 0) return;
  const last = await addToCounter(trx, { name: 'work_item', by: items.length });
  const rows = items.map(({ payload, delayMs = 0 }, i) => ({
    id: last - items.length + 1 + i,
    queue,
    available_at: sql<number>`${clock} + ${delayMs}`,
    claims: 0,
    holder: null,
    payload: JSON.stringify(payload) ?? 'null',
  }));
  for (const part of chunks(rows, ROWS_PER_STATEMENT)) {
    await trx.insertInto('work_items').values(part).execute();
  }
}

/** See `Store.claim`. */
export async function claim(
  db: Kysely<StoreSchema>,
  request: DatabaseClaimRequest,
): Promise<readonly WorkClaim[]> {
  const rows = await claimingUpdate(db, request).execute();
  return rows
    .sort((a, b) => a.id - b.id)
    .map(({ payload, ...row }) => ({
      queue: request.queue,
      ...row,
      payload: JSON.parse(payload) as unknown,
    }));
}

export interface DatabaseClaimRequest extends ClaimRequest {
  readonly clock: DatabaseClock;
  /**
   * Passes over rows that another transaction is just claiming: for databases in which several
   * transactions write at a time.
   */
  readonly skipLocked: boolean;
}

/** The statement behind `claim`. */
export function claimingUpdate(
  db: Kysely<StoreSchema>,
  { queue, holder, limit, leaseMs, clock, skipLocked }: DatabaseClaimRequest,
) {
  return (
    db
      // In an expression of its own: within IN a planner may run it more than once.
      .with('picked', (cte) => {
        const oldest = cte
          .selectFrom('work_items')
          .select('id')
          .where('queue', '=', queue)
          // As a subquery it is asked once, so that an index can be searched for it.
          .where('available_at', '<=', sql<number>`(select ${clock})`)
          .orderBy('available_at')
          .orderBy('id')
          .limit(limit);
        return skipLocked ? oldest.forUpdate().skipLocked() : oldest;
      })
      .updateTable('work_items')
      .from('picked')
      .set((eb) => ({
        available_at: sql<number>`${clock} + ${leaseMs}`,
        claims: eb('work_items.claims', '+', 1),
        holder,
      }))
      .whereRef('work_items.id', '=', 'picked.id')
      .returning([
        'work_items.id as id',
        'work_items.claims as token',
        'work_items.available_at as expiresAt',
        'work_items.payload as payload',
      ])
  );
}

/** See `Store.completeClaim`. */
export async function completeClaim(
  db: Kysely<StoreSchema>,
  { id, token }: WorkClaim,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('work_items')
    .where('id', '=', id)
    .where('claims', '=', token)
    .where('holder', 'is not', null)
    .executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}

/** See `Store.releaseClaim`. */
export async function releaseClaim(
  db: Kysely<StoreSchema>,
  { claim: { id, token }, retryInMs }: { readonly claim: WorkClaim; readonly retryInMs: number },
  clock: DatabaseClock,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('work_items')
    .set({ available_at: sql<number>`${clock} + ${retryInMs}`, holder: null })
    .where('id', '=', id)
    .where('claims', '=', token)
    .where('holder', 'is not', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** See `Store.countWork`. */
export async function countWork(db: Kysely<StoreSchema>, queue: string): Promise<number> {
  const { items } = await db
    .selectFrom('work_items')
    .select((eb) => eb.fn.countAll<number>().as('items'))
    .where('queue', '=', queue)
    .executeTakeFirstOrThrow();
  return items;
}
