import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnPostgres } from '#deploy/postgres/test-postgres.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { EvaluationQuery, ProfileCommit, Store, StoreEvent, StreamStatus } from '../port.ts';
import { openSqliteStore } from '../sqlite/open-sqlite-store.ts';
import { assessment, publication } from '../testing/publication.ts';
import { openPostgresStore } from './open-postgres-store.ts';

const EVER = { start: Number.MIN_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER };
const PROFILES = ['p', 'q'];
const MONITORS = ['alpha', 'Beta', 'éclair'];

const small = fc.nat(6);
const payload = fc.uint8Array({ maxLength: 40 });
const name = fc.constantFrom(null, '', 'x', 'X', 'y-1', '数');
const partition = fc.record({
  topic: fc.constantFrom('t', 'T'),
  partition: fc.nat(1),
  epoch: fc.nat(1),
});
const byPlace = {
  selector: ({ topic, partition: p, epoch }: { topic: string; partition: number; epoch: number }) =>
    JSON.stringify([topic, p, epoch]),
  maxLength: 3,
};
const published = fc.record({
  monitor: fc.constantFrom(...MONITORS),
  start: small,
  length: fc.constantFrom(1, 2, 5),
  revision: fc.nat(4),
  units: fc.uniqueArray(
    fc.record({
      field: name,
      segment: name,
      verdict: fc.constantFrom('ok' as const, 'warning' as const),
      m: fc.maxSafeNat(),
      statistic: fc.double({ noNaN: true, noDefaultInfinity: true }),
      detailed: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 3,
      selector: ({ field, segment }) => JSON.stringify([field, segment]),
    },
  ),
});

/** A call, in the namespace of one run. */
type Step = (store: Store, namespace: string) => Promise<unknown>;

const detailOf = (upper: number) => ({
  bins: [{ label: 'b', upper, baseline: 0.1, window: 0.2 }],
});

const commits: fc.Arbitrary<Step> = fc
  .record({
    profile: fc.constantFrom(...PROFILES),
    stale: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.constantFrom(-1, 1)),
    panes: fc.uniqueArray(fc.record({ start: fc.integer(), events: small, payload }), {
      selector: (pane) => pane.start,
      maxLength: 4,
    }),
    applied: fc.uniqueArray(
      fc
        .tuple(partition, fc.maxSafeNat(), small)
        .map(([at, to, bad]) => ({ ...at, ranges: [[0, to]] as const, tallies: { bad } })),
      byPlace,
    ),
    open: fc.uniqueArray(
      fc
        .tuple(partition, fc.maxSafeNat(), fc.option(payload))
        .map(([at, to, bytes]) => ({ ...at, from: 0, to, payload: bytes })),
      byPlace,
    ),
    drop: fc.option(fc.integer(), { nil: undefined }),
    publications: fc.array(published, { maxLength: 3 }),
  })
  .map(
    ({ profile, stale, panes, applied, open, drop, publications }) =>
      async (store, namespace) => {
        const profileId = `${namespace}/${profile}`;
        const { version } = await store.profileState(profileId);
        const commit: ProfileCommit = {
          profileId,
          expectedVersion: version + stale,
          panes,
          applied,
          open: open as ProfileCommit['open'],
          ...(drop === undefined ? {} : { dropPanesBefore: drop }),
          publications: publications.map(({ monitor, start, length, revision, units }) =>
            publication({
              namespace,
              monitor,
              window: { start, end: start + length },
              revision,
              assessments: units.map(({ statistic, detailed, ...unit }) =>
                assessment({
                  ...unit,
                  statistics: { ks: { statistic } },
                  ...(detailed && { detail: detailOf(statistic) }),
                }),
              ),
            }),
          ),
        };
        return store.commitProfile(commit);
      },
  );

