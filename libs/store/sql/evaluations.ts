import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { Evaluation, WindowProvenance } from '#libs/detectors/evaluation.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { EvaluationQuery, Page, PublicationRecord } from '../port.ts';
import { decodeCursor, encodeCursor } from './evaluation-cursor.ts';
import { nameKey, nameOfKey } from './name-key.ts';
import type { StoreSchema } from './schema.ts';

/** Most evaluations that one page may hold. */
const MAX_PAGE = 10_000;

/** What makes the place of an evaluation unique, in the order of every listing. */
const ORDER = [
  'window_end',
  'window_start',
  'monitor',
  'segment_key',
  'field_key',
  'revision',
] as const;

type Joined = StoreSchema & { e: StoreSchema['evaluations']; p: StoreSchema['publications'] };
type Row = Omit<Selectable<StoreSchema['evaluations']>, 'publication' | 'latest' | 'detail'> &
  Pick<Selectable<StoreSchema['publications']>, 'published_at' | 'provenance'> & {
    detail?: string | null;
  };

const COLUMNS = [
  'e.namespace',
  'e.monitor',
  'e.window_start',
  'e.window_end',
  'e.segment_key',
  'e.field_key',
  'e.revision',
  'e.verdict',
  'e.reason_code',
  'e.reason',
  'e.n',
  'e.m',
  'e.statistics',
  'e.warnings',
  'p.published_at',
  'p.provenance',
] as const;

/** See `Store.evaluations`. */
export async function listEvaluations(
  db: Kysely<StoreSchema>,
  query: EvaluationQuery,
): Promise<Page<Evaluation>> {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > MAX_PAGE) {
    throw new PlumblineError(
      'PLB_QUERY_INVALID',
      `Cannot list evaluations: limit must be an integer from 1 to ${MAX_PAGE}, got ${query.limit}.`,
      { path: 'limit' },
    );
  }
  const longest = query.to === undefined ? 0 : await longestWindow(db, query);
  const rows = await evaluationPage(db, query, longest).execute();
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const provenance = provenanceReader();
  return {
    items: page.map((row) => toEvaluation(row, provenance)),
    nextCursor: last !== undefined && rows.length > page.length ? encodeCursor(query, last) : null,
  };
}

/**
 * The statement of one page, and one row more to know whether another page follows.
 *
 * @param longest length of the longest window in question; only used with `to`
 */
export function evaluationPage(
  db: Kysely<StoreSchema>,
  query: EvaluationQuery,
  longest: number,
): SelectQueryBuilder<Joined, 'e' | 'p', Row> {
  let select = db
    .selectFrom('evaluations as e')
    .innerJoin('publications as p', 'p.id', 'e.publication')
    .select(COLUMNS)
    .where('e.namespace', '=', query.namespace);
  if (query.monitor !== undefined) select = select.where('e.monitor', '=', query.monitor);
  if (query.field !== undefined) select = select.where('e.field_key', '=', nameKey(query.field));
  if (query.segment !== undefined) {
    select = select.where('e.segment_key', '=', nameKey(query.segment));
  }
  if (query.verdict !== undefined) select = select.where('e.verdict', '=', query.verdict);
  const all = query.revisions === 'all';
  if (!all) select = select.where('e.latest', '=', 1);

  // Without older revisions the revision is no part of the order: a window that is restated
  // between two pages keeps its place, and is neither repeated nor lost.
  const order = all ? ORDER : ORDER.slice(0, -1);
  const ascending = query.order === 'asc';
  if (query.cursor !== undefined) {
    const after = decodeCursor(query, query.cursor);
    const columns = sql.join(order.map((column) => sql.ref(`e.${column}`)));
    const values = sql.join(order.map((column) => after[column]));
    const comparison = ascending ? sql`>` : sql`<`;
    select = select.where(sql<boolean>`(${columns}) ${comparison} (${values})`);
  }
  // Where the cursor already bounds the walk from that side, a second bound would keep the index
  // from using it, and each page would walk over all pages before it.
  const bound = query.cursor === undefined ? 'none' : ascending ? 'below' : 'above';
  if (query.from !== undefined) {
    const end = bound === 'below' ? sql<number>`${sql.ref('e.window_end')} + 0` : 'e.window_end';
    select = select.where(end as 'e.window_end', '>', query.from);
  }
  if (query.to !== undefined) {
    select = select.where('e.window_start', '<', query.to);
    // Follows from the condition before; this is the one that an index can use.
    if (bound !== 'above') select = select.where('e.window_end', '<', query.to + longest);
  }
  for (const column of order) select = select.orderBy(`e.${column}`, ascending ? 'asc' : 'desc');
  const limited = select.limit(query.limit + 1);
  return query.detail ? limited.select('e.detail') : limited;
}

