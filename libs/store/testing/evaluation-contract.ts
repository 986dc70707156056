import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Assessment, Evaluation } from '#libs/detectors/evaluation.ts';
import type { EvaluationQuery, Publication, Store } from '../port.ts';
import { assessment, profileCommit, publication } from './publication.ts';
import { fresh, sharedStore } from './shared-store.ts';

type Filters = Omit<EvaluationQuery, 'limit' | 'cursor' | 'detail'>;

const monitor = fc.constantFrom('alpha', 'beta');
const name = fc.constantFrom(null, '', 'x', 'y');
const verdict = fc.constantFrom('ok' as const, 'warning' as const, 'critical' as const);
const windows = fc.record({
  start: fc.integer({ min: 0, max: 8 }),
  length: fc.constantFrom(1, 2, 5),
});
const units = fc.uniqueArray(fc.record({ field: name, segment: name, verdict }), {
  minLength: 1,
  maxLength: 5,
  selector: ({ field, segment }) => JSON.stringify([field, segment]),
});
const drafts = fc.array(fc.record({ monitor, window: windows, units }), { maxLength: 14 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const filters = fc
  .record({
    monitor: optional(monitor),
    field: optional(name),
    segment: optional(name),
    verdict: optional(verdict),
    from: optional(fc.integer({ min: -1, max: 12 })),
    to: optional(fc.integer({ min: -1, max: 12 })),
    revisions: optional(fc.constantFrom('latest' as const, 'all' as const)),
    order: optional(fc.constantFrom('asc' as const, 'desc' as const)),
  })
  .map((given) => Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined)));

/** Publications with the revisions that their order gives them. */
function numbered(
  namespace: string,
  list: typeof drafts extends fc.Arbitrary<infer T> ? T : never,
) {
  const revisions = new Map<string, number>();
  return list.map((draft): Publication => {
    const window = { start: draft.window.start, end: draft.window.start + draft.window.length };
    const id = JSON.stringify([draft.monitor, window]);
    const revision = (revisions.get(id) ?? 0) + 1;
    revisions.set(id, revision);
    const assessments = draft.units.map((unit) => assessment({ ...unit, m: revision }));
    return publication({ namespace, monitor: draft.monitor, window, revision, assessments });
  });
}

/** What the listing must be, from all that was published. */
function expected(published: readonly Publication[], query: Filters): readonly string[] {
  const latest = new Map<string, number>();
  for (const p of published) latest.set(JSON.stringify([p.monitor, p.window]), p.revision);
  const kept = published.flatMap((p) =>
    p.assessments
      .filter(
        (a) =>
          (query.monitor === undefined || p.monitor === query.monitor) &&
          (query.field === undefined || a.field === query.field) &&
          (query.segment === undefined || a.segment === query.segment) &&
          (query.verdict === undefined || a.verdict === query.verdict) &&
          (query.from === undefined || p.window.end > query.from) &&
          (query.to === undefined || p.window.start < query.to) &&
          (query.revisions === 'all' ||
            latest.get(JSON.stringify([p.monitor, p.window])) === p.revision),
      )
      .map((a) => ({ ...a, ...p })),
  );
  const named = (value: string | null) => (value === null ? [0, ''] : [1, value]);
  const place = (e: (typeof kept)[number]) =>
    [
      [e.window.end, e.window.start, e.monitor],
      named(e.segment),
      named(e.field),
      e.revision,
    ].flat();
  const sign = query.order === 'asc' ? 1 : -1;
  kept.sort((a, b) => {
    const [left, right] = [place(a), place(b)];
    const i = left.findIndex((part, k) => part !== right[k]);
    return i < 0 ? 0 : (left[i] ?? 0) < (right[i] ?? 0) ? -sign : sign;
  });
  return kept.map(identity);
}

function identity(
  e: Pick<Evaluation, 'monitor' | 'window' | 'segment' | 'field' | 'revision' | 'verdict' | 'm'>,
): string {
  return JSON.stringify([e.monitor, e.window, e.segment, e.field, e.revision, e.verdict, e.m]);
}

