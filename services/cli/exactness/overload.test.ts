import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { LifecycleEvent } from '#libs/telemetry/lifecycle.ts';
import { openEmbeddedTransport } from '#libs/transport/embedded/open-embedded-transport.ts';
import { blocksTopic } from '#libs/transport/names.ts';
import type { OutgoingRecord } from '#libs/transport/port.ts';
import { until } from '#libs/transport/until.ts';
import { alteredTransport } from './altered-transport.ts';
import { allEvaluations, comparable, readFinalState } from './final-state.ts';
import { generateEvents, STREAM_START } from './generated-events.ts';
import { EMBEDDED, type Engines, INSTANCE, Plant, TOPIC } from './plant.ts';
import { readTopic } from './recount.ts';

const HOUR = 3_600_000;
const SPAN = 12 * HOUR;
const RETENTION = 1000;
const OPTIONS = {
  ...{ partitions: 1, baselineRows: 1000 },
  monitors: `
  hourly: { stream: orders, baseline: reference, window: 1h, resolution: 64 }
`,
};
const RECORDS: OutgoingRecord[] = generateEvents({ events: 3000, seed: 71, spanMs: SPAN }).map(
  (event) => ({ ...event, partition: 0 }),
);

/** The embedded engines, with settings of the log that a test chooses. */
function engines(
  settings: Omit<Parameters<typeof openEmbeddedTransport>[0], 'directory'>,
): Engines {
  return {
    ...EMBEDDED,
    openTransport: (data) =>
      openEmbeddedTransport({
        ...{ directory: join(data, 'log'), durability: 'normal' },
        ...settings,
      }),
  };
}

/** A plant whose topic keeps records for a second of a clock that only the test moves. */
async function forgetfulPlant(): Promise<{ plant: Plant; forget: (ms?: number) => void }> {
  let now = STREAM_START + SPAN;
  const plant = await Plant.open({ ...OPTIONS, engines: engines({ now: () => now }) });
  await plant.transport.deleteTopic(TOPIC);
  const spec = { topic: TOPIC, partitions: 1, cleanup: 'delete', retentionMs: RETENTION } as const;
  await plant.transport.ensureTopic(spec);
  return {
    plant,
    forget: (ms = RETENTION + 1) => {
      now += ms;
    },
  };
}

/** What the plant says that the log let go of. */
function lostRanges(events: readonly LifecycleEvent[]): (readonly [from: number, to: number])[] {
  return events.flatMap((event) =>
    event.type === 'gap' && event.outcome === 'lost' ? [[event.from, event.to] as const] : [],
  );
}

/** What the records come to that are not in the lost ranges, without any loss. */
async function withoutLost(lost: readonly (readonly [number, number])[]) {
  const plant = await Plant.open(OPTIONS);
  await plant.start();
  await plant.send(
    RECORDS.filter((_, offset) => !lost.some(([from, to]) => from <= offset && offset < to)),
  );
  return settled(plant);
}

/** The final state without what tells of offsets. */
async function settled(plant: Plant) {
  const { panes, tallies } = await plant.finish(STREAM_START + SPAN);
  const evaluations = await allEvaluations(plant.store);
  const counted = tallies.map(({ synthetic: _, ...rest }) => rest);
  return {
    ...{ panes, counted, evaluations },
    verdicts: evaluations.map((one) => comparable({ ...one, warnings: [] })),
  };
}

