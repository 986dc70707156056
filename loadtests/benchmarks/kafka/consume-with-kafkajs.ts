import { Kafka, logLevel } from 'kafkajs';
import type { Consumed, ConsumeInput } from './consume-with-adapter.ts';
import { measureUsage } from './usage.ts';

/** Reads a topic with the consumer of kafkajs and its defaults, as its documentation shows. */
export async function consumeWithKafkajs(input: ConsumeInput): Promise<Consumed> {
  const { topic, parse } = input;
  const kafka = new Kafka({ brokers: [...input.brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: input.group });
  const over = Promise.withResolvers<void>();
  let records = 0;
  let objects = 0;
  const middle = input.records >> 1;
  const meter = measureUsage();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    async eachBatch({ batch }) {
      for (const { value } of batch.messages) {
        if (value === null) continue;
        if (++records === middle) meter.half();
        if (!parse) continue;
        const event: unknown = JSON.parse(value.toString('utf8'));
        if (typeof event === 'object' && event !== null) objects++;
      }
      if (records >= input.records) over.resolve();
    },
  });
  await over.promise;
  const usage = meter.end();
  await consumer.disconnect();
  return { ...usage, records, objects };
}
