import type { Kysely } from 'kysely';
import { addToCounter } from './counters.ts';
import type { StoreSchema } from './schema.ts';

/** Windows removed in one transaction: commits of evaluators come through in between. */
const WINDOWS_PER_STEP = 50;

/**
 * Removes the oldest windows of a monitor that ended before the time, all revisions of each, up to
 * a bounded number; `done` says whether none is left.
 */
export async function pruneStep(
  trx: Kysely<StoreSchema>,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  before: number,
): Promise<{ readonly removed: number; readonly done: boolean }> {
  // Publishers take this lock first, too: no window is restated while it is being removed.
  await addToCounter(trx, { name: 'publication', by: 0 });
  const windows = await trx
    .selectFrom('publications')
    .select(['namespace', 'monitor', 'window_end', 'window_start'])
    .where('namespace', '=', namespace)
    .where('monitor', '=', name)
    .where('window_end', '<', before)
    .where('latest', '=', 1)
    .orderBy('window_end')
    .limit(WINDOWS_PER_STEP)
    .execute();
  let removed = 0;
  for (const window of windows) {
    const { numDeletedRows } = await trx
      .deleteFrom('evaluations')
      .where((eb) => eb.and(window))
      .executeTakeFirstOrThrow();
    removed += Number(numDeletedRows);
    for (const table of ['evaluation_heads', 'publications'] as const) {
      await trx
        .deleteFrom(table)
        .where((eb) => eb.and(window))
        .execute();
    }
  }
  return { removed, done: windows.length < WINDOWS_PER_STEP };
}
