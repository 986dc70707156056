import { type CompiledQuery, DummyDriver, Kysely } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnPostgres } from '#deploy/postgres/test-postgres.ts';
import type { EvaluationQuery } from '../port.ts';
import { encodeCursor } from '../sql/evaluation-cursor.ts';
import { evaluationPage, latestEvaluationRows } from '../sql/evaluations.ts';
import type { StoreSchema } from '../sql/schema.ts';
import { claimingUpdate } from '../sql/work-queue.ts';
import { openPostgresStore, POSTGRES_CLOCK } from './open-postgres-store.ts';
import { PipelinedPostgresDialect } from './postgres-dialect.ts';

const compiler = new Kysely<StoreSchema>({
  dialect: new PipelinedPostgresDialect(new DummyDriver()),
});

/** 3,600 windows of 5 monitors with 10 fields each, and work that has piled up in 4 queues. */
const HISTORY = `
  set search_path = plumbline;
  insert into publications
    select id, 'n', 'm' || id % 5, id, id - 1, 1, 1, 10, id, '{}' from generate_series(1, 3600) id;
  insert into evaluations
    select p.id, p.namespace, p.monitor, p.window_end, p.window_start, '', ':f' || f, 1, 1,
      case when (p.id + f) % 50 = 0 then 'critical' else 'ok' end, 'c', 'r', 1, 1, '{}', '[]', null
    from publications p, generate_series(0, 9) f;
  insert into evaluation_heads
    select namespace, monitor, window_end, window_start, segment_key, field_key, revision
    from evaluations where window_end > 3595;
  insert into work_items select id, 'q' || id % 4, id, 0, null, '{}' from generate_series(1, 8000) id;
  analyze`;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

const position = {
  window_end: 1800,
  window_start: 1799,
  monitor: 'm0',
  segment_key: '',
  field_key: ':f3',
  revision: 1,
};

describeOnPostgres('query plans of postgres', (server) => {
  let client: Client;
  beforeAll(async () => {
    const url = await server().createDatabase();
    await (await openPostgresStore({ url })).close();
    client = new Client({ connectionString: url });
    await client.connect();
    await client.query(HISTORY);
  });
  afterAll(() => client?.end());

  /** Every step of the plan as it was carried out. */
  async function steps({ sql, parameters }: CompiledQuery): Promise<readonly Plan[]> {
    const { rows } = await client.query(`explain (analyze, format json) ${sql}`, [...parameters]);
    const flat = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];
    return flat(rows[0]['QUERY PLAN'][0].Plan);
  }

  /** Rows of the evaluations that were looked at. */
  function read(plan: readonly Plan[]): number {
    return plan
      .filter((step) => step['Relation Name'] === 'evaluations')
      .map(
        (step) =>
          step['Actual Loops'] * (step['Actual Rows'] + (step['Rows Removed by Filter'] ?? 0)),
      )
      .reduce((sum, rows) => sum + rows, 0);
  }

  test.each<Partial<EvaluationQuery>>([
    {},
    { order: 'asc' },
    { revisions: 'all' },
    { monitor: 'm1' },
    { verdict: 'critical' },
    { field: 'f3' },
    { from: 3000 },
    { from: 100, to: 200 },
    { monitor: 'm1', field: 'f3', verdict: 'critical' },
  ])('a page of %o reads little more than it shows', async (filter) => {
    const query = { namespace: 'n', limit: 20, ...filter };
    for (const page of [query, { ...query, cursor: encodeCursor(query, position) }]) {
      const plan = await steps(evaluationPage(compiler, page, 1).compile());
      // Of 36,000 evaluations; some are filtered on the way to a page of 21.
      expect(read(plan)).toBeLessThan(2500);
      const whole = plan.filter((step) => step['Node Type'] === 'Seq Scan');
      expect(whole.map((step) => step['Relation Name'])).not.toContain('evaluations');
    }
  });

  test('the latest evaluations are found from their heads', async () => {
    const plan = await steps(latestEvaluationRows(compiler, 'n').compile());
    expect(read(plan)).toBeLessThan(100);
  });

  test('what can be claimed is found by its queue and time', async () => {
    const { sql, parameters } = claimingUpdate(compiler, {
      ...{ queue: 'q1', holder: 'h', limit: 10, leaseMs: 1000 },
      ...{ clock: POSTGRES_CLOCK, skipLocked: true },
    }).compile();
    const { rows } = await client.query(`explain ${sql}`, [...parameters]);
    const text = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toMatch(
      /work_items_by_availability on .*\n\s+Index Cond: \(\(queue = .*\) AND \(available_at <= /,
    );
    expect(text).not.toMatch(/Sort|Seq Scan/);
  });
});
