import { expect, test } from 'vitest';
import { blocksTopic } from '#libs/transport/names.ts';
import type { OutgoingRecord } from '#libs/transport/port.ts';
import { until } from '#libs/transport/until.ts';
import { supervise } from '../supervise.ts';
import { alteredTransport } from './altered-transport.ts';
import { dealt } from './dealt.ts';
import type { FinalState } from './final-state.ts';
import { generateEvents, STREAM_START } from './generated-events.ts';
import { liveKeys } from './live-keys.ts';
import { INSTANCE, Plant } from './plant.ts';
import { readTopic } from './recount.ts';

const HOUR = 3_600_000;
const PARTITIONS = 3;
const SPAN = 6 * HOUR;
const RECORDS = dealt(generateEvents({ events: 3000, seed: 41, spanMs: SPAN }), PARTITIONS);
const MONITORS = `
  hopping: { stream: orders, baseline: reference, window: 1h, hop: 30m, pane: 30m, resolution: 16 }
`;
const OPTIONS = { partitions: PARTITIONS, baselineRows: 1000, monitors: MONITORS };

let plain: Promise<FinalState> | undefined;

/** What one evaluator makes of the records; the same for both tests. */
function plainRun(): Promise<FinalState> {
  plain ??= (async () => {
    const plant = await Plant.open(OPTIONS);
    await plant.start();
    await plant.send(RECORDS);
    return plant.finish(STREAM_START + SPAN);
  })();
  return plain;
}

test('of two evaluators over one store one is refused, and the counts stay exact', async () => {
  const expected = await plainRun();
  const plant = await Plant.open(OPTIONS);
  // A member of another group: nobody tells it that its partitions are taken.
  const transport = alteredTransport(plant.transport, {
    join: (options) => plant.transport.join({ ...options, group: `${options.group}.zombie` }),
  });
  const refused: string[] = [];
  const zombie = await supervise({
    ...{ name: 'zombie', role: 'evaluator', lifecycle: plant.lifecycle },
    start: ({ failed }) =>
      plant.newEvaluator((error) => {
        refused.push((error as { code?: string }).code ?? error.message);
        failed(error);
      }, transport),
  });
  await plant.start();
  for (let sent = 0; sent < RECORDS.length; sent += 500) {
    await plant.send(RECORDS.slice(sent, sent + 500));
    await plant.counted();
  }
  await until(() => plant.events.some(({ type }) => type === 'commit_conflict'), {
    what: 'one of the two is refused',
  });
  const state = await plant.finish(STREAM_START + SPAN);
  await zombie.stop();
  expect(new Set(refused).isSubsetOf(new Set(['PLB_STORE_CONFLICT']))).toBe(true);
  const failures = plant.events.filter((event) => event.type === 'failure');
  expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['PLB_STORE_CONFLICT']));
  expect(state.panes).toEqual(expected.panes);
  expect(state.tallies).toEqual(expected.tallies);
  expect(state.evaluations).toEqual(expected.evaluations);
}, 60_000);

test('blocks that a zombie publishes again, whole or in part, are ignored', async () => {
  const expected = await plainRun();
  const plant = await Plant.open(OPTIONS);
  await plant.start();
  const blocks = blocksTopic(INSTANCE);
  /** Every record that the blocks topic has ever shown, the unfinished blocks of old too. */
  const seen = new Map<string, OutgoingRecord>();
  for (let sent = 0; sent < RECORDS.length; sent += 500) {
    await plant.send(RECORDS.slice(sent, sent + 500));
    await plant.counted();
    for (const [partition, records] of (await readTopic(plant.transport, blocks)).entries()) {
      for (const { offset, key, value } of records) {
        // A profiler knows nothing of tombstones.
        if (value === null) continue;
        seen.set(`${partition}/${offset}`, { partition, key, value });
      }
    }
    await plant.transport.send(blocks, [...seen.values()]);
  }
  await until(async () => (await liveKeys(plant.transport)).finished.length === PARTITIONS, {
    what: 'what was published again is deleted again',
  });
  const state = await plant.finish(STREAM_START + SPAN);
  const ignored = plant.events.reduce(
    (total, event) => total + (event.type === 'blocks_applied' ? event.ignored : 0),
    0,
  );
  expect(ignored).toBeGreaterThan(seen.size / 2);
  expect(state.panes).toEqual(expected.panes);
  expect(state.tallies).toEqual(expected.tallies);
  expect(state.evaluations).toEqual(expected.evaluations);
}, 60_000);
