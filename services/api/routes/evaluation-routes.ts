import type { Static } from 'typebox';
import { formatSuggestion, suggest } from '#libs/config/suggest.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { EvaluationQuery, Store } from '#libs/store/port.ts';
import type { CurrentConfig } from '../current-config.ts';
import type { Api } from '../options.ts';
import { parseMoment } from '../parse-moment.ts';
import { presentEvaluation } from '../present/present-evaluation.ts';
import { problemResponses } from '../problem-responses.ts';
import { EvaluationList, EvaluationsQuery } from '../schemas/evaluation.ts';
import { ref } from '../schemas/shared.ts';

const DEFAULT_LIMIT = 100;

interface EvaluationRouteOptions {
  readonly store: Store;
  readonly config: () => Promise<CurrentConfig>;
}

/** `/api/v1/evaluations`: what was found, window by window. */
export function evaluationRoutes(app: Api, options: EvaluationRouteOptions): void {
  const { store } = options;
  app.get(
    '/api/v1/evaluations',
    {
      schema: {
        tags: ['evaluations'],
        summary: 'Evaluations, newest windows first',
        description:
          'Windows that end after `from` and start before `to`. Follow `next_cursor` with the ' +
          'same filters to read on.',
        querystring: EvaluationsQuery,
        response: { 200: ref(EvaluationList), ...problemResponses(400, 404) },
      },
    },
    async (request) => {
      const query = toStoreQuery(request.query);
      const page = await store.evaluations(query);
      if (page.items.length === 0 && query.cursor === undefined) {
        await refuseUnknownNames(query, options);
      }
      return { items: page.items.map(presentEvaluation), next_cursor: page.nextCursor };
    },
  );
}

function toStoreQuery(query: Static<typeof EvaluationsQuery>): EvaluationQuery {
  const { monitor, field, segment, verdict, revisions, order, detail, cursor } = query;
  const from = query.from === undefined ? undefined : parseMoment('from', query.from);
  const to = query.to === undefined ? undefined : parseMoment('to', query.to);
  if (from !== undefined && to !== undefined && from >= to) {
    throw new PlumblineError(
      'PLB_QUERY_INVALID',
      `Cannot list evaluations: from must be before to, got ${query.from} and ${query.to}.`,
      { path: 'from' },
    );
  }
  return {
    namespace: query.namespace ?? 'default',
    limit: query.limit ?? DEFAULT_LIMIT,
    ...(monitor === undefined ? {} : { monitor }),
    ...(field === undefined ? {} : { field: nameOrNull(field) }),
    ...(segment === undefined ? {} : { segment: nameOrNull(segment) }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(revisions === undefined ? {} : { revisions }),
    ...(order === undefined ? {} : { order }),
    ...(detail === undefined ? {} : { detail }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

/** `null` or an empty value asks for what has no name: the whole stream, all events. */
function nameOrNull(value: string): string | null {
  return value === '' || value === 'null' ? null : value;
}

/** An empty list would read as "nothing drifts": a name that nothing has is said to be wrong. */
async function refuseUnknownNames(
  query: EvaluationQuery,
  options: EvaluationRouteOptions,
): Promise<void> {
  const { namespace, monitor, field } = query;
  const [{ monitors }, latest] = await Promise.all([
    options.config(),
    options.store.latestEvaluations(namespace),
  ]);
  if (monitor !== undefined) {
    const names = monitors.filter((known) => known.namespace === namespace).map(({ name }) => name);
    refuse('monitor', { name: monitor, known: [...names, ...latest.map((item) => item.monitor)] });
  }
  const evaluated = latest.filter((item) => monitor === undefined || item.monitor === monitor);
  if (typeof field === 'string' && evaluated.length > 0) {
    const fields = evaluated.flatMap((item) => (item.field === null ? [] : [item.field]));
    refuse('field', { name: field, known: fields });
  }
}

function refuse(
  kind: 'monitor' | 'field',
  { name, known }: { readonly name: string; readonly known: readonly string[] },
): void {
  const names = [...new Set(known)];
  if (names.includes(name)) return;
  const near = suggest(name, names);
  throw new PlumblineError(
    'PLB_NOT_FOUND',
    `Cannot list evaluations: no ${kind} has the name ${JSON.stringify(name)}` +
      `${near === undefined ? '' : `; ${formatSuggestion(near)}`}`.replace(/([^?])$/, '$1.'),
    { path: kind },
  );
}
