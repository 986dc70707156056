import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { openEmbeddedTransport } from '#libs/transport/embedded/open-embedded-transport.ts';
import { openKafkaTransport } from '#libs/transport/kafka/open-kafka-transport.ts';
import type { LogRecord, Transport } from '#libs/transport/port.ts';
import { copyBadRecords } from './dead-letter.ts';
import { logRecord } from './testing/log.ts';

async function openLog(): Promise<Transport> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-dead-letter-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const log = await openEmbeddedTransport({ directory, durability: 'normal' });
  onTestFinished(() => log.close());
  await log.ensureTopic({ topic: 'bad', partitions: 1, cleanup: 'delete' });
  return log;
}

const PLACE = { topic: 'orders', partition: 3 };
const key = new TextEncoder().encode('customer-1');

/** What stands in the first partition of a topic: value and headers as text, in order. */
async function copiesIn(
  log: Transport,
  topic: string,
): Promise<readonly Readonly<Record<string, string | null>>[]> {
  const { records } = await log.read({ topic, partition: 0, offset: 0 });
  const text = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString();
  return records.map(({ value, headers }) => ({
    value: text(value),
    ...Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, text(bytes)])),
  }));
}

const badOf = (...records: readonly LogRecord[]) =>
  records.map((record) => ({ record, reason: 'malformed' as const, events: 1 }));

test('a bad record is copied as it was, with its cause and its place', async () => {
  const log = await openLog();
  const key = new TextEncoder().encode('customer-1');
  const record = logRecord('{"t":', {
    offset: 42,
    timestamp: 7000,
    key,
    headers: { trace: 'abc' },
  });
  await copyBadRecords(log, 'bad', {
    partition: { topic: 'orders', partition: 3 },
    bad: [
      { record, reason: 'malformed', events: 1 },
      { record: logRecord(null, { offset: 43 }), reason: 'empty', events: 1 },
    ],
  });
  const { records } = await log.read({ topic: 'bad', partition: 0, offset: 0 });
  expect(
    records.map(({ headers, ...rest }) => ({
      ...rest,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
      ),
    })),
  ).toEqual([
    {
      ...{ offset: 0, timestamp: 7000, key, value: record.value },
      headers: {
        trace: 'abc',
        'plumbline-reason': 'malformed',
        'plumbline-place': 'orders/3/42',
      },
    },
    {
      ...{ offset: 1, timestamp: 0, key: null, value: null },
      headers: { 'plumbline-reason': 'empty', 'plumbline-place': 'orders/3/43' },
    },
  ]);
});

test('without bad records nothing is sent', async () => {
  const log = await openLog();
  await copyBadRecords(log, 'no-such-topic', {
    ...{ partition: { topic: 'orders', partition: 0 }, bad: [] },
  });
  const description = await log.describe('bad');
  expect(description?.partitions[0]?.end).toBe(0);
});

test('a record that the topic refuses in any form is dropped, and the others are copied', async () => {
  const log = await openLog();
  await log.ensureTopic({ topic: 'compacted', partitions: 1, cleanup: 'compact' });
  const bad = badOf(
    logRecord('{1', { offset: 1, key }),
    logRecord('{2', { offset: 2 }),
    logRecord('{3', { offset: 3, key, timestamp: -1, headers: { trace: 'abc' } }),
  );
  const refused = await copyBadRecords(log, 'compacted', { partition: PLACE, bad });
  expect(refused).toMatchObject({ cut: 1, dropped: 1, reason: expect.stringMatching(/key|time/) });
  expect(await copiesIn(log, 'compacted')).toEqual([
    { value: '{1', 'plumbline-reason': 'malformed', 'plumbline-place': 'orders/3/1' },
    {
      ...{ value: null, 'plumbline-reason': 'malformed', 'plumbline-place': 'orders/3/3' },
      'plumbline-value-left-out': '2 bytes',
    },
  ]);
});

test('a topic that is not there is a failure, not a refusal', async () => {
  const log = await openLog();
  const copying = copyBadRecords(log, 'no-such-topic', {
    ...{ partition: PLACE, bad: badOf(logRecord('{')) },
  });
  await expect(copying).rejects.toMatchObject({ code: 'PLB_TRANSPORT_TOPIC' });
});

describeOnKafka('dead letters on Kafka', (kafka) => {
  async function openTopic(topic: string, entries: Readonly<Record<string, string>>) {
    process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
    const brokers = [...kafka().bootstrap];
    const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const configEntries = Object.entries(entries).map(([name, value]) => ({ name, value }));
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] });
    await admin.disconnect();
    const log = await openKafkaTransport({ brokers });
    onTestFinished(() => log.close());
    return log;
  }

  test('a value that is too large is left out, and its length said', async () => {
    const log = await openTopic('small', { 'max.message.bytes': '2000' });
    const bad = badOf(
      logRecord('{1', { offset: 1, timestamp: Date.now() }),
      logRecord('x'.repeat(5000), { offset: 2, key, timestamp: Date.now() }),
      logRecord('{3', { offset: 3, key: new Uint8Array(3000), timestamp: Date.now() }),
    );
    const refused = await copyBadRecords(log, 'small', { partition: PLACE, bad });
    expect(refused).toMatchObject({
      cut: 1,
      dropped: 1,
      reason: expect.stringContaining('larger'),
    });
    const copies = await copiesIn(log, 'small');
    expect(copies).toContainEqual({
      ...{ value: '{1', 'plumbline-reason': 'malformed', 'plumbline-place': 'orders/3/1' },
    });
    expect(copies).toContainEqual({
      ...{ value: null, 'plumbline-reason': 'malformed', 'plumbline-place': 'orders/3/2' },
      'plumbline-value-left-out': '5000 bytes',
    });
    expect(copies.filter((copy) => copy['plumbline-place'] === 'orders/3/3')).toEqual([]);
  });

  test('a compacted topic takes what has a key, and the rest is dropped', async () => {
    const log = await openTopic('compacted', { 'cleanup.policy': 'compact' });
    const bad = badOf(
      logRecord('{1', { offset: 1, timestamp: Date.now() }),
      logRecord('{2', { offset: 2, key, timestamp: Date.now() }),
    );
    const refused = await copyBadRecords(log, 'compacted', { partition: PLACE, bad });
    expect(refused).toMatchObject({ cut: 0, dropped: 1 });
    expect((await copiesIn(log, 'compacted')).map((copy) => copy['plumbline-place'])).toContain(
      'orders/3/2',
    );
  });
});
