import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createEagerlyCompacted } from '#deploy/kafka/create-eagerly-compacted.ts';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { withAdmin } from '#deploy/kafka/with-admin.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { openEmbeddedTransport } from '#libs/transport/embedded/open-embedded-transport.ts';
import { blocksTopic, profilerGroup } from '#libs/transport/names.ts';
import type { LogRecord, OutgoingRecord } from '#libs/transport/port.ts';
import { until } from '#libs/transport/until.ts';
import { supervise } from '../supervise.ts';
import { alteredTransport } from './altered-transport.ts';
import { dealt } from './dealt.ts';
import { generateEvents, STREAM_START } from './generated-events.ts';
import { onKafka } from './kafka-engine.ts';
import { liveKeys } from './live-keys.ts';
import {
  BLOCK,
  BLOCKS_PARTITIONS,
  EMBEDDED,
  type Engines,
  INSTANCE,
  Plant,
  TOPIC,
} from './plant.ts';
import { expectSamePanes, readCountedPanes } from './read-counted-panes.ts';
import { readTopic, recount } from './recount.ts';

const HOUR = 3_600_000;
const SPAN = 6 * HOUR;
const PARTITIONS = 2;
/** Two profiles: the resolution is a part of one. */
const MONITORS = `
  fine: { stream: orders, baseline: reference, window: 1h, resolution: 64 }
  coarse: { stream: orders, baseline: reference, window: 1h, resolution: 16 }
`;
const PLACES = 2 * PARTITIONS;
const BLOCKS = blocksTopic(INSTANCE);
/** Sixteen blocks of each partition, to the record. */
const RECORDS = dealt(
  generateEvents({ events: 16 * PARTITIONS * BLOCK, seed: 91, spanMs: SPAN }),
  PARTITIONS,
);
const OPTIONS = { partitions: PARTITIONS, baselineRows: 1000, monitors: MONITORS };

/** Waits until compaction has left no more than a few records. */
async function compacted(plant: Plant): Promise<void> {
  const fill = (value: Uint8Array | null) =>
    plant.transport.send(
      BLOCKS,
      Array.from({ length: BLOCKS_PARTITIONS }, (_, partition) => ({
        ...{ partition, key: Buffer.from('filler/0/0/0/0'), value },
      })),
    );
  const isCompacted = async () => {
    // Compaction comes with further records.
    await fill(Buffer.alloc(20_000));
    const records = (await readTopic(plant.transport, BLOCKS)).flat();
    const own = records.filter(({ key }) => !Buffer.from(key!).toString().startsWith('filler'));
    return own.length <= 2 * PLACES;
  };
  await until(isCompacted, { what: 'the blocks are gone', deadlineMs: 60_000, pollMs: 200 });
  await fill(null);
}

/** Every count of the store is that of these records. */
async function expectCounted(plant: Plant, log: readonly (readonly LogRecord[])[]): Promise<void> {
  for (const { profile } of plant.plans) {
    const { fields } = profile.layout;
    const counted = recount(log.flat(), { layout: fields, paneMs: profile.paneMs });
    const stored = await readCountedPanes(plant.store, profile);
    expect(stored.tallies).toEqual(Object.fromEntries(counted.tallies));
    expectSamePanes(stored, { counted, layout: fields });
  }
}

/** The newest finished block of each profile and partition, and nothing else. */
function newestOnly(plant: Plant, { epoch, blocks }: { epoch: number; blocks: number }): string[] {
  return plant.plans
    .flatMap(({ profile: { id } }) =>
      Array.from({ length: PARTITIONS }, (_, i) => `${id}/${TOPIC}/${epoch}/${i}/${blocks - 1}`),
    )
    .sort();
}

