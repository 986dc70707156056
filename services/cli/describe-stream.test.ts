import { expect, test } from 'vitest';
import type { StreamConfig } from '#libs/config/resolved.ts';
import { describeEmptyStream, describeStream } from './describe-stream.ts';
import { Plant, TOPIC } from './exactness/plant.ts';

const MONITORS = `
  orders: { stream: orders, baseline: reference, window: 1h, lateness: 6m }
`;
const encoder = new TextEncoder();

async function openPlant(): Promise<Plant> {
  return Plant.open({ partitions: 2, monitors: MONITORS, baselineRows: 300 });
}

function send(plant: Plant, events: readonly unknown[]): Promise<void> {
  return plant.send(
    events.map((event, i) => ({
      partition: i % 2,
      value: encoder.encode(typeof event === 'string' ? event : JSON.stringify(event)),
    })),
  );
}

test('nothing is said of a stream that holds nothing', async () => {
  const plant = await openPlant();
  expect(await describeStream(plant.stream, plant)).toBeNull();
});

test('a topic that does not exist is told from one that is empty', async () => {
  const plant = await openPlant();
  const says = (...topics: string[]) =>
    describeEmptyStream({ ...plant.stream, topics }, plant.transport);
  expect(await says(TOPIC)).toBe(`stream orders: no event yet in ${TOPIC}`);
  expect(await says('credit.scored')).toBe('stream orders: topic credit.scored DOES NOT EXIST');
  expect(await says(TOPIC, 'credit.scored')).toBe(
    `stream orders: no event yet in ${TOPIC}; topic credit.scored DOES NOT EXIST`,
  );
});

test('the fields that the first events have and lack are named, and the first window', async () => {
  const plant = await openPlant();
  await send(plant, [
    { ts: '2024-01-15T10:20:00Z', amount: 'many', items: 3, country: 'DE' },
    { ts: '2024-01-15T09:59:00Z', ratio: 1, paid: 'true', angle: null },
    '{"ts":',
  ]);
  expect(await describeStream(plant.stream, plant)).toBe(
    'stream orders: 3 events; matched country, hour, items, ratio; ' +
      'UNMATCHED amount, angle, paid, payment.fee; ' +
      'first window due when event time passes 2024-01-15T10:06Z',
  );
});

test('a time that no event has, and a stream that nobody watches, are said', async () => {
  const plant = await openPlant();
  await send(plant, [{ at: 5, amount: 3 }]);
  expect(await describeStream(plant.stream, plant)).toBe(
    'stream orders: 1 events; NONE CAN BE READ with time $.ts: of the first ones no_time 1; ' +
      'an event has at, amount',
  );
  const other: StreamConfig = { ...plant.stream, name: 'others', topics: [TOPIC] };
  expect(await describeStream(other, plant)).toBe('stream others: no monitor watches it');
});
