import { expect, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { until } from '../../until.ts';
import { openKafkaTransport } from '../open-kafka-transport.ts';

const PARTITIONS = 24;
/** Of each partition; one answer of a broker holds 8 MiB in all, and 1 MiB of a partition. */
const RECORDS = 6;
const VALUE = Buffer.alloc(700_000, 'x');

describeOnKafka('many partitions with a backlog', (kafka) => {
  test('are read in turns: none waits until others have run dry', async () => {
    const transport = await openKafkaTransport({ brokers: kafka().bootstrap });
    const topic = 'turns';
    await transport.ensureTopic({ topic, partitions: PARTITIONS, cleanup: 'delete' });
    for (let record = 0; record < RECORDS; record++) {
      await transport.send(
        topic,
        Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, value: VALUE })),
      );
    }
    const read = new Array<number>(PARTITIONS).fill(0);
    /** How many records the one that is furthest ahead had when each was read for the first time. */
    const ahead: number[] = [];
    await transport.join({
      group: topic,
      topics: [topic],
      handlers: {
        assigned: async (partitions) => partitions.map(({ start }) => start),
        revoked: async () => {},
        async batch({ partition, records }) {
          if (read[partition] === 0) ahead.push(Math.max(...read));
          read[partition]! += records.length;
        },
        failed: (error) => {
          throw error;
        },
      },
    });
    await until(() => read.every((records) => records === RECORDS), {
      what: 'all records are read',
      deadlineMs: 60_000,
    });
    expect(ahead).toHaveLength(PARTITIONS);
    // Before any had its third turn, each had its first.
    expect(Math.max(...ahead)).toBeLessThanOrEqual(2);
    await transport.close();
  }, 120_000);
});