/** See `Store.latestEvaluations`: reads as many rows as there are units. */
export async function latestEvaluations(
  db: Kysely<StoreSchema>,
  namespace: string,
): Promise<readonly Evaluation[]> {
  const provenance = provenanceReader();
  const rows = await latestEvaluationRows(db, namespace).execute();
  return rows.map((row) => toEvaluation(row, provenance));
}

/** The statement behind `latestEvaluations`. */
export function latestEvaluationRows(db: Kysely<StoreSchema>, namespace: string) {
  return (
    db
      .selectFrom('evaluation_heads as h')
      // As a cross join, because some planners keep the order of tables only in one.
      .crossJoin('evaluations as e')
      .innerJoin('publications as p', 'p.id', 'e.publication')
      .select(COLUMNS)
      .where('h.namespace', '=', namespace)
      .whereRef('e.namespace', '=', 'h.namespace')
      .whereRef('e.monitor', '=', 'h.monitor')
      .whereRef('e.window_end', '=', 'h.window_end')
      .whereRef('e.window_start', '=', 'h.window_start')
      .whereRef('e.segment_key', '=', 'h.segment_key')
      .whereRef('e.field_key', '=', 'h.field_key')
      .whereRef('e.revision', '=', 'h.revision')
      .orderBy('h.monitor')
      .orderBy('h.segment_key')
      .orderBy('h.field_key')
  );
}

/** See `Store.publications`. */
export async function listPublications(
  db: Kysely<StoreSchema>,
  monitor: { readonly namespace: string; readonly name: string },
  from?: number,
): Promise<readonly PublicationRecord[]> {
  let query = db
    .selectFrom('publications')
    .select(['namespace', 'monitor', 'window_start', 'window_end', 'revision', 'events'])
    .select('provenance')
    .where('namespace', '=', monitor.namespace)
    .where('monitor', '=', monitor.name)
    .where('latest', '=', 1)
    .orderBy('window_start')
    .orderBy('window_end');
  if (from !== undefined) query = query.where('window_end', '>', from);
  const rows = await query.execute();
  return rows.map(({ window_start, window_end, provenance, ...row }) => {
    const { complete, series }: WindowProvenance = JSON.parse(provenance);
    return {
      ...row,
      window: { start: window_start, end: window_end },
      ...(complete === undefined ? {} : { complete }),
      ...(series === undefined ? {} : { series }),
    };
  });
}

async function longestWindow(db: Kysely<StoreSchema>, query: EvaluationQuery): Promise<number> {
  let select = db
    .selectFrom('monitor_spans')
    .select((eb) => eb.fn.max('longest').as('longest'))
    .where('namespace', '=', query.namespace);
  if (query.monitor !== undefined) select = select.where('monitor', '=', query.monitor);
  return (await select.executeTakeFirst())?.longest ?? 0;
}

/** Parses the provenance of a window once, however many evaluations of it a page holds. */
function provenanceReader(): (text: string) => Evaluation['provenance'] {
  const parsed = new Map<string, Evaluation['provenance']>();
  return (text) => {
    const known = parsed.get(text);
    if (known !== undefined) return known;
    const provenance: Evaluation['provenance'] = JSON.parse(text);
    parsed.set(text, provenance);
    return provenance;
  };
}

function toEvaluation(
  row: Row,
  provenance: (text: string) => Evaluation['provenance'],
): Evaluation {
  return {
    namespace: row.namespace,
    monitor: row.monitor,
    window: { start: row.window_start, end: row.window_end },
    revision: row.revision,
    published_at: row.published_at,
    provenance: provenance(row.provenance),
    field: nameOfKey(row.field_key),
    segment: nameOfKey(row.segment_key),
    // Only verdicts were written: the column is as wide as the language allows.
    verdict: row.verdict as Evaluation['verdict'],
    reason_code: row.reason_code,
    reason: row.reason,
    n: row.n,
    m: row.m,
    statistics: JSON.parse(row.statistics),
    warnings: JSON.parse(row.warnings),
    ...(row.detail ? { detail: JSON.parse(row.detail) } : {}),
  };
}
