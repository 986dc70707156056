import { expect, test } from 'vitest';
import { generateEvents } from './generated-events.ts';
import { expectSameState, runVariant, type Variant } from './run-variant.ts';

const HOUR = 3_600_000;
const SPAN = 20 * HOUR;
const EVENTS = generateEvents({ events: 60_000, seed: 1, spanMs: SPAN });
const run = (variant: Variant) => runVariant(EVENTS, { ...variant, spanMs: SPAN });

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
    expectSameState(await run(variant), plain);
  }
}, 120_000);
