import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createEagerlyCompacted } from '#deploy/kafka/create-eagerly-compacted.ts';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { withAdmin } from '#deploy/kafka/with-admin.ts';
import { transportContract } from '../contract.ts';
import { bytesOf, coded } from '../contract-fixture.ts';
import type { LogRecord, Transport } from '../port.ts';
import { KafkaConnection } from './kafka-connection.ts';
import { type KafkaOptions, kafkaSettings } from './kafka-settings.ts';
import { metadataRequest } from './metadata-request.ts';
import { openKafkaTransport } from './open-kafka-transport.ts';

describeOnKafka('on a broker', (kafka) => {
  transportContract('kafka', async () => {
    const sessionTimeoutMs = 1500;
    const open = () => openKafkaTransport({ brokers: kafka().bootstrap, sessionTimeoutMs });
    let transport = await open();
    return {
      transport,
      sessionTimeoutMs,
      createCompactTopic: (topic) => createEagerlyCompacted(kafka().bootstrap, topic),
      async reopen() {
        await transport.close();
        transport = await open();
        return transport;
      },
      dispose: () => transport.close(),
    };
  });

  describe('beyond the contract', () => {
    async function opened(
      work: (transport: Transport, topic: string) => Promise<void>,
      options: Partial<KafkaOptions> = {},
    ): Promise<void> {
      const transport = await openKafkaTransport({ brokers: kafka().bootstrap, ...options });
      try {
        await work(transport, `test-${randomUUID()}`);
      } finally {
        await transport.close();
      }
    }

    test('topics are created with the settings that they need', () =>
      opened(async (transport, topic) => {
        await transport.ensureTopic({ topic, partitions: 2, cleanup: 'compact' });
        await transport.ensureTopic({
          topic: `${topic}-old`,
          partitions: 1,
          cleanup: 'delete',
          retentionMs: 3_600_000,
        });
        const compact = await settingsOf(kafka().bootstrap, topic);
        expect(compact).toMatchObject({
          'cleanup.policy': 'compact',
          'retention.ms': '-1',
          'delete.retention.ms': '3600000',
        });
        expect(Number(compact['max.message.bytes'])).toBeGreaterThan(16_000_000);
        expect(await settingsOf(kafka().bootstrap, `${topic}-old`)).toMatchObject({
          'cleanup.policy': 'delete',
          'retention.ms': '3600000',
        });
      }));

    test.each(['none', 'gzip', 'zstd'] as const)('5 MB pass a compact topic: %s', (compression) =>
      opened(
        async (transport, topic) => {
          await transport.ensureTopic({ topic, partitions: 1, cleanup: 'compact' });
          const key = bytesOf('k');
          const large = new Uint8Array(5_000_000).map((_, i) => (i * i * 31) & 255);
          const small = Array.from({ length: 500 }, (_, i) => ({ key, value: bytesOf(`${i}`) }));
          await transport.send(topic, [{ key, value: large }, ...small]);
          const [first, ...rest] = await readAll(transport, topic);
          expect(Buffer.compare(first?.value ?? bytesOf(''), large)).toBe(0);
          expect(rest.map(textOf)).toEqual(small.map((_, i) => `${i}`));
        },
        { compression },
      ),
    );

    test('sends that overlap keep the order of the calls, and know their offsets', () =>
      opened(async (transport, topic) => {
        await transport.ensureTopic({ topic, partitions: 3, cleanup: 'delete' });
        const bytes = new Uint8Array(4);
        const sends = Array.from({ length: 300 }, (_, call) => {
          new DataView(bytes.buffer).setUint32(0, call);
          const records = Array.from({ length: 1 + (call % 7) }, () => ({ value: bytes }));
          const result = transport.send(topic, records);
          // The caller may use its bytes again at once.
          bytes.fill(255);
          return result;
        });
        const results = await Promise.all(sends);
        for (const partition of [0, 1, 2]) {
          const calls = (await readAll(transport, topic, partition)).map(({ value }) =>
            Buffer.from(value ?? []).readUInt32BE(0),
          );
          expect(calls).toEqual(calls.toSorted((a, b) => a - b));
          for (const [call, result] of results.entries()) {
            const part = result.find((one) => one.partition === partition);
            const found = calls.slice(
              part?.baseOffset ?? 0,
              (part?.baseOffset ?? 0) + (part?.count ?? 0),
            );
            expect(found).toEqual(Array(part?.count ?? 0).fill(call));
          }
        }
      }));

    test('a single send may hold more records than fit into a batch or a call', () =>
      opened(async (transport, topic) => {
        await transport.ensureTopic({ topic, partitions: 1, cleanup: 'delete' });
        const count = 150_000;
        const records = Array.from({ length: count }, (_, i) => ({ value: bytesOf(`${i}`) }));
        expect(await transport.send(topic, records)).toEqual([
          { topic, partition: 0, baseOffset: 0, count },
        ]);
        const read = await readAll(transport, topic);
        expect(read.length).toBe(count);
        expect(read.every((record, i) => textOf(record) === `${i}`)).toBe(true);
      }));

    test('a record that the broker refuses fails alone', () =>
      opened(async (transport, topic) => {
        await transport.ensureTopic({ topic, partitions: 1, cleanup: 'compact' });
        const key = bytesOf('k');
        const sends = [{ key, value: key }, { value: key }, { key, value: key }].map((record) =>
          transport.send(topic, [record]),
        );
        const [first, keyless, last] = await Promise.allSettled(sends);
        expect(first).toMatchObject({ status: 'fulfilled', value: [{ baseOffset: 0 }] });
        expect(keyless).toMatchObject({ reason: { code: 'PLB_TRANSPORT_RECORD' } });
        expect(last).toMatchObject({ status: 'fulfilled', value: [{ baseOffset: 1 }] });
      }));

    test('an existing topic is used as it is, and its limits are told', () =>
      opened(async (transport, topic) => {
        await withAdmin(kafka().bootstrap, (admin) =>
          admin.createTopics({
            waitForLeaders: true,
            topics: [
              {
                topic,
                numPartitions: 3,
                configEntries: [{ name: 'max.message.bytes', value: '1000' }],
              },
            ],
          }),
        );
        const spec = { topic, partitions: 1, cleanup: 'compact' } as const;
        expect((await transport.ensureTopic(spec)).partitions.length).toBe(3);
        await expect(
          transport.send(topic, [{ partition: 0, value: new Uint8Array(2000) }]),
        ).rejects.toEqual(
          expect.objectContaining({
            code: 'PLB_TRANSPORT_RECORD',
            detail: { fix: expect.stringContaining('max.message.bytes') },
          }),
        );
        // Each record fits, though not all of them together.
        const many = Array.from({ length: 20 }, () => ({
          partition: 0,
          value: new Uint8Array(400),
        }));
        expect(await transport.send(topic, many)).toMatchObject([{ baseOffset: 0, count: 20 }]);
        expect((await readAll(transport, topic)).length).toBe(20);
      }));

    test('partitions added by somebody else are used', () =>
      opened(async (transport, topic) => {
        await transport.ensureTopic({ topic, partitions: 1, cleanup: 'delete' });
        await transport.send(topic, [{ value: null }]);
        await withAdmin(kafka().bootstrap, (admin) =>
          admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] }),
        );
        const sent = await transport.send(topic, [{ partition: 1, value: null }]);
        expect(sent).toEqual([{ topic, partition: 1, baseOffset: 0, count: 1 }]);
      }));

    test('what is sent without waiting is refused beyond the limit, and bounded so', () =>
      opened(
        async (transport, topic) => {
          await transport.ensureTopic({ topic, partitions: 1, cleanup: 'delete' });
          const value = new Uint8Array(400_000);
          const results = await Promise.allSettled(
            [1, 2, 3].map(() => transport.send(topic, [{ value }])),
          );
          expect(results.map(({ status }) => status)).toEqual([
            'fulfilled',
            'fulfilled',
            'rejected',
          ]);
          expect(results[2]).toMatchObject({ reason: { code: 'PLB_OVERLOADED' } });
          await transport.send(topic, [{ value }]);
        },
        { maxBufferedBytes: 900_000 },
      ));

    test.each([7, 10, 12])('metadata is the same in version %i, but for the ids', (maxVersion) =>
      opened(async (transport, topic) => {
        const { id } = await transport.ensureTopic({ topic, partitions: 3, cleanup: 'delete' });
        const connection = new KafkaConnection(kafkaSettings({ brokers: kafka().bootstrap }));
        try {
          const broker = await connection.anyBroker();
          const versions = { 3: { minVersion: 0, maxVersion } };
          const ask = (...topics: string[]) =>
            connection.send(broker, metadataRequest(topics, versions));
          const node = kafka().brokers[0]!.node;
          const [host, port] = kafka().bootstrap[0]!.split(':');
          const brokers = [{ nodeId: node, host, port: Number(port) }];
          expect(await ask()).toEqual({ brokers, controllerId: node, topics: [] });
          const { topics } = await ask(topic, `${topic}-missing`);
          expect(topics.find((one) => one.topic === topic)).toEqual({
            errorCode: 0,
            topic,
            id: maxVersion < 10 ? undefined : id,
            partitions: expect.arrayContaining(
              [0, 1, 2].map((partition) => ({ errorCode: 0, partition, leader: node })),
            ),
          });
          expect(topics.find((one) => one.topic !== topic)).toMatchObject({
            errorCode: 3,
            topic: `${topic}-missing`,
            partitions: [],
          });
          // Asking has not created it.
          expect(await transport.describe(`${topic}-missing`)).toBeUndefined();
        } finally {
          await connection.close();
        }
      }),
    );

    test('names that no topic can have are refused', () =>
      opened(async (transport) => {
        const spec = { topic: 'a/b', partitions: 1, cleanup: 'delete' } as const;
        await expect(transport.ensureTopic(spec)).rejects.toEqual(coded('PLB_CONFIG_INVALID'));
        await expect(transport.send('a/b', [{ value: null }])).rejects.toEqual(
          coded('PLB_TRANSPORT_TOPIC'),
        );
      }));
  });
});

async function readAll(
  transport: Transport,
  topic: string,
  partition = 0,
): Promise<readonly LogRecord[]> {
  const batches: (readonly LogRecord[])[] = [];
  for (let offset = 0; ; ) {
    const batch = await transport.read({ topic, partition, offset });
    batches.push(batch.records);
    offset = batch.next;
    if (offset >= batch.end) return batches.flat();
  }
}

function textOf({ value }: LogRecord): string {
  return Buffer.from(value ?? []).toString();
}

async function settingsOf(
  brokers: readonly string[],
  name: string,
): Promise<Record<string, string>> {
  const topicType = 2;
  const { resources } = await withAdmin(brokers, (admin) =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: topicType, name }],
    }),
  );
  return Object.fromEntries(
    resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ??
      [],
  );
}
