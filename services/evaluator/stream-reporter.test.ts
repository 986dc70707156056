import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '#libs/store/sqlite/open-sqlite-store.ts';
import { createLifecycle } from '#libs/telemetry/lifecycle.ts';
import { type StreamReport, StreamReporter } from './stream-reporter.ts';

function reportOf(given: Partial<StreamReport> & { readonly applied?: number }): StreamReport {
  const { applied = 0, ...rest } = given;
  return {
    ...{ profileId: 'p', namespace: 'default', stream: 'orders' },
    ...{ condition: 'live', reason: 'Last event 0 s ago.' },
    ...{ watermark: 5, lastEventAt: 7, tallies: { events: applied }, updatedAt: 1000 },
    partitions: [{ topic: 'orders', partition: 0, applied, highest: 5, idle: false, ended: false }],
    ...rest,
  };
}

async function openReporter() {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-reporter-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const store = await openSqliteStore({ directory, owner: 'test' });
  onTestFinished(() => store.close());
  const lifecycle = createLifecycle();
  const conditions: string[] = [];
  lifecycle.observe((event) => {
    if (event.type === 'stream_condition') conditions.push(`${event.stream} ${event.condition}`);
  });
  let writes = 0;
  store.subscribe(({ kind }) => {
    if (kind === 'stream') writes++;
  });
  const stored = async () => (await store.listStreamStatus('default'))[0];
  return {
    reporter: new StreamReporter({ store, lifecycle }),
    ...{ conditions, stored, writes: () => writes },
  };
}

test('of several profiles of a stream the slowest speaks', async () => {
  const { reporter, stored } = await openReporter();
  const slow = reportOf({ applied: 10, profileId: 'slow' });
  const fast = reportOf({ applied: 20, condition: 'ended', reason: 'The input is over.' });
  for (const reports of [
    [slow, fast],
    [fast, slow],
  ]) {
    await reporter.report(reports);
    expect(await stored()).toMatchObject({ condition: 'live', tallies: { events: 10 } });
  }
  await reporter.report([fast, { ...fast, updatedAt: 2000, profileId: 'slow' }]);
  expect(await stored()).toMatchObject({ condition: 'ended' });
});

test('a condition lasts since it began, and its changes alone are announced', async () => {
  const { reporter, stored, conditions } = await openReporter();
  await reporter.report([reportOf({ updatedAt: 1000 })]);
  await reporter.report([reportOf({ updatedAt: 2000, applied: 1 })]);
  expect(await stored()).toMatchObject({ since: 1000, updatedAt: 2000 });
  await reporter.report([reportOf({ updatedAt: 3000, condition: 'stalled' })]);
  await reporter.report([reportOf({ updatedAt: 9000, condition: 'stalled' })]);
  expect(await stored()).toMatchObject({ since: 3000, updatedAt: 9000 });
  expect(conditions).toEqual(['orders live', 'orders stalled']);
});

test('the condition of a stream that was given away is announced anew when it is back', async () => {
  const { reporter, conditions } = await openReporter();
  await reporter.report([reportOf({})]);
  reporter.forget({ namespace: 'default', stream: 'orders' });
  await reporter.report([reportOf({})]);
  expect(conditions).toEqual(['orders live', 'orders live']);
});

test('what has not changed is written again only after a while', async () => {
  const { reporter, writes } = await openReporter();
  await reporter.report([reportOf({ updatedAt: 1000 })]);
  await reporter.report([reportOf({ updatedAt: 5999, reason: 'Last event 4 s ago.' })]);
  expect(writes()).toBe(1);
  await reporter.report([reportOf({ updatedAt: 6000 })]);
  expect(writes()).toBe(2);
  await reporter.report([reportOf({ updatedAt: 6001, watermark: 6 })]);
  expect(writes()).toBe(3);
});
