import { expect, test } from 'vitest';
import type { OutgoingRecord } from '#libs/transport/port.ts';
import { until } from '#libs/transport/until.ts';
import { dealt } from './dealt.ts';
import { allEvaluations, comparable } from './final-state.ts';
import { generateEvents, STREAM_START } from './generated-events.ts';
import { Plant, type PlantOptions } from './plant.ts';

const HOUR = 3_600_000;
const PARTITIONS = 2;
const EVENTS = generateEvents({ events: 4000, seed: 31, spanMs: 6 * HOUR });
const RECORDS = dealt(EVENTS, PARTITIONS);
const encoder = new TextEncoder();
const MONITORS = `
  hourly: { stream: orders, baseline: reference, window: 1h, lateness: 5m, resolution: 64 }
`;
const MONITOR = { namespace: 'default', name: 'hourly' };

/** An event of the hour that begins at `start`, read five hours late. */
function late(start: number, amount: number | null): OutgoingRecord {
  const event = { ts: start + 60_000, amount, country: 'DE', items: 3 };
  return {
    ...{ partition: 1, timestamp: start + 5 * HOUR },
    value: encoder.encode(JSON.stringify(event)),
  };
}

test('late events publish the next revision of their window, and of no other', async () => {
  const plant = await Plant.open({
    ...{ partitions: PARTITIONS, monitors: MONITORS, baselineRows: 1000 },
  });
  await plant.start();
  await plant.send(RECORDS);
  await plant.counted();
  const start = STREAM_START + 2 * HOUR;
  const published = async () => {
    const all = await plant.store.publications(MONITOR);
    return all.find(({ window }) => window.start === start);
  };
  await until(async () => (await published()) !== undefined, { what: 'the window is published' });
  const before = await published();
  const others = (await plant.store.publications(MONITOR)).filter(
    ({ window }) => window.start !== start,
  );
  await plant.send([late(start, 5), late(start, 7), late(start, null)]);
  await plant.counted();
  await until(async () => (await published())!.revision > before!.revision, {
    what: 'the window is restated',
  });
  expect(await published()).toEqual({
    ...before,
    revision: before!.revision + 1,
    events: before!.events + 3,
  });
  expect(await plant.store.publications(MONITOR)).toEqual(expect.arrayContaining(others));
  const own = (await allEvaluations(plant.store, 'all')).filter(
    ({ window }) => window.start === start,
  );
  const usable = (field: string | null, revision: number) =>
    own.find((one) => one.field === field && one.revision === revision)!.m;
  const { revision } = before!;
  expect(usable('amount', revision + 1)).toBe(usable('amount', revision) + 2);
  expect(usable('country', revision + 1)).toBe(usable('country', revision) + 3);
  expect(usable(null, revision + 1)).toBe(usable(null, revision) + 3);
  expect(usable(null, revision)).toBe(before!.events);
});

/** All revisions of a run that comes to rest at certain points, by what they were made of. */
async function restingRun(options: PlantOptions, most: number): Promise<Map<string, string>> {
  const plant = await Plant.open(options);
  await plant.start();
  const found = new Map<string, string>();
  for (let rest = 1; rest <= 4; rest++) {
    const part = RECORDS.slice(((rest - 1) * RECORDS.length) / 4, (rest * RECORDS.length) / 4);
    for (let sent = 0; sent < part.length; sent += most) {
      await plant.send(part.slice(sent, sent + most));
    }
    await plant.counted();
    await plant.send([late(STREAM_START, rest)]);
    await plant.counted();
  }
  await plant.stopProfilers();
  await plant.stopEvaluators();
  for (const evaluation of await allEvaluations(plant.store, 'all')) {
    const { monitor, window, field, provenance } = evaluation;
    const key = JSON.stringify([monitor, window, field, provenance.offsets]);
    found.set(key, comparable(evaluation));
  }
  return found;
}

test('equal offset vectors give equal bits, whenever they were reached', async () => {
  const common = { partitions: PARTITIONS, monitors: MONITORS, baselineRows: 1000 };
  const first = await restingRun(common, 1000);
  const second = await restingRun({ ...common, members: 2, publishEveryMs: 10, stepMs: 5 }, 50);
  const shared = [...first.keys()].filter((key) => second.has(key));
  expect(shared.length).toBeGreaterThan(20);
  for (const key of shared) expect(second.get(key)).toBe(first.get(key));
}, 60_000);
