import type { Kysely } from 'kysely';
import type { StreamStatus } from '../port.ts';
import type { StoreSchema } from './schema.ts';

/** See `Store.putStreamStatus`. */
export async function putStreamStatus(
  trx: Kysely<StoreSchema>,
  status: StreamStatus,
): Promise<void> {
  await trx
    .insertInto('stream_status')
    .values({
      namespace: status.namespace,
      stream: status.stream,
      status: JSON.stringify(status),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['namespace', 'stream'])
        .doUpdateSet((eb) => ({ status: eb.ref('excluded.status') })),
    )
    .execute();
}

/** See `Store.listStreamStatus`. */
export async function listStreamStatus(
  db: Kysely<StoreSchema>,
  namespace: string,
): Promise<readonly StreamStatus[]> {
  const rows = await db
    .selectFrom('stream_status')
    .select('status')
    .where('namespace', '=', namespace)
    .orderBy('stream')
    .execute();
  return rows.map((row) => JSON.parse(row.status));
}
