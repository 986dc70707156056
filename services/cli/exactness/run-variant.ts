import { expect } from 'vitest';
import { seededRandom } from '#libs/statistics/reference/random.ts';
import { until } from '#libs/transport/until.ts';
import type { FinalState } from './final-state.ts';
import { type GeneratedEvent, STREAM_START } from './generated-events.ts';
import { Plant, type PlantOptions } from './plant.ts';
import { shuffledLocally } from './shuffled-locally.ts';

/** One way in which the same events come and are counted. */
export interface Variant extends PlantOptions {
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

/** Sends the events in the variant's way and answers what is stored in the end. */
export async function runVariant(
  events: readonly GeneratedEvent[],
  variant: Variant & { readonly spanMs: number },
): Promise<FinalState> {
  const random = seededRandom(variant.seed);
  const { reach, partitions, restarts } = variant;
  const arrival = reach === 0 ? events : shuffledLocally(events, { random, reach });
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
  return plant.finish(STREAM_START + variant.spanMs);
}

/** Not a bit of the counts and the evaluations differs. */
export function expectSameState(found: FinalState, expected: FinalState): void {
  expect(withoutSynthetic(found.tallies)).toEqual(withoutSynthetic(expected.tallies));
  expect([...found.panes.keys()]).toEqual([...expected.panes.keys()]);
  for (const [key, bytes] of found.panes) expect(bytes, key).toBe(expected.panes.get(key));
  for (const [i, text] of found.evaluations.entries()) expect(text).toBe(expected.evaluations[i]);
  expect(found.evaluations.length).toBe(expected.evaluations.length);
}

/** Padding differs with the number of partitions. */
function withoutSynthetic(tallies: FinalState['tallies']): object[] {
  return tallies.map(({ synthetic: _, ...rest }) => rest);
}
