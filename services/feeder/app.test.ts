import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createLifecycle, type LifecycleEvent } from '#libs/telemetry/lifecycle.ts';
import { openEmbeddedTransport } from '#libs/transport/embedded/open-embedded-transport.ts';
import type { Transport } from '#libs/transport/port.ts';
import { until } from '#libs/transport/until.ts';
import { type FeedOptions, feed } from './app.ts';

const encoder = new TextEncoder();

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-feeder-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function openLog(directory = newDirectory(), maxBytes?: number): Promise<Transport> {
  const limit = maxBytes === undefined ? {} : { maxBytes };
  const log = await openEmbeddedTransport({ directory, durability: 'normal', ...limit });
  onTestFinished(() => log.close());
  return log;
}

/** Events "0", "1", … in batches of these sizes, again and again. */
function numbers(count: number, sizes: readonly number[] = [7]): FeedOptions['source'] {
  return async function* () {
    for (let next = 0, i = 0; next < count; i++) {
      const size = Math.min(sizes[i % sizes.length]!, count - next);
      yield Array.from({ length: size }, (_, place) => encoder.encode(`${next + place}`));
      next += size;
    }
  };
}

/** Feeds topic `t`; `most` batches and then it is stopped, as if killed between two appends. */
async function feedTopic(
  transport: Transport,
  source: FeedOptions['source'],
  given: { readonly most?: number; readonly events?: LifecycleEvent[] } = {},
): Promise<number> {
  const { most = Number.POSITIVE_INFINITY, events = [] } = given;
  const lifecycle = createLifecycle();
  lifecycle.observe((event) => events.push(event));
  const controller = new AbortController();
  let batches = 0;
  let fed = 0;
  if (most === 0) controller.abort();
  await feed({
    ...{ transport, topic: 't', source, lifecycle, signal: controller.signal },
    onProgress: (count) => {
      fed = count;
      if (++batches >= most) controller.abort();
    },
  });
  return fed;
}

/** Values of each partition; `end` for a record that says that the input is over. */
async function valuesOf(log: Transport): Promise<string[][]> {
  const description = await log.describe('t');
  return Promise.all(
    (description?.partitions ?? []).map(async ({ partition, end }) => {
      const values: string[] = [];
      for (let offset = 0; offset < end; ) {
        const batch = await log.read({ topic: 't', partition, offset });
        for (const { value, headers } of batch.records) {
          const ended = 'plumbline-end-of-input' in headers;
          values.push(ended ? 'end' : Buffer.from(value ?? []).toString());
        }
        offset = batch.next;
      }
      return values;
    }),
  );
}

/** What the partitions hold when all is fed: the numbers dealt in turn, then the end. */
function dealt(count: number, partitions: number): string[][] {
  return Array.from({ length: partitions }, (_, partition) => [
    ...Array.from({ length: count }, (_, i) => i)
      .filter((i) => i % partitions === partition)
      .map(String),
    'end',
  ]);
}

test('a source is dealt to the partitions, each of which is told its end', async () => {
  const log = await openLog();
  await log.ensureTopic({ topic: 't', partitions: 3, cleanup: 'delete' });
  expect(await feedTopic(log, numbers(20))).toBe(20);
  expect(await valuesOf(log)).toEqual(dealt(20, 3));
});

test('stopped anywhere and fed again in other batches, each event stands in the log once', async () => {
  const log = await openLog();
  const lives = fc.array(
    fc.record({
      most: fc.integer({ min: 0, max: 4 }),
      sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(
      ...([fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 40 }), lives] as const),
      async (partitions, count, stops) => {
        await log.ensureTopic({ topic: 't', partitions, cleanup: 'delete' });
        for (const { most, sizes } of stops) await feedTopic(log, numbers(count, sizes), { most });
        for (let again = 0; again < 2; again++) {
          await feedTopic(log, numbers(count, [3]));
          expect(await valuesOf(log)).toEqual(dealt(count, partitions));
        }
        await log.deleteTopic('t');
      },
    ),
    { seed: 1, numRuns: 40 },
  );
});

test('a source that has grown goes on behind its former end', async () => {
  const log = await openLog();
  await log.ensureTopic({ topic: 't', partitions: 2, cleanup: 'delete' });
  await feedTopic(log, numbers(3));
  await feedTopic(log, numbers(6));
  expect(await valuesOf(log)).toEqual([
    ['0', '2', 'end', '4', 'end'],
    ['1', 'end', '3', '5', 'end'],
  ]);
});

test('with a full log it waits and goes on when there is room', async () => {
  const directory = newDirectory();
  const before = await openLog(directory);
  await before.ensureTopic({ topic: 't', partitions: 1, cleanup: 'delete' });
  await before.ensureTopic({ topic: 'ballast', partitions: 1, cleanup: 'delete' });
  const value = new Uint8Array(256 * 1024);
  await before.send('ballast', [{ value }, { value }]);
  await before.close();
  const { size } = statSync(join(directory, 'log.sqlite'));
  const log = await openLog(directory, size + 8192);
  const wide: FeedOptions['source'] = async function* () {
    for (let i = 0; i < 20; i++) yield [encoder.encode(`${i}`.padEnd(10_000, ' '))];
  };
  const events: LifecycleEvent[] = [];
  const feeding = feedTopic(log, wide, { events });
  const retried = () => events.some((event) => event.type === 'failure');
  await until(retried, { what: 'the feeder tells that the log is full' });
  expect(events[0]).toMatchObject({ code: 'PLB_STORE_FULL', outcome: 'retries' });
  await log.deleteTopic('ballast');
  await feeding;
  const [values] = await valuesOf(log);
  expect(values!.map((text) => text.trim())).toEqual(dealt(20, 1)[0]);
});

test('a topic that somebody else writes to is left alone', async () => {
  const log = await openLog();
  await log.ensureTopic({ topic: 't', partitions: 1, cleanup: 'delete' });
  await log.send('t', [{ value: encoder.encode('theirs') }]);
  await expect(feedTopic(log, numbers(3))).rejects.toMatchObject({
    code: 'PLB_FEED_TOPIC',
    message: expect.stringContaining('was not written by a feeder'),
  });
  expect(await valuesOf(log)).toEqual([['theirs']]);
});

test('a topic that is not there yet is waited for', async () => {
  const log = await openLog();
  const events: LifecycleEvent[] = [];
  const feeding = feedTopic(log, numbers(3), { events });
  await until(() => events.length > 0, { what: 'the feeder tells that there is no topic' });
  expect(events[0]).toMatchObject({ code: 'PLB_TRANSPORT_TOPIC', outcome: 'retries' });
  await log.ensureTopic({ topic: 't', partitions: 1, cleanup: 'delete' });
  expect(await feeding).toBe(3);
});

test('a source that breaks is an error, and its topic has no end', async () => {
  const log = await openLog();
  await log.ensureTopic({ topic: 't', partitions: 1, cleanup: 'delete' });
  const broken: FeedOptions['source'] = async function* () {
    yield [encoder.encode('0')];
    throw new Error('the disk is gone');
  };
  await expect(feedTopic(log, broken)).rejects.toThrow('the disk is gone');
  expect(await valuesOf(log)).toEqual([['0']]);
});
