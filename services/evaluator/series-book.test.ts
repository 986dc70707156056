import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Evaluation, WindowProvenance } from '#libs/detectors/evaluation.ts';
import type { Row } from '#libs/profiles/testing/rows.ts';
import type { Store } from '#libs/store/port.ts';
import { openSqliteStore } from '#libs/store/sqlite/open-sqlite-store.ts';
import { assessment, profileCommit, publication } from '#libs/store/testing/publication.ts';
import { createLifecycle } from '#libs/telemetry/lifecycle.ts';
import { ProfileEvaluator } from './profile-evaluator.ts';
import { BLOCK, blockOf, DEFINITION, HOUR } from './testing/blocks.ts';
import { planOf } from './testing/plan.ts';

const HOURS = 26;
const VALUES = [-2, -1.5, 0, 1];

/** The events of an hour; from hour 10 on more and more of them are 1. */
function hourOf(hour: number): Row[] {
  return Array.from({ length: BLOCK }, (_, i) => ({
    t: new Date(hour * HOUR + i).toISOString(),
    x: i < (hour - 10) / 3 ? 1 : VALUES[i % VALUES.length]!,
    c: 'a',
  }));
}

const BASELINE = Array.from({ length: 200 }, (_, i) => ({
  t: '1970-01-01',
  x: VALUES[i % 4]!,
  c: 'a',
}));
const DETECTORS = `sequential: {
  x: { ks: { detector: page_hinkley, delta: 0.02, lambda: 0.3, min_instances: 4 } },
  '*': { missing_rate: { detector: cusum, mean: 0, sd: 0.01, verdict: critical } } }`;
const PLAN = planOf(`window: 1h, lateness: 0s, min_samples: 1, ${DETECTORS}`, BASELINE);

interface Arrival {
  readonly partition: number;
  readonly hour: number;
}

/** All hours in their order, in turn from two partitions. */
const ARRIVALS: readonly Arrival[] = Array.from({ length: HOURS }, (_, hour) => ({
  partition: hour % 2,
  hour,
}));

async function openStore(): Promise<Store> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-series-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const store = await openSqliteStore({ directory, owner: 'test' });
  onTestFinished(() => store.close());
  return store;
}

/** Applies blocks in an order, publishing after each; partitions that are behind are excused. */
async function run(
  arrivals: readonly Arrival[],
  { restartEvery = Infinity, plan = PLAN, opened = openStore() } = {},
) {
  const store = await opened;
  const clock = { now: 1_000_000 };
  const load = () =>
    ProfileEvaluator.load({
      ...{ definition: DEFINITION, plans: [plan], store, configRevision: 1 },
      ...{ lifecycle: createLifecycle(), now: () => clock.now },
    });
  let evaluator = await load();
  for (const [i, { partition, hour }] of arrivals.entries()) {
    if (i % restartEvery === restartEvery - 1) evaluator = await load();
    const from = ((hour - partition) / 2) * BLOCK;
    await evaluator.apply(blockOf(hourOf(hour), { partition, from }).payload);
    clock.now += plan.stream.idleAfterMs + 1;
    await evaluator.step();
  }
  expect(await evaluator.step()).toBe(0);
  return store;
}

/** Of the hours in their order, without a restart. */
let inOrder: Promise<ReadonlyMap<string, readonly Evaluation[]>> | undefined;
async function expected(field: string): Promise<readonly Evaluation[]> {
  inOrder ??= run(ARRIVALS).then(async (store) => {
    const fields = ['x', 'c'].map(
      async (name) => [name, await evaluationsOf(store, name)] as const,
    );
    return new Map(await Promise.all(fields));
  });
  return (await inOrder).get(field)!;
}

async function evaluationsOf(store: Store, field: string | null = 'x'): Promise<Evaluation[]> {
  const { items } = await store.evaluations({
    ...{ namespace: 'default', field, order: 'asc', limit: 1000 },
  });
  return [...items];
}

/** What must not depend on how the events arrived. */
function content(evaluations: readonly Evaluation[]) {
  return evaluations.map(({ window, verdict, reason, reason_code, statistics }) => ({
    ...{ hour: window.start / HOUR, verdict, reason, reason_code, statistics },
  }));
}

