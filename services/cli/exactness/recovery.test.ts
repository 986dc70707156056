import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { decodeBlock } from '#libs/profiles/block.ts';
import { assessment, publication } from '#libs/store/testing/publication.ts';
import { blocksTopic } from '#libs/transport/names.ts';
import type { Transport } from '#libs/transport/port.ts';
import { until } from '#libs/transport/until.ts';
import { alteredTransport } from './altered-transport.ts';
import { dealt } from './dealt.ts';
import type { FinalState } from './final-state.ts';
import { generateEvents, STREAM_START } from './generated-events.ts';
import { BLOCK, INSTANCE, Plant, TOPIC } from './plant.ts';
import { expectSamePanes, readCountedPanes } from './read-counted-panes.ts';
import { readTopic, recount } from './recount.ts';

const HOUR = 3_600_000;
const SPAN = 6 * HOUR;
const ONE_MONITOR = `
  hourly: { stream: orders, baseline: reference, window: 1h, resolution: 64 }
`;

test('a topic created anew while the profiler is away is counted from its start', async () => {
  const options = { partitions: 2, monitors: ONE_MONITOR, baselineRows: 1000 };
  const plant = await Plant.open(options);
  const events = generateEvents({ events: 4000, seed: 61, spanMs: SPAN });
  const { profile } = plant.plans[0]!;
  await plant.startEvaluator();

  await plant.startProfiler();
  await plant.send(dealt(events.slice(0, 1500), 2));
  await plant.counted();
  const first = await readTopic(plant.transport, TOPIC);
  await plant.stopProfilers();

  // More than the old topic held, so that no position is beyond its end.
  const anew = async (from: number, to: number) => {
    await plant.transport.deleteTopic(TOPIC);
    await plant.ensureTopic();
    await plant.send(dealt(events.slice(from, to), 2));
  };
  await anew(1500, 3600);
  await plant.startProfiler();
  await countedEvents(plant, 3600);
  const second = await readTopic(plant.transport, TOPIC);

  // Again, with the profiler running, and with less than a block, then restarted.
  await anew(3600, 3600 + BLOCK);
  await countedEvents(plant, 3600 + BLOCK);
  await plant.stopProfilers();
  await plant.startProfiler();
  await plant.send(dealt(events.slice(3600 + BLOCK), 2));
  await countedEvents(plant, 4000);
  const third = await readTopic(plant.transport, TOPIC);
  await plant.stopProfilers();
  await plant.stopEvaluators();

  const begun = plant.events.flatMap((event) =>
    event.type === 'log_began_anew' ? [`${event.partition} ${event.epoch} ${event.reason}`] : [],
  );
  expect(begun.sort()).toEqual(
    [0, 1].flatMap((partition) =>
      [1, 2].map((epoch) => `${partition} ${epoch} the topic was created anew`),
    ),
  );
  const [status] = await plant.store.listStreamStatus('default');
  expect(status?.partitions.map(({ epoch }) => epoch)).toEqual([2, 2]);

  const state = await plant.store.profileState(profile.id);
  const epochs = [...state.applied, ...state.open].map(({ epoch }) => epoch);
  expect(new Set(epochs)).toEqual(new Set([0, 1, 2]));
  const counted = recount([first, second, third].flat(2), {
    ...{ layout: profile.layout.fields, paneMs: profile.paneMs },
  });
  const stored = await readCountedPanes(plant.store, profile);
  expect(stored.tallies).toEqual(Object.fromEntries(counted.tallies));
  expectSamePanes(stored, { counted, layout: profile.layout.fields });
}, 30_000);

/** Waits until so many records are in the tallies, whatever they were. */
async function countedEvents(plant: Plant, expected: number): Promise<void> {
  let found = 0;
  await until(
    async () => {
      const [status] = await plant.store.listStreamStatus('default');
      found = Object.values(status?.tallies ?? {}).reduce((total, count) => total + count, 0);
      return found >= expected;
    },
    { what: `${expected} records are counted` },
  ).catch((error: Error) => {
    throw new Error(`${error.message}; ${found} are`);
  });
  expect(found).toBe(expected);
}

const RECORDS = dealt(generateEvents({ events: 3000, seed: 62, spanMs: SPAN }), 2);
const OPTIONS = { partitions: 2, monitors: ONE_MONITOR, baselineRows: 1000 };

let plain: Promise<FinalState> | undefined;

/** What the records come to when nothing goes wrong; the same for all tests. */
function plainRun(): Promise<FinalState> {
  plain ??= (async () => {
    const plant = await Plant.open(OPTIONS);
    await plant.start();
    await plant.send(RECORDS);
    return plant.finish(STREAM_START + SPAN);
  })();
  return plain;
}

/** A log in which sends of blocks fail, those with these numbers. */
function refusing(
  transport: Transport,
  { refused, afterMs = 0 }: { readonly refused: readonly number[]; readonly afterMs?: number },
): Transport {
  let sends = 0;
  return alteredTransport(transport, {
    async send(topic, records) {
      if (topic !== blocksTopic(INSTANCE) || !refused.includes(sends++)) {
        return transport.send(topic, records);
      }
      await pause(afterMs);
      throw new PlumblineError('PLB_STORE_FULL', 'Cannot append: no room');
    },
  });
}

