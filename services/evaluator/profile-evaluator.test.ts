import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Store } from '#libs/store/port.ts';
import { openSqliteStore } from '#libs/store/sqlite/open-sqlite-store.ts';
import { createLifecycle, type LifecycleEvent } from '#libs/telemetry/lifecycle.ts';
import { ProfileEvaluator } from './profile-evaluator.ts';
import { BLOCK, blockOf, DEFINITION, HOUR, rowsAt } from './testing/blocks.ts';
import { planOf } from './testing/plan.ts';

const PLAN = planOf('window: 1h, lateness: 0s', rowsAt(0, 1, 2, 3));
const MONITOR = { namespace: 'default', name: 'hourly' };

async function openStore(): Promise<Store> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-evaluator-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const store = await openSqliteStore({ directory, owner: 'test' });
  onTestFinished(() => store.close());
  return store;
}

/** An evaluator with a clock that a test sets, and what it said. */
async function load(store: Store) {
  const events: LifecycleEvent[] = [];
  const lifecycle = createLifecycle();
  lifecycle.observe((event) => events.push(event));
  const clock = { now: 1_000_000 };
  const evaluator = await ProfileEvaluator.load({
    ...{ definition: DEFINITION, plans: [PLAN], store, lifecycle, configRevision: 1 },
    now: () => clock.now,
  });
  return { evaluator, clock, said: () => events.map(({ type }) => type) };
}

const FULL = blockOf(rowsAt(0, 0, 0, 1, 1, 1, 2, 2), { from: 0 }).payload;

test('windows are announced once they are stored, and by nobody whose commit is refused', async () => {
  const store = await openStore();
  const first = await load(store);
  const second = await load(store);
  for (const { evaluator } of [first, second]) await evaluator.apply(FULL);
  expect(await first.evaluator.step()).toBe(2);
  expect(first.said()).toEqual(['window_published', 'window_published', 'commit']);
  await expect(second.evaluator.step()).rejects.toMatchObject({ code: 'PLB_STORE_CONFLICT' });
  expect(second.said()).toEqual(['commit_conflict']);

  const again = await load(store);
  expect(await again.evaluator.apply(FULL)).toEqual({ kind: 'ignored' });
  expect(await again.evaluator.step()).toBe(0);
  expect((await store.publications(MONITOR)).map(({ revision }) => revision)).toEqual([0, 0]);
});

test('an idle partition is not waited for, and probes do not make it less idle', async () => {
  const store = await openStore();
  const { evaluator, clock } = await load(store);
  evaluator.expect('flights/1');
  await evaluator.apply(FULL);
  expect(await evaluator.step()).toBe(0);
  clock.now += PLAN.stream.idleAfterMs;
  const probes = { partition: 1, from: 0, to: 3, synthetic: 3 };
  await evaluator.apply(blockOf([], probes).payload);
  await evaluator.apply(blockOf(rowsAt(2), { from: BLOCK }).payload);
  expect(await evaluator.step()).toBe(2);
  expect(evaluator.report().partitions).toMatchObject([
    { partition: 1, idle: true, applied: 3 },
    { partition: 0, idle: false, applied: BLOCK + 1 },
  ]);
});

test('probes are no sign of life, future and bad events are', async () => {
  const { evaluator, clock } = await load(await openStore());
  const applied = async (given: { to: number; synthetic?: number; future?: number }) => {
    clock.now += 1000;
    await evaluator.apply(blockOf(rowsAt(0), { from: 0, ...given }).payload);
    return evaluator.report().lastEventAt;
  };
  const first = await applied({ to: 1 });
  expect(first).toBe(clock.now);
  expect(await applied({ to: 2, synthetic: 1 })).toBe(first);
  expect(await applied({ to: 3, synthetic: 1, future: 1 })).toBe(clock.now);
});

test('an evaluator goes on where another one stopped, unfinished blocks included', async () => {
  const store = await openStore();
  const { evaluator } = await load(store);
  await evaluator.apply(FULL);
  const rows = rowsAt(3, 3, 3, 3);
  await evaluator.apply(blockOf(rows, { from: BLOCK, ended: true }).payload);
  expect(await evaluator.step()).toBe(4);
  const next = await load(store);
  expect(next.evaluator.report()).toMatchObject({
    ...{ condition: 'ended', tallies: { events: BLOCK + 4 }, lastEventAt: 3 * HOUR },
    partitions: [{ applied: BLOCK + 4, ended: true }],
  });
  expect(await next.evaluator.step()).toBe(0);
});

test('a block that the log lost offsets before is warned about on every later evaluation', async () => {
  const store = await openStore();
  const { evaluator, said } = await load(store);
  await evaluator.apply(FULL);
  await evaluator.apply(blockOf(rowsAt(3, 3, 3), { from: 3 * BLOCK, to: 4 * BLOCK }).payload);
  await evaluator.step();
  await evaluator.step();
  expect(said().filter((type) => type === 'gap')).toHaveLength(1);
  const { items } = await store.evaluations({ namespace: 'default', limit: 100 });
  expect(items.length).toBeGreaterThan(0);
  for (const { warnings } of items) {
    expect(warnings).toContain(
      `Offsets ${BLOCK}–${3 * BLOCK - 1} of flights/0 have not been counted.`,
    );
  }
});