function suite(engines: () => Promise<Engines>): void {
  test('the topic keeps as many blocks as there are places, however many were counted', async () => {
    const plant = await Plant.open({ ...OPTIONS, engines: await engines() });
    await plant.start();
    for (const share of [4, 8, 16]) {
      const from = share === 4 ? 0 : (RECORDS.length * share) / 32;
      await plant.send(RECORDS.slice(from, (RECORDS.length * share) / 16));
      await plant.counted();
      await until(async () => (await liveKeys(plant.transport)).finished.length === PLACES, {
        what: `after ${share} blocks of each partition only the newest ones are left`,
      });
    }
    await plant.finish(STREAM_START + SPAN);
    const { finished, open } = await liveKeys(plant.transport);
    expect(finished).toEqual(newestOnly(plant, { epoch: 0, blocks: 17 }));
    expect(open.length).toBeLessThanOrEqual(PLACES);
    await compacted(plant);
    await expectCounted(plant, await readTopic(plant.transport, TOPIC));
  }, 90_000);

  test('a topic created anew is another log, though little is left of the first one', async () => {
    // Nothing but finished blocks, so that nothing else tells which log they are of.
    const plant = await Plant.open({
      ...{ ...OPTIONS, engines: await engines(), publishEveryMs: 100_000 },
    });
    await plant.start();
    await plant.send(RECORDS.slice(0, RECORDS.length / 2));
    await plant.counted();
    await plant.stopProfilers();
    await compacted(plant);
    expect(await liveKeys(plant.transport)).toEqual({
      ...{ finished: newestOnly(plant, { epoch: 0, blocks: 8 }), open: [] },
    });
    const first = await readTopic(plant.transport, TOPIC);
    await plant.transport.deleteTopic(TOPIC);
    const isGone = async () => (await plant.transport.describe(TOPIC)) === undefined;
    await until(isGone, { what: 'the topic is gone' });
    await plant.ensureTopic();
    await plant.startProfiler();
    await plant.send(RECORDS.slice(RECORDS.length / 2));
    await until(async () => (await liveKeys(plant.transport)).finished.length === 2 * PLACES, {
      what: 'the newest blocks of both logs are left',
    });
    await plant.stopProfilers();
    await plant.stopEvaluators();
    const second = await readTopic(plant.transport, TOPIC);
    await expectCounted(plant, [...first, ...second]);
  }, 90_000);
}

describe('on the embedded log', () => {
  const eager: Engines = {
    ...EMBEDDED,
    openTransport: (data) =>
      openEmbeddedTransport({
        ...{ directory: join(data, 'log'), durability: 'normal' },
        ...{ compactAfterBytes: 1, tombstoneMs: 0 },
      }),
  };
  suite(async () => eager);

  test('tombstones that cannot be sent, or only seem not to be, are sent again', async () => {
    const plant = await Plant.open(OPTIONS);
    let sends = 0;
    const transport = alteredTransport(plant.transport, {
      send: async (topic: string, records: readonly OutgoingRecord[]) => {
        const send = sends++;
        const refusal = new PlumblineError('PLB_STORE_FULL', `Cannot append ${send}: no room`);
        if (send === 0) throw refusal;
        const sent = await plant.transport.send(topic, records);
        if (send === 3) throw refusal;
        return sent;
      },
    });
    const evaluator = await supervise({
      ...{ name: 'evaluator', role: 'evaluator', lifecycle: plant.lifecycle },
      start: ({ failed }) => plant.newEvaluator(failed, transport),
    });
    await plant.startProfiler();
    for (let sent = 0; sent < RECORDS.length; sent += 4 * BLOCK) {
      await plant.send(RECORDS.slice(sent, sent + 4 * BLOCK));
      await plant.counted();
    }
    await until(async () => (await liveKeys(plant.transport)).finished.length === PLACES, {
      what: 'only the newest blocks are left',
    });
    await plant.finish(STREAM_START + SPAN);
    await evaluator.stop();
    expect(plant.events.filter(({ type }) => type === 'failure')).toHaveLength(2);
    await expectCounted(plant, await readTopic(plant.transport, TOPIC));
  }, 90_000);
});

describeOnKafka('on Kafka', (kafka) => {
  suite(async () => {
    await createEagerlyCompacted(kafka().bootstrap, BLOCKS, BLOCKS_PARTITIONS);
    return { ...EMBEDDED, ...onKafka(kafka().bootstrap) };
  });

  test('a store restored from a backup is filled again where the positions of the profilers go', async () => {
    await createEagerlyCompacted(kafka().bootstrap, BLOCKS, BLOCKS_PARTITIONS);
    let folder = '';
    const engines: Engines = {
      ...onKafka(kafka().bootstrap),
      openStore: (data, options) => {
        folder = join(data, 'store');
        return EMBEDDED.openStore(data, options);
      },
    };
    const plant = await Plant.open({ ...OPTIONS, engines });
    await plant.start();
    await plant.send(RECORDS.slice(0, RECORDS.length / 2));
    await plant.counted();
    await plant.stop();
    const backup = `${folder}.backup`;
    cpSync(folder, backup, { recursive: true });
    onTestFinished(() => rmSync(backup, { recursive: true, force: true }));

    await plant.reopen();
    await plant.start();
    await plant.send(RECORDS.slice(RECORDS.length / 2));
    await plant.counted();
    await plant.stop();
    rmSync(folder, { recursive: true });
    cpSync(backup, folder, { recursive: true });
    const group = profilerGroup(INSTANCE, { namespace: 'default', name: 'orders' });
    await withAdmin(kafka().bootstrap, (admin) => admin.deleteGroups([group]));

    await plant.reopen();
    await plant.start();
    await plant.finish(STREAM_START + SPAN);
    await expectCounted(plant, await readTopic(plant.transport, TOPIC));
  }, 90_000);
});