export function evaluationContract(open: () => Promise<Store>): void {
  describe('evaluations', () => {
    const store = sharedStore(open);

    async function publishAll(publications: readonly Publication[]): Promise<void> {
      await store().commitProfile(
        profileCommit({ profileId: fresh('p'), expectedVersion: 0, publications }),
      );
    }

    async function collect(
      query: Filters,
      limit: number,
      between: (page: number) => Promise<void> = async () => {},
    ): Promise<readonly Evaluation[]> {
      const found: Evaluation[] = [];
      let cursor: string | null = null;
      for (let page = 0; ; page += 1) {
        const answer = await store().evaluations({ ...query, limit, ...(cursor && { cursor }) });
        expect(answer.items.length).toBeLessThanOrEqual(limit);
        found.push(...answer.items);
        cursor = answer.nextCursor;
        if (cursor === null) return found;
        expect(answer.items).toHaveLength(limit);
        await between(page);
      }
    }

    test('an evaluation comes back as it was published, its detail on request', async () => {
      const namespace = fresh('ns');
      const full: Assessment = assessment({
        field: null,
        segment: 'país=España',
        warnings: ['grid reduced'],
        detail: {
          bins: [{ label: '[0, 1)', lower: 0, baseline: 0.1, window: 0.30000000000000004 }],
        },
      });
      const published = publication({ namespace, assessments: [full], revision: 4 });
      await publishAll([published]);
      const { detail, ...plain } = full;
      const common = {
        namespace,
        monitor: published.monitor,
        window: published.window,
        revision: 4,
        published_at: published.publishedAt,
        provenance: published.provenance,
      };
      const query = { namespace, limit: 5 };
      expect(await store().evaluations(query)).toEqual({
        items: [{ ...plain, ...common }],
        nextCursor: null,
      });
      const detailed = await store().evaluations({ ...query, detail: true });
      expect(detailed.items).toEqual([{ ...plain, detail, ...common }]);
      expect(await store().latestEvaluations(namespace)).toEqual([{ ...plain, ...common }]);
    });

    test('pages, whatever their size and filter, make up exactly the filtered list', async () => {
      await fc.assert(
        fc.asyncProperty(
          drafts,
          fc.array(fc.tuple(filters, fc.integer({ min: 1, max: 7 })), {
            minLength: 3,
            maxLength: 6,
          }),
          async (list, queries) => {
            const namespace = fresh('ns');
            const published = numbered(namespace, list);
            await publishAll(published);
            for (const [filter, limit] of queries) {
              const query = { ...filter, namespace };
              const found = await collect(query, limit);
              expect(found.map(identity)).toEqual(expected(published, query));
            }
          },
        ),
        { numRuns: 40, seed: 5 },
      );
    });

    test('newer windows and new revisions between pages neither repeat nor hide any', async () => {
      await fc.assert(
        fc.asyncProperty(
          drafts.filter((list) => list.length > 2),
          fc.integer({ min: 1, max: 4 }),
          fc.constantFrom('asc' as const, 'desc' as const),
          async (list, limit, order) => {
            const namespace = fresh('ns');
            const published = numbered(namespace, list);
            await publishAll(published);
            const first = expected(published, { namespace, order });
            const unit = (text: string) =>
              JSON.stringify((JSON.parse(text) as unknown[]).slice(0, 4));
            let end = 100;
            const found = await collect({ namespace, order }, limit, async (page) => {
              if (page > 3) return;
              end += 1;
              const newest = { namespace, window: { start: end - 1, end }, assessments: [] };
              const again = published[page % published.length];
              await publishAll([
                publication({ ...newest, monitor: 'alpha', assessments: [assessment()] }),
                ...(again ? [{ ...again, revision: 1000 + end }] : []),
              ]);
            });
            const units = found.map(identity).map(unit);
            expect(new Set(units).size).toBe(units.length);
            // A revision published again may lack units of its window's last one: leave those out.
            const old = first.map(unit).filter((id) => units.includes(id));
            expect(units.filter((id) => old.includes(id))).toEqual(old);
            const restated = new Set(
              published.slice(0, 4).map((p) => JSON.stringify([p.monitor, p.window])),
            );
            const untouched = first.map(unit).filter((id) => {
              const [m, w] = JSON.parse(id) as unknown[];
              return !restated.has(JSON.stringify([m, w]));
            });
            for (const id of untouched) expect(units).toContain(id);
          },
        ),
        { numRuns: 25, seed: 6 },
      );
    });

    test('a cursor is good for its own filters only', async () => {
      const namespace = fresh('ns');
      await publishAll(
        [1, 2, 3].map((end) => publication({ namespace, window: { start: end - 1, end } })),
      );
      const query = { namespace, monitor: 'fraud', limit: 1 };
      const { nextCursor } = await store().evaluations(query);
      const cursor = nextCursor ?? '';
      expect(cursor).toMatch(/^[\w-]+$/);
      // Neither the size of the page nor the detail is a filter; a default is no other filter.
      for (const same of [
        { limit: 2 },
        { detail: true },
        { order: 'desc', revisions: 'latest' },
      ] as const) {
        const { items } = await store().evaluations({ ...query, ...same, cursor });
        expect(items[0]?.window.end).toBe(2);
      }
      const decoded = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
      const forged = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
      const bad: readonly Partial<EvaluationQuery>[] = [
        { cursor, order: 'asc' },
        { cursor, monitor: 'other' },
        { cursor, field: null },
        { cursor, revisions: 'all' },
        { cursor, from: 0 },
        { cursor: '' },
        { cursor: 'x' },
        { cursor: `${cursor}=` },
        { cursor: cursor.slice(0, -3) },
        { cursor: forged(null) },
        { cursor: forged(decoded.slice(0, 4)) },
        { cursor: forged([...decoded, 1]) },
        { cursor: forged(decoded.map((part, i) => (i === 1 ? '2; drop' : part))) },
        { cursor: forged(decoded.map((part, i) => (i === 3 ? null : part))) },
        { limit: 0 },
        { limit: 1.5 },
        { limit: Number.NaN },
        { limit: 1e9 },
      ];
      for (const change of bad) {
        await expect(store().evaluations({ ...query, ...change })).rejects.toMatchObject({
          code: 'PLB_QUERY_INVALID',
        });
      }
    });

    test('the latest evaluation of every unit, and publications, follow the revisions', async () => {
      await fc.assert(
        fc.asyncProperty(drafts, async (list) => {
          const namespace = fresh('ns');
          // All revisions of a window have the same units: what vanishes has a test of its own.
          const unitsOf = new Map<string, (typeof list)[number]['units']>();
          const steady = list.map((draft) => {
            const id = JSON.stringify([draft.monitor, draft.window]);
            const same = unitsOf.get(id) ?? draft.units;
            unitsOf.set(id, same);
            return { ...draft, units: same };
          });
          const published = numbered(namespace, steady);
          for (const one of published) await publishAll([one]);

          const newest = new Map<string, string>();
          const listed = await collect({ namespace, order: 'asc' }, 1000);
          for (const e of listed)
            newest.set(JSON.stringify([e.monitor, e.segment, e.field]), identity(e));
          const latest = await store().latestEvaluations(namespace);
          expect(latest.map(identity).sort()).toEqual([...newest.values()].sort());

          for (const from of [undefined, 4]) {
            const records = await store().publications({ namespace, name: 'alpha' }, from);
            const wanted = new Map<string, unknown>();
            for (const { monitor: of, window, revision, events } of published) {
              if (of !== 'alpha' || (from !== undefined && window.end <= from)) continue;
              wanted.set(JSON.stringify(window), {
                namespace,
                monitor: of,
                window,
                revision,
                events,
              });
            }
            expect(new Map(records.map((r) => [JSON.stringify(r.window), r]))).toEqual(wanted);
            const starts = records.map((r) => r.window.start);
            expect(starts).toEqual(starts.toSorted((a, b) => a - b));
          }
        }),
        { numRuns: 25, seed: 7 },
      );
    });

    test('a unit that the newest revision lacks is no longer among the latest', async () => {
      const namespace = fresh('ns');
      const [x, y] = [assessment({ field: 'x' }), assessment({ field: 'y' })];
      await publishAll([publication({ namespace, assessments: [x, y] })]);
      await publishAll([publication({ namespace, revision: 2, assessments: [y] })]);
      const latest = await store().latestEvaluations(namespace);
      expect(latest.map((e) => [e.field, e.revision])).toEqual([['y', 2]]);
    });

    test('pruning removes the windows that ended before a time, with all their revisions', async () => {
      const namespace = fresh('ns');
      const epoch = -9_000_000_000_000;
      const fraud = { namespace, name: 'fraud' };
      const window = (i: number) => ({ start: epoch + i, end: epoch + i + 10 });
      const count = 130;
      const both = [assessment({ field: 'x' }), assessment({ field: 'y' })];
      await publishAll(
        Array.from({ length: count }, (_, i) =>
          publication({ namespace, window: window(i), assessments: both }),
        ),
      );
      await publishAll([
        publication({ namespace, window: window(3), revision: 2, assessments: both }),
      ]);
      expect(await store().pruneEvaluations(fraud, window(120).end)).toBe(2 * (120 + 1));
      const left = await collect({ namespace, revisions: 'all', order: 'asc' }, 1000);
      expect(left).toHaveLength(2 * (count - 120));
      expect(left[0]?.window).toEqual(window(120));
      const latest = await store().latestEvaluations(namespace);
      expect(latest.map((e) => [e.monitor, e.field])).toEqual([
        ['fraud', 'x'],
        ['fraud', 'y'],
      ]);
      expect(await store().publications({ namespace, name: 'fraud' })).toHaveLength(count - 120);
      expect(await store().pruneEvaluations(fraud, window(120).end)).toBe(0);
    });

    test('pruning one monitor leaves those of other names and namespaces alone', async () => {
      const [namespace, other] = [fresh('ns'), fresh('ns')];
      const windows = [1, 2, 3].map((end) => ({ start: end - 1, end }));
      const places = [
        { namespace, monitor: 'short' },
        { namespace, monitor: 'long' },
        { namespace: other, monitor: 'short' },
      ];
      await publishAll(
        places.flatMap((place) => windows.map((window) => publication({ ...place, window }))),
      );
      const kept = () =>
        Promise.all(
          places.map(async ({ namespace: within, monitor: name }) => {
            const { items } = await store().evaluations({
              ...{ namespace: within, monitor: name, order: 'asc', limit: 10 },
            });
            const records = await store().publications({ namespace: within, name });
            expect(records.map(({ window }) => window)).toEqual(items.map(({ window }) => window));
            return items.map(({ window }) => window.end);
          }),
        );
      expect(await store().pruneEvaluations({ namespace, name: 'short' }, 3)).toBe(2);
      expect(await kept()).toEqual([[3], [1, 2, 3], [1, 2, 3]]);
      expect(await store().pruneEvaluations({ namespace, name: 'long' }, 2)).toBe(1);
      expect(await kept()).toEqual([[3], [2, 3], [1, 2, 3]]);
    });

    test('a publication says whether it was complete, and its series, where its provenance does', async () => {
      const namespace = fresh('n');
      const monitor = { namespace, name: 'fraud' };
      const { provenance } = publication({ namespace });
      const series = { from: -3_600_000, sum: 41 };
      const parts = [{ complete: true, series }, { complete: false }, {}].map((said, i) =>
        publication({
          ...{ namespace, window: { start: i, end: i + 1 } },
          provenance: { ...provenance, ...said },
        }),
      );
      await store().commitProfile(
        profileCommit({ profileId: fresh('p'), expectedVersion: 0, publications: parts }),
      );
      const found = await store().publications(monitor);
      expect(found.map(({ complete }) => complete)).toEqual([true, false, undefined]);
      expect(found.map((record) => record.series)).toEqual([series, undefined, undefined]);
    });
  });
}
