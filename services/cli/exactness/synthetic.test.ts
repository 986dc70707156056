import { expect, test } from 'vitest';
import { seededRandom } from '#libs/statistics/reference/random.ts';
import { until } from '#libs/transport/until.ts';
import { dealt } from './dealt.ts';
import type { FinalState } from './final-state.ts';
import { generateEvents, STREAM_START } from './generated-events.ts';
import { Plant } from './plant.ts';
import { syntheticRecord } from './synthetic-record.ts';

const HOUR = 3_600_000;
const PARTITIONS = 3;
const SPAN = 8 * HOUR;
const RECORDS = dealt(generateEvents({ events: 5000, seed: 21, spanMs: SPAN }), PARTITIONS);

/** One monitor: enough where only time and silence matter. */
const ONE_MONITOR = `
  hopping: { stream: orders, baseline: reference, window: 1h, pane: 1h, resolution: 16 }
`;

async function run(probes: number): Promise<FinalState> {
  const random = seededRandom(22);
  const plant = await Plant.open({ partitions: PARTITIONS, baselineRows: 3000 });
  await plant.start();
  const mixed = RECORDS.flatMap((record) => {
    if (random() >= probes) return [record];
    const { timestamp } = record;
    return [
      record,
      syntheticRecord({ partition: Math.floor(random() * PARTITIONS), timestamp: timestamp! }),
    ];
  });
  for (let sent = 0; sent < mixed.length; sent += 1000) {
    await plant.send(mixed.slice(sent, sent + 1000));
  }
  return plant.finish(STREAM_START + SPAN);
}

test('synthetic events change no bit of any evaluation', async () => {
  const without = await run(0);
  const mixed = await run(0.3);
  expect(mixed.tallies[0]!.synthetic).toBeGreaterThan(1000);
  expect(mixed.evaluations).toEqual(without.evaluations);
  expect(mixed.panes).toEqual(without.panes);
}, 60_000);

test('synthetic events hold up no window, keep no stream alive and wake up no ended one', async () => {
  const plant = await Plant.open({
    ...{ partitions: 2, monitors: ONE_MONITOR, baselineRows: 1000 },
    stream: 'idle_after: 300ms, stalled_after: 1s'.replace(', ', '\n    '),
  });
  await plant.start();
  // Partition 1 holds one early event and then probes only.
  await plant.send([{ ...RECORDS[0]!, partition: 1 }]);
  await plant.send(RECORDS.map((record) => ({ ...record, partition: 0 })));
  let probing = true;
  const probes = (async () => {
    while (probing) {
      await plant.send(
        [0, 1].map((partition) => syntheticRecord({ partition, timestamp: Date.now() })),
      );
    }
  })();
  const monitor = { namespace: 'default', name: 'hopping' };
  await until(async () => (await plant.store.publications(monitor)).length >= 7, {
    what: 'windows are published though partition 1 has nothing but probes',
  });
  const condition = async () => (await plant.store.listStreamStatus('default'))[0]?.condition;
  await until(async () => (await condition()) === 'stalled', {
    what: 'a stream with nothing but probes is stalled',
  });
  probing = false;
  await probes;
  await plant.endInput(Date.now());
  await until(async () => (await condition()) === 'ended', { what: 'the stream has ended' });
  await plant.send([0, 1].map((partition) => syntheticRecord({ partition, timestamp: 1 })));
  await plant.counted();
  expect(await condition()).toBe('ended');
}, 60_000);
