import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { numbered } from '../../contract-fixture.ts';
import { RecordingMember } from '../../recording-member.ts';
import { until } from '../../until.ts';
import { KafkaConnection } from '../kafka-connection.ts';
import { kafkaSettings } from '../kafka-settings.ts';
import { openKafkaTransport } from '../open-kafka-transport.ts';

const SESSION_MS = 6000;
const LONG = { deadlineMs: 60_000 };

describeOnKafka(
  'groups on three brokers',
  (kafka) => {
    test.each(['kill', 'freeze'] as const)(
      'the coordinator is lost (%s): members go on, each record comes once',
      async (fault) => {
        const options = { brokers: kafka().bootstrap, sessionTimeoutMs: SESSION_MS };
        const transport = await openKafkaTransport(options);
        onTestFinished(() => transport.close());
        const topic = `cluster-${randomUUID()}`;
        await transport.ensureTopic({ topic, partitions: 6, cleanup: 'delete' });
        const asked = { group: topic, topics: [topic], commit: true };
        const members = await Promise.all([1, 2].map(() => RecordingMember.join(transport, asked)));
        const seen = () => members.flatMap((member) => member.seen);
        await until(() => members.every(({ owned }) => owned.size === 3), {
          what: 'three each',
          ...LONG,
        });
        const connection = new KafkaConnection(kafkaSettings(options));
        const { nodeId } = await connection.coordinator(topic);
        await connection.close();
        const coordinator = kafka().brokers.find(({ node }) => node === nodeId);
        let going = true;
        let sent = 0;
        const sending = (async () => {
          while (going) {
            await transport.send(topic, numbered(60));
            sent += 60;
          }
        })();
        await until(() => seen().length > 600, { what: 'records flow', ...LONG });
        await coordinator?.[fault]();
        const before = seen().length;
        // Each partition has to get on, those that the lost broker has led too.
        await until(() => seen().length > before + 3000, { what: 'records flow again', ...LONG });
        coordinator?.thaw();
        await coordinator?.start();
        going = false;
        await sending;
        await until(() => new Set(seen()).size === sent, { what: 'all is seen', ...LONG });
        expect(seen().length).toBe(sent);
        expect(members.flatMap(({ failures }) => failures)).toEqual([]);
        await Promise.all(members.map(({ membership }) => membership.leave()));
        const committed = await transport.committed(topic, topic);
        expect(committed.reduce((sum, one) => sum + (one?.offset ?? 0), 0)).toBe(sent);
      },
      180_000,
    );
  },
  { brokers: 3 },
);