test('a creeping change raises the verdict of the window in which the detector sees it', async () => {
  const evaluations = await expected('x');
  const drift = evaluations.filter(({ statistics }) => statistics.ks?.sequential?.kind === 'drift');
  expect(drift.length).toBeGreaterThan(0);
  const [first] = drift;
  expect(first!.window.start / HOUR).toBeGreaterThan(10);
  expect(first).toMatchObject({
    verdict: 'warning',
    reason_code: 'page_hinkley_warning',
    reason: expect.stringMatching(
      /KS has risen within \d+ windows: Page–Hinkley [\d.]+ \(limit 0.30\)\./,
    ),
    provenance: { series: { sum: expect.any(Number) } },
  });
  // The first window lacks a part, and three more come before the detector tests.
  const kinds = evaluations.slice(0, 5).map(({ statistics }) => statistics.ks?.sequential);
  expect(kinds.map((figure) => figure?.kind)).toEqual([
    undefined,
    'waiting',
    'waiting',
    'waiting',
    'steady',
  ]);
  expect(kinds.map((figure) => figure?.windows)).toEqual([undefined, 1, 2, 3, 4]);
});

test('restarts change nothing: what a detector knows is read from the store', async () => {
  const restarted = await run(ARRIVALS, { restartEvery: 3 });
  for (const field of ['x', 'c']) {
    const evaluations = await evaluationsOf(restarted, field);
    expect(content(evaluations)).toEqual(content(await expected(field)));
  }
});

test.each([
  [1, Infinity],
  [12, 4],
  [17, 2],
])(
  'hour %i that comes last changes those after it as if it had been there, restarts %d',
  async (late, restartEvery) => {
    const others = ARRIVALS.filter(({ partition, hour }) => partition !== late % 2 || hour < late);
    const missing = ARRIVALS.filter((arrival) => !others.includes(arrival));
    const store = await run([...others, ...missing], { restartEvery });
    const evaluations = await evaluationsOf(store);
    expect(content(evaluations)).toEqual(content(await expected('x')));
    const revisions = new Map(evaluations.map((item) => [item.window.start / HOUR, item.revision]));
    // Windows after the late hour were published before it came, and again because of it.
    expect(revisions.get(late + 1)).toBeGreaterThan(0);
    if (late > 1) expect(revisions.get(late - 2)).toBe(0);
  },
);

test('a series holds no windows of another profile, and none that may lack events', async () => {
  const store = await openStore();
  const hours = (from: number, to: number, provenance: Partial<WindowProvenance>) =>
    Array.from({ length: to - from }, (_, i) => {
      const window = { start: (from + i) * HOUR, end: (from + i + 1) * HOUR };
      const { provenance: usual } = publication({ namespace: 'default' });
      return publication({
        ...{ namespace: 'default', monitor: 'hourly', window },
        provenance: { ...usual, profile_id: DEFINITION.id, ...provenance },
        assessments: ['b', 'c', 'd', 'e', 'f', 'x'].map((field) => assessment({ field })),
      });
    });
  const publications = [
    ...hours(-209, -206, { profile_id: 'another' }),
    ...hours(-206, -200, { complete: false }),
    // Together more evaluations than are read at once.
    ...hours(-200, 0, {}),
  ];
  await store.commitProfile(profileCommit({ profileId: 'p', expectedVersion: 0, publications }));
  await run(ARRIVALS.slice(0, 3), { opened: Promise.resolve(store) });
  const windows = (await evaluationsOf(store)).map(({ window, statistics }) => [
    window.start / HOUR,
    statistics.ks?.sequential?.windows,
  ]);
  // The first window that has data lacks a part; the 200 before it are of the same series.
  expect(windows.slice(-2)).toEqual([
    [0, undefined],
    [1, 201],
  ]);
});

test('without detectors nothing is said of a series', async () => {
  const plan = planOf('window: 1h, lateness: 0s, min_samples: 1', BASELINE);
  for (const item of await evaluationsOf(await run(ARRIVALS.slice(0, 8), { plan }))) {
    expect(item.provenance).not.toHaveProperty('series');
    expect(item.statistics.ks).not.toHaveProperty('sequential');
  }
});