const others: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constantFrom(...MONITORS), fc.integer({ min: 0, max: 8 })).map(
    ([name, before]): Step =>
      (store, namespace) =>
        store.pruneEvaluations({ namespace, name }, before),
  ),
  fc
    .uniqueArray(fc.tuple(fc.constantFrom('a', 'B', 'c'), fc.jsonValue()), {
      selector: ([key]) => key,
      maxLength: 3,
    })
    .map(
      (documents): Step =>
        (store, namespace) =>
          store.replaceFileResources(
            documents.map(([key, document]) => ({ kind: 'k', namespace, name: key, document })),
          ),
    ),
  fc.tuple(fc.constantFrom('1', '2'), small, payload).map(
    ([version, createdAt, content]): Step =>
      (store, namespace) =>
        store.putBaseline(
          {
            namespace,
            name: 'b',
            version,
            hash: Buffer.from(content).toString('hex'),
            modelVersion: null,
            createdAt,
            rows: 1,
            timeRange: null,
            source: { uri: 'u', sha256: 's', bytes: 1 },
            summary: { content: content.length },
          },
          content,
        ),
  ),
  fc.tuple(fc.constantFrom('s', 'S'), fc.maxSafeNat()).map(
    ([stream, updatedAt]): Step =>
      (store, namespace) =>
        store.putStreamStatus({
          ...{ namespace, stream, condition: 'live', reason: 'r', since: 1, watermark: null },
          ...{ lastEventAt: null, tallies: {}, partitions: [], updatedAt },
        } satisfies StreamStatus),
  ),
);

/** Everything that can be read of the store. */
async function everything(store: Store, namespace: string): Promise<unknown> {
  const ids = PROFILES.map((profile) => `${namespace}/${profile}`);
  const pages: unknown[] = [];
  for (const filter of [
    { revisions: 'all', detail: true },
    { order: 'asc' },
    { verdict: 'warning' },
    { field: 'x', from: 2 },
    { segment: null, to: 6 },
    { monitor: 'Beta', revisions: 'all', order: 'asc' },
  ] satisfies Partial<EvaluationQuery>[]) {
    const query = { namespace, limit: 3, ...filter };
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await store.evaluations({ ...query, ...(cursor && { cursor }) });
      pages.push(page);
      cursor = page.nextCursor;
    }
  }
  const baselines = await store.listBaselines(namespace);
  return {
    pages,
    latest: await store.latestEvaluations(namespace),
    publications: await Promise.all(
      MONITORS.map((monitor) => store.publications({ namespace, name: monitor }, 1)),
    ),
    profiles: await Promise.all(ids.map((id) => store.profileState(id))),
    panes: await Promise.all(ids.map((id) => store.panes(id, EVER))),
    resources: await store.listResources(),
    revision: await store.configRevision(),
    baselines,
    newest: await store.findBaseline({ namespace, name: 'b' }),
    contents: await Promise.all(baselines.map(({ hash }) => store.baselineContent(hash))),
    streams: await store.listStreamStatus(namespace),
  };
}

async function outcome(
  step: Step,
  { store, namespace }: { readonly store: Store; readonly namespace: string },
): Promise<unknown> {
  try {
    return await step(store, namespace);
  } catch (error) {
    if (!(error instanceof PlumblineError)) throw error;
    return { code: error.code, message: error.message };
  }
}

describeOnPostgres('postgres and sqlite', (server) => {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-same-'));
  let stores: readonly Store[] = [];
  beforeAll(async () => {
    stores = [
      await openSqliteStore({ directory, owner: 'a test' }),
      await openPostgresStore({ url: await server().createDatabase() }),
    ];
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test('answer the same to the same calls, tell of the same events, and hold the same afterwards', async () => {
    const events = stores.map((store) => {
      const seen: StoreEvent[] = [];
      store.subscribe((event) => seen.push(event));
      return seen;
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 4, arbitrary: commits }, others), {
          minLength: 8,
          maxLength: 25,
        }),
        async (steps) => {
          run += 1;
          const namespace = `run-${run}`;
          for (const step of steps) {
            const answers = stores.map((store) => outcome(step, { store, namespace }));
            const [sqlite, postgres] = await Promise.all(answers);
            expect(postgres).toEqual(sqlite);
          }
          const [sqlite, postgres] = await Promise.all(
            stores.map((store) => everything(store, namespace)),
          );
          expect(postgres).toEqual(sqlite);
          expect(events[1]).toEqual(events[0]);
        },
      ),
      { numRuns: 12, seed: 21, endOnFailure: true },
    );
    // What was compared is not emptiness.
    expect(events[0]?.filter((event) => event.kind === 'published').length).toBeGreaterThan(30);
  });
});
