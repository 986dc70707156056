import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type CompiledQuery, DummyDriver, Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EvaluationQuery } from '../port.ts';
import { encodeCursor } from '../sql/evaluation-cursor.ts';
import { evaluationPage, latestEvaluationRows } from '../sql/evaluations.ts';
import type { StoreSchema } from '../sql/schema.ts';
import { openSqliteStore } from './open-sqlite-store.ts';
import type { SqlValue } from './protocol.ts';
import { WorkerSqliteDialect } from './sqlite-dialect.ts';

const compiler = new Kysely<StoreSchema>({ dialect: new WorkerSqliteDialect(new DummyDriver()) });
const directory = mkdtempSync(join(tmpdir(), 'plumbline-plans-'));
let file: DatabaseSync;

beforeAll(async () => {
  await (await openSqliteStore({ directory, owner: 'a test' })).close();
  file = new DatabaseSync(join(directory, 'store', 'store.sqlite'));
});

afterAll(() => {
  file.close();
  rmSync(directory, { recursive: true, force: true });
});

function plan({ sql, parameters }: CompiledQuery): readonly string[] {
  const rows = file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(parameters as SqlValue[]));
  return rows.map((row) => String(row.detail));
}

const position = {
  window_end: 5,
  window_start: 4,
  monitor: 'm',
  segment_key: '',
  field_key: ':x',
  revision: 1,
};

const FILTERS = [
  { monitor: 'm' },
  { field: 'x' },
  { segment: null },
  { verdict: 'critical' },
  { from: 3, to: 9 },
  { revisions: 'all' },
  { order: 'asc' },
] as const satisfies readonly Partial<EvaluationQuery>[];

/** Every combination of the filters, with and without a cursor. */
function* queries(): Generator<EvaluationQuery> {
  for (let set = 0; set < 2 ** FILTERS.length; set += 1) {
    const chosen = FILTERS.filter((_, i) => (set >> i) & 1);
    const query: EvaluationQuery = Object.assign({ namespace: 'n', limit: 100 }, ...chosen);
    yield query;
    yield { ...query, cursor: encodeCursor(query, position) };
  }
}

describe('query plans', () => {
  test('every listing walks an index, bounded by its end and its cursor, and never sorts all', () => {
    const wrong: string[] = [];
    for (const query of queries()) {
      const [walk = '', join = '', sort = '', ...more] = plan(
        evaluationPage(compiler, query, 10).compile(),
      );
      const good =
        /^SEARCH e USING INDEX \S+ \(namespace=\?/.test(walk) &&
        /^SEARCH p USING/.test(join) &&
        // Units of one window may be put in order; sorting more would read all before the first.
        /^(|USE TEMP B-TREE FOR LAST (TERM|[23] TERMS) OF ORDER BY)$/.test(sort) &&
        more.length === 0;
      const after = query.order === 'asc' ? '>' : '<';
      const bounds = [
        ...(query.cursor === undefined ? [] : [`(window_end,window_start.*)${after}(`]),
        ...(query.from === undefined || (query.cursor && after === '>') ? [] : ['window_end>?']),
        ...(query.to === undefined || (query.cursor && after === '<') ? [] : ['window_end<?']),
      ];
      const bounded = bounds.every((bound) =>
        new RegExp(bound.replaceAll(/[()?]/g, (c) => `\\${c}`)).test(walk),
      );
      if (!good || !bounded) wrong.push(`${JSON.stringify(query)}: ${walk} | ${join} | ${sort}`);
    }
    expect(wrong).toEqual([]);
  });

  test.each<[Partial<EvaluationQuery>, string]>([
    [{}, 'evaluations_by_window'],
    [{ from: 3, to: 9 }, 'evaluations_by_window'],
    [{ monitor: 'm' }, 'sqlite_autoindex_evaluations_1'],
    [{ monitor: 'm', from: 3, to: 9 }, 'sqlite_autoindex_evaluations_1'],
    [{ verdict: 'critical' }, 'evaluations_by_verdict'],
    [{ verdict: 'critical', from: 3, to: 9 }, 'evaluations_by_verdict'],
    [{ field: 'x' }, 'evaluations_by_field'],
    [{ field: 'x', from: 3, to: 9 }, 'evaluations_by_field'],
    [{ monitor: 'm', field: 'x', from: 3 }, 'evaluations_by_field'],
  ])('%o walks %s', (filter, index) => {
    const query = { namespace: 'n', limit: 100, ...filter };
    for (const page of [query, { ...query, cursor: encodeCursor(query, position) }]) {
      expect(plan(evaluationPage(compiler, page, 10).compile())[0]).toContain(`INDEX ${index} (`);
    }
  });

  test('the latest evaluations are found from their heads, each by its key', () => {
    const steps = plan(latestEvaluationRows(compiler, 'n').compile());
    expect(steps).toHaveLength(3);
    expect(steps[0]).toMatch(/^SEARCH h USING INDEX \S+ \(namespace=\?\)$/);
    // The whole key, whichever index has it.
    expect(steps[1]).toMatch(/^SEARCH e USING INDEX \S+ \((\w+=\?( AND )?){7}\)$/);
    expect(steps[2]).toMatch(/^SEARCH p USING/);
  });
});
