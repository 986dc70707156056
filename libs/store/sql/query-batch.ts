import { CompiledQuery, type Kysely } from 'kysely';
import type { StoreSchema } from './schema.ts';

/** Several queries, none of whose results is needed, that travel to the database as one message. */
export interface QueryBatch extends CompiledQuery {
  readonly batch: readonly CompiledQuery[];
}

/** Runs the queries in their order until one fails, in as few messages as the adapter can. */
export async function runAll(
  trx: Kysely<StoreSchema>,
  queries: readonly CompiledQuery[],
): Promise<void> {
  if (queries.length === 0) return;
  const all: QueryBatch = { ...CompiledQuery.raw(''), batch: queries };
  await trx.executeQuery(all);
}

/** The queries of a batch, or the query itself. */
export function queriesOf(query: CompiledQuery): readonly CompiledQuery[] {
  return 'batch' in query ? (query as QueryBatch).batch : [query];
}
