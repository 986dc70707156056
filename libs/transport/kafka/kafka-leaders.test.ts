import { expect, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { withAdmin } from '#deploy/kafka/with-admin.ts';
import { until } from '../until.ts';
import { openKafkaTransport } from './open-kafka-transport.ts';
import { NumberedSends } from './produce/numbered-sends.ts';

describeOnKafka(
  'on three brokers',
  (kafka) => {
    test('leaders move, and each record is there once; two replicas must have it', async () => {
      const transport = await openKafkaTransport({
        brokers: kafka().bootstrap,
        requestTimeoutMs: 3000,
      });
      const topic = 'moving';
      await transport.ensureTopic({ topic, partitions: 6, cleanup: 'delete' });
      const { resources } = await withAdmin(kafka().bootstrap, (admin) =>
        admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: topic }] }),
      );
      expect(resources[0]?.configEntries).toContainEqual(
        expect.objectContaining({ configName: 'min.insync.replicas', configValue: '2' }),
      );
      const sending = NumberedSends.start(transport, topic);
      for (const [index, broker] of kafka().brokers.slice(0, 2).entries()) {
        const goOn = async (what: string) => {
          const before = sending.sent.length;
          await until(() => sending.sent.length > before + 100, { what, deadlineMs: 60_000 });
        };
        await goOn('records are sent');
        if (index === 0) await broker.stop();
        else await broker.kill();
        await goOn('sends go on without the broker');
        await broker.start();
        await kafka().inSync();
      }
      await sending.stop();
      await sending.expectExact();
      await transport.close();
    }, 240_000);
  },
  // What the brokers ask for by themselves is less.
  { brokers: 3, settings: { 'min.insync.replicas': '1' } },
);
