import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchKafka } from '#deploy/kafka/fetch-kafka.ts';
import { findJava } from '#deploy/kafka/find-java.ts';
import type { TestKafka } from '#deploy/kafka/start-kafka.ts';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import type { LogRecord } from '../port.ts';
import { until } from '../until.ts';
import { fetchProtocol } from './fetch-protocol.ts';
import { KafkaConnection } from './kafka-connection.ts';
import { kafkaSettings } from './kafka-settings.ts';
import { readPartition } from './read-partition.ts';
import {
  JavaClient,
  type JavaOutgoing,
  type JavaView,
  missingCompiler,
} from './records/java-client.ts';
import { RecordSet } from './records/record-set.ts';

const hex = (bytes: Uint8Array | null) =>
  bytes === null ? '-' : Buffer.from(bytes).toString('hex');
const hexOf = (text: string) => Buffer.from(text).toString('hex');

const comparable = ({ offset, timestamp, key, value, headers }: LogRecord) => ({
  offset,
  timestamp,
  key: hex(key),
  value: hex(value),
  headers:
    Object.entries(headers)
      .map(([name, bytes]) => `${name}=${hex(bytes)}`)
      .join(',') || '-',
});

const numbered = (count: number, value = 'event'): JavaOutgoing[] =>
  Array.from({ length: count }, (_, i) => ({
    key: hexOf(`key-${i % 7}`),
    value: hexOf(`${value} ${i} `.repeat(1 + (i % 20))),
    ...(i % 3 === 0 ? { headers: `trace=${hexOf(`${i}`)},empty=` } : {}),
  }));

const NAME = 'reading a partition of a real broker';
const found = findJava(process.env);
const missing = 'missing' in found ? undefined : missingCompiler(found.java);

if (missing !== undefined && process.env.CI !== 'true') {
  describe.skip(`${NAME} (not run: ${missing})`, () => test('needs a JDK'));
} else
  describeOnKafka(NAME, suite, {
    settings: { 'log.cleaner.backoff.ms': '200', 'log.initial.task.delay.ms': '500' },
  });