test('a block that cannot be published is not passed over', async () => {
  const expected = await plainRun();
  const plant = await Plant.open(OPTIONS);
  await plant.startEvaluator();
  await plant.startProfiler(refusing(plant.transport, { refused: [0, 2] }));
  await plant.send(RECORDS);
  const state = await plant.finish(STREAM_START + SPAN);
  expect(refusalsIn(plant)).toBe(2);
  expect(state).toEqual(expected);
}, 60_000);

test('an unfinished block that cannot be published is published the next time', async () => {
  const plant = await Plant.open(OPTIONS);
  await plant.startEvaluator();
  await plant.startProfiler(refusing(plant.transport, { refused: [0, 1, 2] }));
  await plant.send(RECORDS.slice(0, 2));
  await plant.counted();
  expect(refusalsIn(plant)).toBe(3);
});

test('no block is published before the finished ones in front of it', async () => {
  const plant = await Plant.open({ ...OPTIONS, publishEveryMs: 5 });
  // The refusal takes so long that the unfinished blocks' turn has come meanwhile.
  const flaws = { refused: [0, 1], afterMs: 50 };
  await plant.startProfiler(refusing(plant.transport, flaws));
  await plant.send(RECORDS);
  await plant.startEvaluator();
  await plant.counted();
  const { profile } = plant.plans[0]!;
  const next = new Map<number, number>();
  for (const { value } of (await readTopic(plant.transport, blocksTopic(INSTANCE))).flat()) {
    // Tombstones of blocks that are stored already.
    if (value === null) continue;
    const { partition, from, to } = decodeBlock(profile, value);
    expect(from).toBeLessThanOrEqual(next.get(partition) ?? 0);
    next.set(partition, Math.max(to, next.get(partition) ?? 0));
  }
  expect([...next.values()]).toEqual([RECORDS.length / 2, RECORDS.length / 2]);
});

function refusalsIn(plant: Plant): number {
  return plant.events.filter(
    (event) =>
      event.type === 'failure' && event.role === 'profiler' && event.code === 'PLB_STORE_FULL',
  ).length;
}

test('a topic that does not tell of its partitions keeps no evaluator from counting', async () => {
  const plant = await Plant.open({
    ...{ partitions: 2, monitors: ONE_MONITOR, baselineRows: 1000, stream: 'idle_after: 1h' },
  });
  let isSilent = true;
  const { resolve: answerAll, promise: answered } = Promise.withResolvers<void>();
  const transport = alteredTransport(plant.transport, {
    describe: async (topic) => {
      if (topic === TOPIC && isSilent) await answered;
      return plant.transport.describe(topic);
    },
  });
  const failures: Error[] = [];
  const evaluator = await plant.newEvaluator((error) => failures.push(error), transport);
  await plant.startProfiler();
  // One partition alone has events; which others there are must become known all the same.
  await plant.send(
    generateEvents({ events: 600, seed: 8, spanMs: SPAN }).map((event) => ({
      ...{ value: event.value, timestamp: event.timestamp, partition: 0 },
    })),
  );
  await plant.counted();
  const partitions = async () =>
    (await plant.store.listStreamStatus('default'))[0]?.partitions.map(
      ({ partition }) => partition,
    );
  await until(async () => (await partitions())?.includes(0) === true, { what: 'it reports' });
  isSilent = false;
  answerAll();
  await until(async () => (await partitions())?.length === 2, { what: 'partition 1 is known' });
  await evaluator.close();
  expect(failures).toEqual([]);
}, 40_000);

test('with a full store the evaluator tries again, and nothing is lost once there is room', async () => {
  const expected = await plainRun();
  const plant = await Plant.open({ ...OPTIONS, maxBytes: 2 * 1024 * 1024 });
  await fill(plant);
  await plant.start();
  await plant.send(RECORDS);
  const full = () =>
    plant.events.filter((event) => event.type === 'failure' && event.code === 'PLB_STORE_FULL');
  await until(() => full().length >= 2, { what: 'the evaluator fails twice for want of room' });
  expect(plant.trouble()).toMatch(/full|room|space/i);
  const ballast = { namespace: 'default', name: 'ballast' };
  await plant.store.pruneEvaluations(ballast, STREAM_START - 365 * 24 * HOUR);
  const state = await plant.finish(STREAM_START + SPAN);
  expect(state).toEqual(expected);
}, 60_000);

/** Old evaluations of another monitor until nothing more goes in. */
async function fill(plant: Plant): Promise<void> {
  let version = 0;
  let windows = 0;
  const assessments = Array.from({ length: 40 }, (_, i) =>
    assessment({ field: `f${i}`, reason: 'x'.repeat(500) }),
  );
  for (let size = 40; size >= 1; size = Math.floor(size / 2)) {
    const part = assessments.slice(0, size);
    for (let full = false; !full; ) {
      const start = windows++ * HOUR;
      full = await plant.store
        .commitProfile({
          ...{ profileId: 'ballast', expectedVersion: version },
          ...{ panes: [], applied: [], open: [] },
          publications: [
            publication({
              ...{ namespace: 'default', monitor: 'ballast', assessments: part },
              window: { start, end: start + HOUR },
            }),
          ],
        })
        .then(
          (next) => {
            version = next;
            return false;
          },
          () => true,
        );
    }
  }
}
