import { expect, test } from 'vitest';
import { seededRandom } from '#libs/statistics/reference/random.ts';
import { until } from '#libs/transport/until.ts';
import type { FinalState } from './final-state.ts';
import { type GeneratedEvent, generateEvents, STREAM_START } from './generated-events.ts';
import { Plant, type PlantOptions } from './plant.ts';
import { shuffledLocally } from './shuffled-locally.ts';

const HOUR = 3_600_000;
const SPAN = 20 * HOUR;
const EVENTS = generateEvents({ events: 60_000, seed: 1, spanMs: SPAN });
const END = STREAM_START + SPAN;

interface Variant extends PlantOptions {
  readonly seed: number;
  /** How far events arrive from their place in time; 0 is in order. */
  readonly reach: number;
  /** After which shares of the events everything is stopped, and how. */
  readonly restarts: readonly { readonly after: number; readonly how: Restart }[];
}

type Restart =
  /** At once, whatever has been counted. */
  | 'at once'
  /** With all counted, in finished and unfinished blocks. */
  | 'counted'
  /** The log and the store are gone first, then the parts are stopped. */
  | 'wrecked';

async function run(variant: Variant): Promise<FinalState> {
  const random = seededRandom(variant.seed);
  const { reach, partitions, restarts } = variant;
  const arrival = reach === 0 ? EVENTS : shuffledLocally(EVENTS, { random, reach });
  const records = arrival.map(({ value, timestamp }: GeneratedEvent) => ({
    ...{ value, timestamp, partition: Math.floor(random() * partitions) },
  }));
  const plant = await Plant.open({ ...variant, stepMs: 250, baselineRows: 3000 });
  await plant.start();
  let sent = 0;
  for (const { after, how } of [...restarts, { after: 1, how: null }]) {
    const stopAt = Math.floor(after * records.length);
    for (; sent < stopAt; sent = Math.min(sent + 2000, stopAt)) {
      await plant.send(records.slice(sent, Math.min(sent + 2000, stopAt)));
    }
    if (how === null) break;
    if (how === 'counted') await plant.counted();
    if (how === 'wrecked') {
      const published = plant.events.length;
      await until(() => plant.events.length > published + 20, { what: 'something happens' });
      await plant.wreck();
    } else await plant.stop();
    await plant.reopen();
    await plant.start();
  }
  return plant.finish(END);
}

test('the split, the order of arrival and restarts leave no trace in any bit', async () => {
  const plain = await run({ partitions: 1, seed: 1, reach: 0, restarts: [] });
  expect(plain.evaluations.length).toBeGreaterThan(300);
  expect(new Set(plain.evaluations.map((text) => JSON.parse(text).verdict))).toEqual(
    new Set(['ok', 'warning', 'critical', 'insufficient_data']),
  );
  expect(Object.keys(plain.tallies[0]!)).toEqual(
    expect.arrayContaining(['events', 'future', 'bad_malformed', 'bad_no_time', 'bad_too_large']),
  );
  const variants: Variant[] = [
    {
      ...{ partitions: 4, seed: 2, reach: 6000 },
      restarts: [
        { after: 0, how: 'at once' },
        { after: 0.01, how: 'counted' },
        { after: 0.3, how: 'wrecked' },
        { after: 0.7, how: 'at once' },
      ],
    },
    {
      ...{ partitions: 12, members: 3, evaluators: 2, seed: 4, reach: 8000 },
      restarts: [
        { after: 0.2, how: 'wrecked' },
        { after: 0.6, how: 'counted' },
        { after: 1, how: 'wrecked' },
      ],
    },
  ];
  for (const variant of variants) {
    const state = await run(variant);
    expect(withoutSynthetic(state.tallies)).toEqual(withoutSynthetic(plain.tallies));
    expect([...state.panes.keys()]).toEqual([...plain.panes.keys()]);
    for (const [key, bytes] of state.panes) expect(bytes, key).toBe(plain.panes.get(key));
    for (const [i, text] of state.evaluations.entries()) expect(text).toBe(plain.evaluations[i]);
    expect(state.evaluations.length).toBe(plain.evaluations.length);
  }
}, 120_000);

/** Padding differs with the number of partitions. */
function withoutSynthetic(tallies: FinalState['tallies']): object[] {
  return tallies.map(({ synthetic: _, ...rest }) => rest);
}
