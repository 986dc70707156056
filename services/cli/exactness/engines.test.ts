import { expect, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { describeOnPostgres } from '#deploy/postgres/test-postgres.ts';
import { openPostgresStore } from '#libs/store/postgres/open-postgres-store.ts';
import { generateEvents } from './generated-events.ts';
import { onKafka } from './kafka-engine.ts';
import { EMBEDDED, type Engines } from './plant.ts';
import { expectSameState, runVariant, type Variant } from './run-variant.ts';

const HOUR = 3_600_000;
const SPAN = 10 * HOUR;
const EVENTS = generateEvents({ events: 24_000, seed: 71, spanMs: SPAN });
const PLAIN: Variant = { partitions: 1, seed: 1, reach: 0, restarts: [] };

const run = (variant: Variant) => runVariant(EVENTS, { ...variant, spanMs: SPAN });
let plain: ReturnType<typeof run> | undefined;
/** What the embedded engines make of the events, in order, in one partition. */
const plainRun = () => (plain ??= run(PLAIN));

describeOnKafka('Kafka', (kafka) => {
  describeOnPostgres('PostgreSQL', (postgres) => {
    /** A database that stays the same one when the store is opened again. */
    const onPostgres = async (): Promise<Pick<Engines, 'openStore'>> => {
      const url = await postgres().createDatabase();
      return { openStore: () => openPostgresStore({ url }) };
    };

    test('Kafka and SQLite come to the same evaluations as the embedded engines', async () => {
      const state = await run({
        ...{ partitions: 4, members: 2, seed: 2, reach: 3000 },
        engines: { ...EMBEDDED, ...onKafka(kafka().bootstrap) },
        restarts: [{ after: 0.5, how: 'at once' }],
      });
      expect(state.evaluations.length).toBeGreaterThan(100);
      expectSameState(state, await plainRun());
    }, 120_000);

    test('so do the embedded log and PostgreSQL', async () => {
      const state = await run({
        ...{ partitions: 3, evaluators: 2, seed: 3, reach: 2000 },
        engines: { ...EMBEDDED, ...(await onPostgres()) },
        restarts: [{ after: 0.4, how: 'wrecked' }],
      });
      expectSameState(state, await plainRun());
    }, 120_000);

    test('so do Kafka and PostgreSQL, with several members and a crash', async () => {
      const state = await run({
        ...{ partitions: 12, members: 3, evaluators: 2, seed: 4, reach: 4000 },
        engines: { ...onKafka(kafka().bootstrap), ...(await onPostgres()) },
        restarts: [
          { after: 0.3, how: 'wrecked' },
          { after: 0.6, how: 'counted' },
          { after: 1, how: 'at once' },
        ],
      });
      expectSameState(state, await plainRun());
    }, 120_000);
  });
});
