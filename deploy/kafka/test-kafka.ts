import { afterAll, beforeAll, describe, test } from 'vitest';
import { missingForKafka } from './fetch-kafka.ts';
import { type StartKafkaOptions, startKafka, type TestKafka } from './start-kafka.ts';

/** The first start on a machine fetches Kafka and prepares it. */
const START_MS = 300_000;
const STOP_MS = 60_000;

/**
 * A suite with a real Kafka of its own, which runs from the suite's first test to its last. Where
 * Kafka cannot run the suite is skipped and its name says why; under CI=true it fails instead.
 */
export function describeOnKafka(
  name: string,
  body: (kafka: () => TestKafka) => void,
  options: StartKafkaOptions = {},
): void {
  const missing = missingForKafka();
  if (missing !== undefined) {
    const title = `${name} (not run: ${missing})`;
    if (process.env.CI === 'true') {
      test(title, () => {
        throw new Error(`Cannot test on Kafka: ${missing}.`);
      });
    } else {
      describe.skip(title, () => test('needs Kafka'));
    }
    return;
  }
  describe(name, () => {
    let kafka: TestKafka | undefined;
    beforeAll(async () => {
      kafka = await startKafka(options);
    }, START_MS);
    afterAll(() => kafka?.stop(), STOP_MS);
    body(() => {
      if (kafka === undefined) throw new Error('Kafka is started before the first test.');
      return kafka;
    });
  });
}
