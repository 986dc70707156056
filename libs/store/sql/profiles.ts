import type { CompiledQuery, Kysely } from 'kysely';
import type { TimeRange } from '#libs/detectors/evaluation.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type {
  AppliedRanges,
  OpenBlockRecord,
  PaneRecord,
  ProfileCommit,
  ProfileState,
} from '../port.ts';
import { chunks } from './chunks.ts';
import type { StoreSchema } from './schema.ts';

const PANES_PER_STATEMENT = 16;
const ROWS_PER_STATEMENT = 100;

/** See `Store.profileState`; run it in one snapshot. */
export async function readProfileState(
  trx: Kysely<StoreSchema>,
  profileId: string,
): Promise<ProfileState> {
  const profile = await trx
    .selectFrom('profiles')
    .select('version')
    .where('profile_id', '=', profileId)
    .executeTakeFirst();
  if (profile === undefined) return { version: 0, applied: [], open: [], panes: [] };
  const applied = await trx
    .selectFrom('applied_ranges')
    .selectAll()
    .where('profile_id', '=', profileId)
    .orderBy('topic')
    .orderBy('partition')
    .orderBy('epoch')
    .execute();
  const open = await trx
    .selectFrom('open_blocks')
    .selectAll()
    .where('profile_id', '=', profileId)
    .orderBy('topic')
    .orderBy('partition')
    .orderBy('epoch')
    .execute();
  const panes = await trx
    .selectFrom('panes')
    .select(['start_at as start', 'events'])
    .where('profile_id', '=', profileId)
    .orderBy('start_at')
    .execute();
  return {
    version: profile.version,
    applied: applied.map((row) => ({
      topic: row.topic,
      partition: row.partition,
      epoch: row.epoch,
      ...parseRanges(row.ranges),
      tallies: JSON.parse(row.tallies),
    })),
    open: open.map((row) => ({
      topic: row.topic,
      partition: row.partition,
      epoch: row.epoch,
      from: row.from_offset,
      to: row.to_offset,
      payload: row.payload,
    })),
    panes,
  };
}

/** See `Store.panes`. */
export async function readPanes(
  db: Kysely<StoreSchema>,
  profileId: string,
  range: TimeRange,
): Promise<readonly PaneRecord[]> {
  return db
    .selectFrom('panes')
    .select(['start_at as start', 'events', 'payload'])
    .where('profile_id', '=', profileId)
    .where('start_at', '>=', range.start)
    .where('start_at', '<', range.end)
    .orderBy('start_at')
    .execute();
}

/**
 * Takes the next version of a profile. First of all in a transaction: where a database locks rows,
 * this makes commits of one profile queue up.
 *
 * @throws PLB_STORE_CONFLICT
 */
export async function advanceVersion(
  trx: Kysely<StoreSchema>,
  commit: ProfileCommit,
): Promise<number> {
  const { profileId, expectedVersion } = commit;
  const version = expectedVersion + 1;
  const taken =
    expectedVersion === 0
      ? (
          await trx
            .insertInto('profiles')
            .values({ profile_id: profileId, version })
            .onConflict((conflict) => conflict.doNothing())
            .executeTakeFirstOrThrow()
        ).numInsertedOrUpdatedRows
      : (
          await trx
            .updateTable('profiles')
            .set({ version })
            .where('profile_id', '=', profileId)
            .where('version', '=', expectedVersion)
            .executeTakeFirstOrThrow()
        ).numUpdatedRows;
  if (taken === 1n) return version;
  const stored = await trx
    .selectFrom('profiles')
    .select('version')
    .where('profile_id', '=', profileId)
    .executeTakeFirst();
  throw new PlumblineError(
    'PLB_STORE_CONFLICT',
    `Cannot commit profile ${profileId}: expectedVersion must be ${stored?.version ?? 0}, got ${expectedVersion}.`,
  );
}