/** Retention took some offsets: those and no others are missing, and every place says so. */
async function expectOnlyLost(plant: Plant, at: { readonly from?: number; readonly to?: number }) {
  const found = await settled(plant);
  const lost = lostRanges(plant.events);
  expect(lost).toEqual([[at.from ?? expect.any(Number), at.to ?? expect.any(Number)]]);
  const [[from, to]] = lost as [readonly [number, number]];
  const expected = await withoutLost(lost);
  expect(found.panes).toEqual(expected.panes);
  expect(found.counted).toEqual(expected.counted);
  expect(found.verdicts).toEqual(expected.verdicts);
  const [status] = await plant.store.listStreamStatus('default');
  expect(status?.tallies.lost).toBe(to - from);
  expect(plant.events.filter(({ type }) => type === 'log_began_anew')).toEqual([]);
  const text = `Offsets ${from}–${to - 1} of ${TOPIC}/0 are lost`;
  const times = RECORDS.map(({ timestamp }) => timestamp!);
  for (const { window, warnings } of found.evaluations) {
    const isTold = warnings.some((warning) => warning.startsWith(text));
    // Events are up to three hours late, and a few minutes early.
    if (window.end > times[from]! && window.start < times[to - 1]!) expect(isTold).toBe(true);
    if (window.end < times[from]! - HOUR || window.start > times[to]! + 3 * HOUR) {
      expect(isTold).toBe(false);
    }
  }
}

test('what retention takes while no profiler runs is lost, but for what was published of its block', async () => {
  const { plant, forget } = await forgetfulPlant();
  await plant.start();
  await plant.send(RECORDS.slice(0, 600));
  await plant.counted();
  await plant.stopProfilers();
  await plant.send(RECORDS.slice(600, 1100));
  forget();
  await plant.send(RECORDS.slice(1100));
  await plant.startProfiler();
  await expectOnlyLost(plant, { from: 600, to: 1100 });
}, 60_000);

test('what retention takes from under a running profiler is lost, and it goes on behind it', async () => {
  const { plant, forget } = await forgetfulPlant();
  await plant.startEvaluator();
  const slow = Promise.withResolvers<void>();
  let held = false;
  const transport = alteredTransport(plant.transport, {
    join: (options) => plant.transport.join({ ...options, maxBatchBytes: 20_000 }),
    send: async (topic, records) => {
      const sent = await plant.transport.send(topic, records);
      if (topic === blocksTopic(INSTANCE)) {
        held = true;
        await slow.promise;
      }
      return sent;
    },
  });
  await plant.startProfiler(transport);
  await plant.send(RECORDS.slice(0, 1500));
  await until(() => held, { what: 'the profiler has sent a block' });
  forget();
  await plant.send(RECORDS.slice(1500, 1501));
  slow.resolve();
  await until(() => lostRanges(plant.events).length > 0, { what: 'the loss is told' });
  await plant.send(RECORDS.slice(1501));
  await expectOnlyLost(plant, { to: 1500 });
  const lags = plant.events.filter((event) => event.type === 'transport_lag');
  // What it read was written in 2024.
  expect(lags.some(({ records, seconds }) => records > 0 && seconds > 86_400)).toBe(true);
  expect(lags.at(-1)).toMatchObject({ records: 0, seconds: 0 });
}, 60_000);

test('where a block fills more slowly than the log forgets, nothing that was published is lost', async () => {
  const { plant, forget } = await forgetfulPlant();
  await plant.start();
  // Less than a block at a time, each gone from the log before the block is full.
  for (let sent = 0; sent < RECORDS.length; sent += 200) {
    await plant.send(RECORDS.slice(sent, sent + 200));
    await plant.counted();
    forget();
    await plant.stopProfilers();
    await plant.startProfiler();
  }
  const found = await settled(plant);
  expect(lostRanges(plant.events)).toEqual([]);
  const expected = await withoutLost([]);
  expect(found.panes).toEqual(expected.panes);
  expect(found.counted).toEqual(expected.counted);
  expect(found.evaluations.map(comparable)).toEqual(expected.evaluations.map(comparable));
}, 60_000);

