import type { Kysely } from 'kysely';
import type { StreamStatus } from '../port.ts';
import type { StoreSchema } from './schema.ts';

/** A part that was not heard of for so long behind another one is gone: it speaks no more. */
const SILENT_MS = 60_000;

/** See `Store.putStreamStatus`; answers what the stream's status is now. */
export async function putStreamStatus(
  trx: Kysely<StoreSchema>,
  status: StreamStatus,
  part: string,
): Promise<StreamStatus> {
  const { namespace, stream, updatedAt } = status;
  await trx
    .deleteFrom('stream_parts')
    .where('namespace', '=', namespace)
    .where('stream', '=', stream)
    .where('updated_at', '<', updatedAt - SILENT_MS)
    .execute();
  await trx
    .insertInto('stream_parts')
    .values({ namespace, stream, part, updated_at: updatedAt, status: JSON.stringify(status) })
    .onConflict((conflict) =>
      conflict.columns(['namespace', 'stream', 'part']).doUpdateSet((eb) => ({
        updated_at: eb.ref('excluded.updated_at'),
        status: eb.ref('excluded.status'),
      })),
    )
    .execute();
  const rows = await trx
    .selectFrom('stream_parts')
    .select('status')
    .where('namespace', '=', namespace)
    .where('stream', '=', stream)
    .orderBy('part')
    .execute();
  return slowest(rows.map((row) => JSON.parse(row.status)));
}

/** See `Store.listStreamStatus`. */
export async function listStreamStatus(
  db: Kysely<StoreSchema>,
  namespace: string,
): Promise<readonly StreamStatus[]> {
  const rows = await db
    .selectFrom('stream_parts')
    .select('status')
    .where('namespace', '=', namespace)
    .orderBy('stream')
    .orderBy('part')
    .execute();
  const parts = rows.map((row): StreamStatus => JSON.parse(row.status));
  return [...Map.groupBy(parts, ({ stream }) => stream).values()].map(slowest);
}

/** Of those heard of lately the one that is behind the others, so that `ended` is said by all. */
function slowest(parts: readonly StreamStatus[]): StreamStatus {
  const newest = Math.max(...parts.map(({ updatedAt }) => updatedAt));
  return parts
    .filter(({ updatedAt }) => updatedAt >= newest - SILENT_MS)
    .reduce((a, b) => (isBehind(b, a) ? b : a));
}

function isBehind(a: StreamStatus, b: StreamStatus): boolean {
  const [isEnded, isOtherEnded] = [a.condition === 'ended', b.condition === 'ended'];
  return isEnded === isOtherEnded ? progressOf(a) < progressOf(b) : isOtherEnded;
}

/** Offsets applied over all partitions. */
function progressOf({ partitions }: StreamStatus): number {
  return partitions.reduce((total, { applied }) => total + applied, 0);
}