/** The statements that write everything of a commit but its version and its publications. */
export function profileStatements(
  trx: Kysely<StoreSchema>,
  commit: ProfileCommit,
): readonly CompiledQuery[] {
  const { profileId, dropPanesBefore } = commit;
  const statements = paneStatements(trx, profileId, commit.panes);
  if (dropPanesBefore !== undefined) {
    statements.push(
      trx
        .deleteFrom('panes')
        .where('profile_id', '=', profileId)
        .where('start_at', '<', dropPanesBefore)
        .compile(),
    );
  }
  statements.push(
    ...appliedStatements(trx, profileId, commit.applied),
    ...openStatements(trx, profileId, commit.open),
  );
  return statements;
}

function paneStatements(
  trx: Kysely<StoreSchema>,
  profileId: string,
  panes: readonly PaneRecord[],
): CompiledQuery[] {
  const statements: CompiledQuery[] = [];
  for (const part of chunks(panes, PANES_PER_STATEMENT)) {
    statements.push(
      trx
        .insertInto('panes')
        .values(
          part.map(({ start, events, payload }) => ({
            profile_id: profileId,
            start_at: start,
            events,
            payload,
          })),
        )
        .onConflict((conflict) =>
          conflict.columns(['profile_id', 'start_at']).doUpdateSet((eb) => ({
            events: eb.ref('excluded.events'),
            payload: eb.ref('excluded.payload'),
          })),
        )
        .compile(),
    );
  }
  return statements;
}

/** Ranges alone as a list, which is how they have always been stored. */
function formatRanges({ ranges, lost = [] }: Pick<AppliedRanges, 'ranges' | 'lost'>): string {
  return JSON.stringify(lost.length === 0 ? ranges : { ranges, lost });
}

function parseRanges(text: string): Pick<AppliedRanges, 'ranges' | 'lost'> {
  const stored = JSON.parse(text);
  return Array.isArray(stored) ? { ranges: stored } : stored;
}

function appliedStatements(
  trx: Kysely<StoreSchema>,
  profileId: string,
  applied: readonly AppliedRanges[],
): CompiledQuery[] {
  const statements: CompiledQuery[] = [];
  for (const part of chunks(applied, ROWS_PER_STATEMENT)) {
    statements.push(
      trx
        .insertInto('applied_ranges')
        .values(
          part.map(({ topic, partition, epoch, tallies, ...counted }) => ({
            profile_id: profileId,
            topic,
            partition,
            epoch,
            ranges: formatRanges(counted),
            tallies: JSON.stringify(tallies),
          })),
        )
        .onConflict((conflict) =>
          conflict.columns(['profile_id', 'topic', 'partition', 'epoch']).doUpdateSet((eb) => ({
            ranges: eb.ref('excluded.ranges'),
            tallies: eb.ref('excluded.tallies'),
          })),
        )
        .compile(),
    );
  }
  return statements;
}

function openStatements(
  trx: Kysely<StoreSchema>,
  profileId: string,
  open: ProfileCommit['open'],
): CompiledQuery[] {
  const statements: CompiledQuery[] = [];
  const kept = open.filter((block): block is OpenBlockRecord => block.payload !== null);
  for (const part of chunks(kept, PANES_PER_STATEMENT)) {
    statements.push(
      trx
        .insertInto('open_blocks')
        .values(
          part.map(({ topic, partition, epoch, from, to, payload }) => ({
            profile_id: profileId,
            topic,
            partition,
            epoch,
            from_offset: from,
            to_offset: to,
            payload,
          })),
        )
        .onConflict((conflict) =>
          conflict.columns(['profile_id', 'topic', 'partition', 'epoch']).doUpdateSet((eb) => ({
            from_offset: eb.ref('excluded.from_offset'),
            to_offset: eb.ref('excluded.to_offset'),
            payload: eb.ref('excluded.payload'),
          })),
        )
        .compile(),
    );
  }
  for (const block of open) {
    if (block.payload !== null) continue;
    statements.push(
      trx
        .deleteFrom('open_blocks')
        .where('profile_id', '=', profileId)
        .where('topic', '=', block.topic)
        .where('partition', '=', block.partition)
        .where('epoch', '=', block.epoch)
        .compile(),
    );
  }
  return statements;
}