test('a restart does not forget how far an unfinished block was published', async () => {
  const { plant, forget } = await forgetfulPlant();
  await plant.start();
  await plant.send(RECORDS.slice(0, 150));
  forget(RETENTION / 2);
  await plant.send(RECORDS.slice(150, 200));
  await plant.counted();
  await plant.stopProfilers();
  // The next one dies while it reads the block again, having published less of it.
  let published = 0;
  const slow = alteredTransport(plant.transport, {
    join: ({ handlers, ...options }) =>
      plant.transport.join({
        ...{ ...options, maxBatchBytes: 2000 },
        handlers: {
          ...handlers,
          batch: async (batch) => {
            await handlers.batch(batch);
            if (published === 0) await pause(60);
          },
        },
      }),
    send: (topic, records) => {
      if (topic === blocksTopic(INSTANCE)) published++;
      return plant.transport.send(topic, records);
    },
  });
  await plant.startProfiler(slow);
  await until(() => published > 0, { what: 'a part of the block is published again' });
  await plant.stopProfilers();
  forget(RETENTION / 2 + 1);
  await plant.send(RECORDS.slice(200));
  await plant.startProfiler();
  const found = await settled(plant);
  expect(lostRanges(plant.events)).toEqual([]);
  const expected = await withoutLost([]);
  expect(found.panes).toEqual(expected.panes);
  expect(found.counted).toEqual(expected.counted);
}, 60_000);

test('an evaluator that was away reads the same from a compacted log that a zombie wrote to', async () => {
  const options = { ...OPTIONS, partitions: 2, engines: engines({ compactAfterBytes: 1 }) };
  const records = RECORDS.map((record, i) => ({ ...record, partition: i % 2 }));
  const plant = await Plant.open(options);
  const blocks = blocksTopic(INSTANCE);
  // It tells when all is published, and leaves no trace in the log: as if none had been there.
  const watching = await plant.newEvaluator(
    () => undefined,
    alteredTransport(plant.transport, { send: async () => [] }),
  );
  const stale: OutgoingRecord[] = [];
  const transport = alteredTransport(plant.transport, {
    send: (topic, sent) => {
      // The caller's records are as they were sent: those of finished blocks, and all others.
      if (topic === blocks)
        stale.push(...sent.map((one) => ({ ...one, value: copyOf(one.value) })));
      return plant.transport.send(topic, sent);
    },
  });
  await plant.startProfiler(transport);
  for (let sent = 0; sent < records.length; sent += 50) {
    await plant.send(records.slice(sent, sent + 50));
    await plant.counted();
  }
  const expected = await plant.finish(STREAM_START + SPAN);
  await watching.close();

  // A zombie publishes what it has again, the oldest last.
  for (const record of stale.toReversed()) await plant.transport.send(blocks, [record]);
  const keys = async () =>
    (await readTopic(plant.transport, blocks))
      .flat()
      .map(({ key }) => Buffer.from(key!).toString());
  // Compaction comes with further records, once there are as many new bytes as old ones.
  const filler = { partition: stale[0]!.partition!, key: Buffer.from('filler/0/0/0/0') };
  await until(
    async () => {
      await plant.transport.send(blocks, [{ ...filler, value: Buffer.alloc(20_000) }]);
      const found = (await keys()).filter((key) => !key.startsWith('filler'));
      return new Set(found).size === found.length;
    },
    { what: 'the blocks are compacted' },
  );
  expect((await keys()).filter((key) => key.endsWith('/open')).length).toBe(2);
  expect(stale.length).toBeGreaterThan((await keys()).length);

  const directory = mkdtempSync(join(tmpdir(), 'plumbline-cold-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const warm = plant.store;
  plant.store = await EMBEDDED.openStore(directory, {});
  onTestFinished(() => warm.close());
  const cold = await plant.newEvaluator(
    () => undefined,
    alteredTransport(plant.transport, {
      join: (joining) => plant.transport.join({ ...joining, group: `${joining.group}.cold` }),
    }),
  );
  await plant.counted();
  await until(
    async () => (await plant.store.listStreamStatus('default'))[0]?.condition === 'ended',
    {
      what: 'the stream has ended for the new evaluator',
    },
  );
  await cold.close();
  const found = await readFinalState(plant.store, plant.plans);
  expect(found.panes).toEqual(expected.panes);
  expect(found.evaluations).toEqual(expected.evaluations);
}, 60_000);

function copyOf(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : Uint8Array.from(bytes);
}
