import type { Kysely } from 'kysely';
import type { CounterName, StoreSchema } from './schema.ts';

/** Current value of a counter. */
export async function readCounter(db: Kysely<StoreSchema>, name: CounterName): Promise<number> {
  const row = await db
    .selectFrom('counters')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return row.value;
}

/**
 * Adds to a counter and answers its new value. Adding 0 takes the row's lock for the rest of the
 * transaction where a database locks rows, so that read and write are one step for other writers.
 */
export async function addToCounter(
  db: Kysely<StoreSchema>,
  { name, by }: { readonly name: CounterName; readonly by: number },
): Promise<number> {
  const row = await db
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', by) }))
    .where('name', '=', name)
    .returning('value')
    .executeTakeFirstOrThrow();
  return row.value;
}
