import { expect, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { coded } from '../contract-fixture.ts';
import type { Transport } from '../port.ts';
import { until } from '../until.ts';
import type { KafkaOptions } from './kafka-settings.ts';
import { openKafkaTransport } from './open-kafka-transport.ts';
import { NumberedSends } from './produce/numbered-sends.ts';

describeOnKafka('when the broker goes away', (kafka) => {
  const broker = () => kafka().brokers[0]!;

  async function opened(
    options: Partial<KafkaOptions>,
    work: (transport: Transport) => Promise<void>,
  ): Promise<void> {
    const transport = await openKafkaTransport({ brokers: kafka().bootstrap, ...options });
    try {
      await work(transport);
    } finally {
      broker().thaw();
      await broker().start();
      await transport.close();
    }
  }

  test('absent at the opening: a coded error with its address; once it is there, all works', async () => {
    await broker().kill();
    await opened({ retryForMs: 300, deliverForMs: 300 }, async (transport) => {
      const spec = { topic: 'late', partitions: 1, cleanup: 'delete' } as const;
      const unavailable = expect.objectContaining({
        code: 'PLB_TRANSPORT_UNAVAILABLE',
        message: expect.stringMatching(
          new RegExp(`broker ${kafka().bootstrap[0]}: it refuses the connection`),
        ),
      });
      await expect(transport.ensureTopic(spec)).rejects.toEqual(unavailable);
      await expect(transport.describe('late')).rejects.toEqual(unavailable);
      await expect(transport.send('late', [{ value: null }])).rejects.toEqual(unavailable);
      await expect(transport.read({ topic: 'late', partition: 0, offset: 0 })).rejects.toEqual(
        unavailable,
      );
      await expect(transport.committed('g', 'late')).rejects.toEqual(unavailable);
      await broker().start();
      await transport.ensureTopic(spec);
      expect(await transport.send('late', [{ value: null }])).toMatchObject([{ baseOffset: 0 }]);
      expect(await transport.committed('g', 'late')).toEqual([undefined]);
    });
  }, 90_000);

  test(
    'killed and started again in the midst of sends: each is there once',
    // Sends are as patient as `deliverForMs` says, whatever else is not.
    () =>
      opened({ retryForMs: 300 }, async (transport) => {
        const topic = 'killed';
        await transport.ensureTopic({ topic, partitions: 3, cleanup: 'delete' });
        const sending = NumberedSends.start(transport, topic);
        for (const round of [1, 2]) {
          await until(() => sending.sent.length >= 200 * round, { what: 'records are sent' });
          const before = sending.sent.length;
          await broker().kill();
          await broker().start();
          await until(() => sending.sent.length > before + 50, { what: 'sends go on' });
        }
        await sending.stop();
        await sending.expectExact();
      }),
    120_000,
  );

  test(
    'frozen beyond the time-out, so that its answers come too late: each is there once',
    () =>
      opened({ requestTimeoutMs: 1000 }, async (transport) => {
        const topic = 'frozen';
        await transport.ensureTopic({ topic, partitions: 3, cleanup: 'delete' });
        const sending = NumberedSends.start(transport, topic);
        for (const round of [1, 2]) {
          await until(() => sending.sent.length >= 100 * round, { what: 'records are sent' });
          const before = sending.sent.length;
          const frozenAt = performance.now();
          broker().freeze();
          await until(() => performance.now() > frozenAt + 1800, { what: 'the time-out is over' });
          broker().thaw();
          await until(() => sending.sent.length > before + 50, { what: 'sends go on' });
        }
        await sending.stop();
        await sending.expectExact();
      }),
    120_000,
  );

  test('closing does not wait for ever, and what was not sent fails', async () => {
    const transport = await openKafkaTransport({ brokers: kafka().bootstrap });
    await transport.ensureTopic({ topic: 'closing', partitions: 1, cleanup: 'delete' });
    await transport.send('closing', [{ value: null }]);
    await broker().kill();
    const send = transport.send('closing', [{ value: null }]);
    const describing = transport.describe('closing');
    const failed = Promise.allSettled([send, describing]);
    await transport.close();
    for (const outcome of await failed) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: expect.stringMatching(/^PLB_TRANSPORT_(UNAVAILABLE|CLOSED)$/) },
      });
    }
    await expect(transport.describe('closing')).rejects.toEqual(coded('PLB_TRANSPORT_CLOSED'));
  }, 60_000);
});
