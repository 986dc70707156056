import type { CompiledQuery, Insertable, Kysely } from 'kysely';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Publication } from '../port.ts';
import { chunks } from './chunks.ts';
import { addToCounter } from './counters.ts';
import { nameKey } from './name-key.ts';
import type { StoreSchema } from './schema.ts';

const ROWS_PER_STATEMENT = 50;

type EvaluationRow = Insertable<StoreSchema['evaluations']>;

/** The columns that name a window. */
type WindowKey = Pick<
  Insertable<StoreSchema['publications']>,
  'namespace' | 'monitor' | 'window_start' | 'window_end'
>;

/**
 * The statements that store publications with their evaluations, in the order given. A revision
 * becomes the window's latest one, and its evaluations the heads of their units unless a newer
 * window has them.
 *
 * @throws PLB_STORE_CONFLICT when a window has that revision, or a higher one, already
 */
export async function publishStatements(
  trx: Kysely<StoreSchema>,
  publications: readonly Publication[],
): Promise<readonly CompiledQuery[]> {
  if (publications.length === 0) return [];
  const count = publications.length;
  const last = await addToCounter(trx, { name: 'publication', by: count });
  const revisions = await latestRevisions(trx, publications.map(windowKey));
  const statements: CompiledQuery[] = [];
  for (const [i, publication] of publications.entries()) {
    const key = windowKey(publication);
    const old = revisions.get(textOf(key));
    if (old !== undefined) {
      requireHigher(publication, old);
      statements.push(...supersede(trx, key));
    }
    revisions.set(textOf(key), publication.revision);
    statements.push(...insertion(trx, publication, last - count + 1 + i));
  }
  return [...statements, ...widenSpans(trx, publications)];
}

function windowKey({ namespace, monitor, window }: Publication): WindowKey {
  return { namespace, monitor, window_start: window.start, window_end: window.end };
}

function textOf({ namespace, monitor, window_start, window_end }: WindowKey): string {
  return JSON.stringify([namespace, monitor, window_start, window_end]);
}

async function latestRevisions(
  trx: Kysely<StoreSchema>,
  keys: readonly WindowKey[],
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const part of chunks(keys, ROWS_PER_STATEMENT)) {
    const rows = await trx
      .selectFrom('publications')
      .select(['namespace', 'monitor', 'window_start', 'window_end', 'revision'])
      .where('latest', '=', 1)
      .where((eb) => eb.or(part.map((key) => eb.and(key))))
      .execute();
    for (const row of rows) found.set(textOf(row), row.revision);
  }
  return found;
}

function requireHigher({ namespace, monitor, window, revision }: Publication, old: number): void {
  if (revision > old) return;
  throw new PlumblineError(
    'PLB_STORE_CONFLICT',
    `Cannot publish window ${window.start}–${window.end} of ${namespace}/${monitor}: revision must be above ${old}, got ${revision}.`,
  );
}

function supersede(trx: Kysely<StoreSchema>, key: WindowKey): readonly CompiledQuery[] {
  const flips = (['publications', 'evaluations'] as const).map((table) =>
    trx
      .updateTable(table)
      .set({ latest: 0 })
      .where((eb) => eb.and(key))
      .where('latest', '=', 1)
      .compile(),
  );
  // A unit that the new revision no longer has must not go on showing the old one.
  const heads = trx
    .deleteFrom('evaluation_heads')
    .where((eb) => eb.and(key))
    .compile();
  return [...flips, heads];
}

function insertion(
  trx: Kysely<StoreSchema>,
  publication: Publication,
  id: number,
): readonly CompiledQuery[] {
  const rows = evaluationRows(publication, id);
  const statements = [
    trx
      .insertInto('publications')
      .values({
        id,
        ...windowKey(publication),
        revision: publication.revision,
        latest: 1,
        events: publication.events,
        published_at: publication.publishedAt,
        provenance: JSON.stringify(publication.provenance),
      })
      .compile(),
  ];
  for (const part of chunks(rows, ROWS_PER_STATEMENT)) {
    statements.push(trx.insertInto('evaluations').values(part).compile(), moveHeads(trx, part));
  }
  return statements;
}

function evaluationRows(publication: Publication, id: number): readonly EvaluationRow[] {
  const key = windowKey(publication);
  return publication.assessments.map((assessment) => ({
    publication: id,
    ...key,
    segment_key: nameKey(assessment.segment),
    field_key: nameKey(assessment.field),
    revision: publication.revision,
    latest: 1,
    verdict: assessment.verdict,
    reason_code: assessment.reason_code,
    reason: assessment.reason,
    n: assessment.n,
    m: assessment.m,
    statistics: JSON.stringify(assessment.statistics),
    warnings: JSON.stringify(assessment.warnings),
    detail: assessment.detail === undefined ? null : JSON.stringify(assessment.detail),
  }));
}

function moveHeads(trx: Kysely<StoreSchema>, rows: readonly EvaluationRow[]): CompiledQuery {
  return trx
    .insertInto('evaluation_heads')
    .values(
      rows.map((row) => ({
        namespace: row.namespace,
        monitor: row.monitor,
        window_start: row.window_start,
        window_end: row.window_end,
        segment_key: row.segment_key,
        field_key: row.field_key,
        revision: row.revision,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['namespace', 'monitor', 'segment_key', 'field_key'])
        .doUpdateSet((eb) => ({
          window_start: eb.ref('excluded.window_start'),
          window_end: eb.ref('excluded.window_end'),
          revision: eb.ref('excluded.revision'),
        }))
        .where((eb) =>
          eb(
            eb.refTuple('excluded.window_end', 'excluded.window_start'),
            '>=',
            eb.refTuple('evaluation_heads.window_end', 'evaluation_heads.window_start'),
          ),
        ),
    )
    .compile();
}

function widenSpans(
  trx: Kysely<StoreSchema>,
  publications: readonly Publication[],
): readonly CompiledQuery[] {
  // One row per monitor: a statement may not meet the same row twice.
  const spans = new Map<string, Insertable<StoreSchema['monitor_spans']>>();
  for (const { namespace, monitor, window } of publications) {
    const key = JSON.stringify([namespace, monitor]);
    const longest = Math.max(window.end - window.start, spans.get(key)?.longest ?? 0);
    spans.set(key, { namespace, monitor, longest });
  }
  return [...chunks([...spans.values()], ROWS_PER_STATEMENT)].map((part) =>
    trx
      .insertInto('monitor_spans')
      .values(part)
      .onConflict((conflict) =>
        conflict
          .columns(['namespace', 'monitor'])
          .doUpdateSet((eb) => ({ longest: eb.ref('excluded.longest') }))
          .whereRef('monitor_spans.longest', '<', 'excluded.longest'),
      )
      .compile(),
  );
}
