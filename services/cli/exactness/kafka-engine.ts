import { onTestFinished } from 'vitest';
import { openKafkaTransport } from '#libs/transport/kafka/open-kafka-transport.ts';
import { blocksTopic } from '#libs/transport/names.ts';
import { type Engines, INSTANCE, TOPIC } from './plant.ts';

/** The shortest that the brokers allow: a crashed member's partitions are free again soon. */
const SESSION_MS = 6000;

/** Kafka for one plant; its topics go when the test is over, for the next one. */
export function onKafka(brokers: readonly string[]): Pick<Engines, 'openTransport'> {
  onTestFinished(async () => {
    const transport = await openKafkaTransport({ brokers });
    for (const topic of [TOPIC, blocksTopic(INSTANCE)]) {
      if ((await transport.describe(topic)) !== undefined) await transport.deleteTopic(topic);
    }
    await transport.close();
  });
  return { openTransport: () => openKafkaTransport({ brokers, sessionTimeoutMs: SESSION_MS }) };
}