function suite(kafka: () => TestKafka): void {
  let java: JavaClient;
  let connection: KafkaConnection;

  beforeAll(async () => {
    const { bootstrap } = kafka();
    java = new JavaClient({ ...(await fetchKafka()), bootstrap });
    connection = new KafkaConnection(kafkaSettings({ brokers: bootstrap }));
    // The first command waits until Java has compiled the client.
    await newTopic();
  }, 180_000);
  afterAll(async () => {
    java.close();
    await connection.close();
  });

  async function newTopic(settings: Record<string, string> = {}): Promise<string> {
    const topic = `read-${randomUUID()}`;
    await java.create(topic, settings);
    return topic;
  }

  /** Reads to the end, with the promises of every batch checked. */
  async function readFrom(topic: string, offset: number, maxBytes: number): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for (let position = offset; ; ) {
      const batch = await readPartition(
        connection,
        { topic, partition: 0, offset: position },
        { maxBytes },
      );
      if (position >= batch.end) return records;
      expect(batch.from).toBeGreaterThanOrEqual(position);
      expect(batch.next).toBeGreaterThan(batch.from);
      expect(batch.next).toBeLessThanOrEqual(batch.end);
      records.push(...batch.records);
      position = batch.next;
    }
  }

  /** Holds what is read against what Kafka's own consumer sees, from every offset. */
  async function compare(topic: string): Promise<JavaView> {
    const view = await java.read(topic);
    const all = await readFrom(topic, 0, 500);
    expect(all.map(comparable)).toEqual(view.records);
    for (const [offset, expected] of view.offsetsFrom) {
      const records = await readFrom(topic, offset, 1 + 300 * (offset % 5));
      expect([offset, records.map((one) => one.offset)]).toEqual([offset, expected]);
    }
    const end = {
      topic,
      partition: 0,
      from: view.end,
      next: view.end,
      end: view.end,
      records: [],
    };
    const place = { topic, partition: 0, offset: view.end };
    expect(await readPartition(connection, place)).toEqual(end);
    expect(await readPartition(connection, { ...place, offset: view.end + 5 })).toEqual({
      ...end,
      from: view.end + 5,
      next: view.end + 5,
    });
    return view;
  }

  /** The same while a broker may still be cleaning: until nothing has changed meanwhile. */
  async function compareResting(topic: string): Promise<JavaView> {
    let outcome: JavaView | undefined;
    const isResting = async () => {
      const before = await java.read(topic);
      outcome = await compare(topic).catch(async (error: unknown) => {
        if (isDeepStrictEqual(await java.read(topic), before)) throw error;
        return undefined;
      });
      return isDeepStrictEqual(outcome, before);
    };
    await until(isResting, { what: 'the topic rests', deadlineMs: 60_000 });
    return outcome ?? expect.fail();
  }

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('records written with %s', async (codec) => {
    const topic = await newTopic();
    const producer = `${codec}-${topic}`;
    await java.producer(producer, { codec, lingerMs: 50 });
    await java.send(producer, topic, numbered(40));
    await java.send(producer, topic, [
      { value: '-' },
      { key: '', value: '' },
      { key: hexOf('large'), value: hexOf('0123456789abcdef '.repeat(12_000)) },
    ]);
    const view = await compare(topic);
    expect(view.records.length).toBe(43);
  });

  test('the broker’s time, where the topic says so', async () => {
    const topic = await newTopic({ 'message.timestamp.type': 'LogAppendTime' });
    await java.producer(`append-${topic}`, { codec: 'zstd', lingerMs: 50 });
    await java.send(`append-${topic}`, topic, numbered(10));
    const { records } = await compare(topic);
    expect(new Set(records.map(({ timestamp }) => timestamp)).size).toBe(1);
  });

  test('transactions that were committed, aborted, and that overlap', async () => {
    const topic = await newTopic();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => `${name}-${topic}`) as [string, string, string];
    for (const name of [a, b]) await java.producer(name, { transactional: true });
    await java.producer(c, { codec: 'lz4' });
    await java.transaction('begin', a);
    await java.send(a, topic, numbered(2, 'void a'));
    await java.transaction('begin', b);
    // Without the control flag this key would be an abort marker's.
    await java.send(b, topic, [{ key: '00000000', value: hexOf('void b') }]);
    await java.send(c, topic, numbered(3, 'plain'));
    await java.send(a, topic, [{ key: '00000000', value: hexOf('void a') }]);
    await java.send(a, topic, numbered(2, 'void a'));
    await java.transaction('abort', a);
    await java.send(b, topic, numbered(2, 'void b'));
    await java.transaction('begin', a);
    await java.send(a, topic, numbered(3, 'good a'));
    await java.transaction('abort', b);
    await java.transaction('begin', b);
    await java.send(b, topic, numbered(2, 'good b'));
    await java.transaction('commit', a);
    await java.send(c, topic, numbered(1, 'plain'));
    await java.transaction('commit', b);
    await java.transaction('begin', a);
    await java.transaction('abort', a);
    await java.transaction('begin', a);
    await java.send(a, topic, numbered(2, 'void a'));
    await java.transaction('abort', a);
    const { records, end } = await compare(topic);
    expect(records.length).toBe(3 + 3 + 2 + 1);
    expect(end).toBeGreaterThan(records.length + 9);
  });

  test('a running transaction ends the log until it is committed', async () => {
    const topic = await newTopic();
    const [open, plain] = [`open-${topic}`, `plain-${topic}`];
    await java.producer(open, { transactional: true });
    await java.producer(plain);
    await java.send(plain, topic, numbered(3));
    await java.transaction('begin', open);
    await java.send(open, topic, numbered(2));
    await java.send(plain, topic, numbered(3));
    const before = await compare(topic);
    expect([before.end, before.records.length]).toEqual([3, 3]);
    await java.transaction('commit', open);
    // The coordinator answers before its marker stands in the log.
    const isMarked = async () => (await java.read(topic)).end === 9;
    await until(isMarked, { what: 'the marker is in the log', pollMs: 50 });
    const after = await compare(topic);
    expect(after.records.length).toBe(8);
  });

  test('a compacted topic: holes, tombstones, aborted transactions', async () => {
    const topic = await newTopic({
      'cleanup.policy': 'compact',
      'min.cleanable.dirty.ratio': '0.01',
      'segment.ms': '200',
      'delete.retention.ms': '0',
    });
    const [plain, t] = [`plain-${topic}`, `t-${topic}`];
    await java.producer(plain, { codec: 'gzip', lingerMs: 20 });
    await java.producer(t, { transactional: true });
    for (let round = 0; round < 3; round += 1) {
      await java.send(plain, topic, numbered(12, `round ${round}`));
      await java.send(plain, topic, [{ key: hexOf(`once-${round}`), value: hexOf('stays') }]);
      await java.transaction('begin', t);
      await java.send(t, topic, numbered(4, `transaction ${round}`));
      await java.transaction(round === 1 ? 'commit' : 'abort', t);
    }
    await java.send(plain, topic, [{ key: hexOf('key-0'), value: '-' }]);
    const before = await compare(topic);
    // A segment is only closed, and then cleaned, when more is written.
    const isCompacted = async () => {
      await java.send(plain, topic, [{ key: hexOf('last'), value: hexOf('x') }]);
      const first = await readFrom(topic, 0, 10_000);
      return first.filter(({ offset }) => offset < before.end).length < 15;
    };
    await until(isCompacted, { what: 'the topic is compacted', deadlineMs: 60_000, pollMs: 300 });
    const after = await compareResting(topic);
    const left = after.records.filter(({ offset }) => offset < before.end);
    expect(left.length).toBeLessThan(before.records.length);
    expect(after.records.some(({ value }) => value === hexOf('stays'))).toBe(true);
  }, 90_000);

  test('a start that moved on, inside a batch too', async () => {
    const topic = await newTopic();
    const producer = `start-${topic}`;
    await java.producer(producer, { codec: 'zstd', lingerMs: 100 });
    await java.send(producer, topic, numbered(20));
    await java.send(producer, topic, numbered(20));
    await java.deleteBefore(topic, 13);
    const view = await compare(topic);
    expect([view.start, view.records[0]?.offset, view.end]).toEqual([13, 13, 40]);
    const batch = await readPartition(connection, { topic, partition: 0, offset: 2 });
    expect([batch.from, batch.records[0]?.offset]).toEqual([13, 13]);
    await java.deleteBefore(topic, 40);
    expect(await readPartition(connection, { topic, partition: 0, offset: 5 })).toEqual({
      topic,
      partition: 0,
      from: 40,
      next: 40,
      end: 40,
      records: [],
    });
  });

  test('a bit that was flipped on the way is found', async () => {
    const topic = await newTopic();
    await java.producer(`flip-${topic}`, { codec: 'snappy', lingerMs: 50 });
    await java.send(`flip-${topic}`, topic, numbered(30));
    const place = { topic, partition: 0, offset: 0 };
    const question = { positions: [place], maxBytes: 100_000, maxWaitMs: 0 };
    const leader = await connection.leader(place);
    const answer = await connection.send(leader, fetchProtocol(question));
    const { records, abortedTransactions } = answer.partitions[0] ?? expect.fail();
    const open = (bytes: Buffer) => new RecordSet(bytes, { ...place, abortedTransactions });
    expect(open(records).read().records.length).toBe(30);
    for (let at = 16; at < records.length; at += 1 + (at % 5)) {
      const damaged = Buffer.from(records);
      damaged[at]! ^= 1 << (at % 8);
      expect(() => open(damaged).read()).toThrow(`${topic}/0@0`);
    }
  });

  describe('what is not there', () => {
    test('a topic or partition is refused, also one that was deleted', async () => {
      const missing = { topic: `missing-${randomUUID()}`, partition: 0, offset: 0 };
      const code = expect.objectContaining({ code: 'PLB_TRANSPORT_TOPIC' });
      await expect(readPartition(connection, missing)).rejects.toEqual(code);
      const topic = await newTopic();
      await readPartition(connection, { topic, partition: 0, offset: 0 });
      await expect(readPartition(connection, { topic, partition: 1, offset: 0 })).rejects.toEqual(
        code,
      );
    });

    test('a broker that is away is waited for', async () => {
      const topic = await newTopic();
      const producer = `away-${topic}`;
      await java.producer(producer);
      await java.send(producer, topic, numbered(3));
      const place = { topic, partition: 0, offset: 0 };
      await readPartition(connection, place);
      const [broker] = kafka().brokers;
      await broker?.kill();
      const reading = readPartition(connection, place);
      await broker?.start();
      expect((await reading).records.length).toBe(3);
    }, 120_000);
  });
}
