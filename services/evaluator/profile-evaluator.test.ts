import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { blockKey } from '#libs/profiles/block.ts';
import { encodeLostOffsets, lostKey } from '#libs/profiles/lost-offsets.ts';
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
async function load(store: Store, plan = PLAN) {
  const events: LifecycleEvent[] = [];
  const lifecycle = createLifecycle();
  lifecycle.observe((event) => events.push(event));
  const clock = { now: 1_000_000 };
  const evaluator = await ProfileEvaluator.load({
    ...{ definition: DEFINITION, plans: [plan], store, lifecycle, configRevision: 1 },
    now: () => clock.now,
  });
  return { evaluator, clock, events, said: () => events.map(({ type }) => type) };
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

test('a block is spent once its counts are stored and a newer one is, by nobody who was refused', async () => {
  const store = await openStore();
  const [first, second] = [await load(store), await load(store)];
  const next = blockOf(rowsAt(0, 0, 0, 1, 1, 1, 2, 2), { from: BLOCK }).payload;
  for (const { evaluator } of [first, second]) {
    for (const payload of [FULL, next]) await evaluator.apply(payload);
    expect(evaluator.takeSpent()).toEqual([]);
  }
  await first.evaluator.step();
  await expect(second.evaluator.step()).rejects.toMatchObject({ code: 'PLB_STORE_CONFLICT' });
  expect(second.evaluator.takeSpent()).toEqual([]);
  const spent = [blockKey(DEFINITION.id, blockOf([], { from: 0, to: BLOCK }).block)];
  expect(first.evaluator.takeSpent()).toEqual(spent);
  expect(first.evaluator.takeSpent()).toEqual([]);

  // Whoever reads again after a crash has nothing to store, but to tell again.
  const again = await load(store);
  for (const payload of [FULL, next]) await again.evaluator.apply(payload);
  await again.evaluator.step();
  expect(again.evaluator.takeSpent()).toEqual(spent);
});

test('a lost range is spent once it is stored and a finished block is', async () => {
  const { evaluator } = await load(await openStore());
  await evaluator.apply(lostRecord(BLOCK, 2 * BLOCK));
  await evaluator.step();
  expect(evaluator.takeSpent()).toEqual([]);
  await evaluator.apply(FULL);
  await evaluator.step();
  const lost = { topic: 'flights', partition: 0, epoch: 0, from: BLOCK, to: 2 * BLOCK };
  expect(evaluator.takeSpent()).toEqual([lostKey(DEFINITION.id, lost)]);
});

test('what a loss ends that was told before is stored too', async () => {
  const store = await openStore();
  const { evaluator } = await load(store);
  const open = blockOf(rowsAt(0, 0), { from: 0 }).payload;
  for (const payload of [lostRecord(0, BLOCK), open, lostRecord(0, BLOCK)]) {
    await evaluator.apply(payload);
    await evaluator.step();
  }
  const { applied } = await store.profileState(DEFINITION.id);
  expect(applied.map(({ ranges }) => ranges)).toEqual([[[0, 2]]]);
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

/** What is said of offsets that can no longer be read. */
function lostRecord(from: number, to: number): Uint8Array {
  const lost = { topic: 'flights', partition: 0, epoch: 0, from, to };
  return encodeLostOffsets(DEFINITION, lost);
}

test('lost offsets are warned about where they may belong, and not waited for', async () => {
  const store = await openStore();
  const { evaluator, said } = await load(store);
  await evaluator.apply(FULL);
  expect(await evaluator.apply(lostRecord(BLOCK, 3 * BLOCK))).toEqual({ kind: 'lost' });
  const behind = rowsAt(4, 4, 4, 4, 5, 5, 5, 5);
  await evaluator.apply(blockOf(behind, { from: 3 * BLOCK }).payload);
  await evaluator.apply(blockOf(rowsAt(6, 7, 8, 8, 8, 8, 8, 8), { from: 4 * BLOCK }).payload);
  await evaluator.step();
  const { items } = await store.evaluations({ namespace: 'default', field: null, limit: 100 });
  const warned = items
    .filter(({ warnings }) => warnings.some((warning) => warning.includes('lost')))
    .map(({ window }) => window.start / HOUR);
  // The last events before were of hours 1 and 2, the first ones behind of hour 5 at most.
  expect(warned.sort()).toEqual([1, 2, 3, 4, 5]);
  expect(items[0]!.window.start / HOUR).toBe(7);
  expect(items.flatMap(({ warnings }) => warnings)).toContain(
    `Offsets ${BLOCK}–${3 * BLOCK - 1} of flights/0 are lost: the log let go of them before they were counted.`,
  );
  expect(said()).not.toContain('gap');
  const next = await load(store);
  expect(next.evaluator.report().tallies).toEqual({ events: 3 * BLOCK, lost: 2 * BLOCK });
});

test('a gap is announced, and so is what was filled of it, but not what was lost', async () => {
  const { evaluator, events } = await load(await openStore());
  const gaps = () =>
    events.flatMap((event) =>
      event.type === 'gap' ? [[event.outcome, event.from, event.to]] : [],
    );
  await evaluator.apply(FULL);
  await evaluator.apply(blockOf(rowsAt(3, 3, 3, 3, 3, 3, 3, 3), { from: 4 * BLOCK }).payload);
  await evaluator.step();
  expect(gaps()).toEqual([['waiting', BLOCK, 4 * BLOCK]]);
  await evaluator.apply(blockOf(rowsAt(3, 3, 3, 3, 3, 3, 3, 3), { from: 2 * BLOCK }).payload);
  await evaluator.step();
  expect(gaps().slice(1)).toEqual([['filled', 2 * BLOCK, 3 * BLOCK]]);
  await evaluator.apply(lostRecord(BLOCK, 2 * BLOCK));
  await evaluator.step();
  expect(gaps()).toHaveLength(2);
});

test('a finished block that cannot be added whole is announced as lost', async () => {
  const { evaluator, events } = await load(await openStore());
  const rows = rowsAt(0, 1, 2, 3, 4, 5, 6, 7);
  await evaluator.apply(blockOf(rows.slice(4), { from: 4 }).payload);
  await evaluator.apply(blockOf(rows, { from: 0 }).payload);
  expect(events).toMatchObject([
    { type: 'gap', outcome: 'lost', from: 0, to: 4, reason: expect.stringContaining('block') },
  ]);
});

test('a late block of before the end of the input does not make it go on', async () => {
  const { evaluator } = await load(await openStore());
  await evaluator.apply(blockOf(rowsAt(3, 3), { from: BLOCK, ended: true }).payload);
  expect(evaluator.report().condition).toBe('ended');
  await evaluator.apply(FULL);
  expect(evaluator.report().condition).toBe('ended');
  await evaluator.apply(blockOf(rowsAt(3, 3, 3), { from: BLOCK }).payload);
  expect(evaluator.report().condition).toBe('live');
});

test('the first window is published again, complete, once there is something before it', async () => {
  const store = await openStore();
  const { evaluator } = await load(store);
  await evaluator.apply(blockOf(rowsAt(3, 3, 3, 3, 4, 4, 4, 6), { from: BLOCK }).payload);
  await evaluator.step();
  const volume = async () => {
    const query = { namespace: 'default', field: null, limit: 1, from: 3 * HOUR, to: 4 * HOUR };
    const { items } = await store.evaluations(query);
    return items.map(({ revision, reason_code, provenance }) => ({
      ...{ revision, reason_code, complete: provenance.complete },
    }));
  };
  expect(await volume()).toEqual([
    { revision: 0, reason_code: 'incomplete_window', complete: false },
  ]);
  const next = await load(store);
  await next.evaluator.apply(blockOf(rowsAt(2, 2, 2, 2, 2, 2, 2, 2), { from: 0 }).payload);
  await next.evaluator.step();
  expect(await volume()).toEqual([
    { revision: 1, reason_code: expect.not.stringContaining('incomplete'), complete: true },
  ]);
  const last = await load(store);
  expect(await last.evaluator.step()).toBe(0);
});

test('what is left out by sampling is a sign of life, but makes no partition less idle', async () => {
  const { evaluator, clock } = await load(await openStore());
  await evaluator.apply(FULL);
  clock.now = 3 * HOUR;
  await evaluator.apply(blockOf([], { from: BLOCK, to: BLOCK + 4, sampledOut: 4 }).payload);
  expect(evaluator.report()).toMatchObject({
    ...{ lastEventAt: clock.now, tallies: { events: BLOCK, sampled_out: 4 } },
    partitions: [{ idle: true }],
  });
});

test('how far the counts are behind the log is told, where its end is known', async () => {
  const { evaluator, clock } = await load(await openStore());
  await evaluator.apply(FULL);
  const lagAt = (end: number, start = 0) =>
    evaluator.report(new Map([['flights/0', { start, end }]])).partitions[0];
  expect(lagAt(BLOCK)).toMatchObject({ lagRecords: 0, lagMs: 0 });
  clock.now = 2 * HOUR + 5000;
  expect(lagAt(BLOCK + 30)).toMatchObject({ lagRecords: 30, lagMs: 5000 });
  expect(lagAt(BLOCK + 30, BLOCK + 20)).toMatchObject({ lagRecords: 10 });
  const [unknown] = evaluator.report().partitions;
  expect(unknown).not.toHaveProperty('lagRecords');
});
