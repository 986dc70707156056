import { Kafka, logLevel, type Producer } from 'kafkajs';
import { expect, onTestFinished, test } from 'vitest';
import { createEagerlyCompacted } from '#deploy/kafka/create-eagerly-compacted.ts';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import type { OutgoingRecord } from '#libs/transport/port.ts';
import { until } from '#libs/transport/until.ts';
import { dealt } from './dealt.ts';
import { type GeneratedEvent, generateEvents, STREAM_START } from './generated-events.ts';
import { onKafka } from './kafka-engine.ts';
import { BLOCK, EMBEDDED, Plant, TOPIC } from './plant.ts';
import { expectSamePanes, readCountedPanes } from './read-counted-panes.ts';
import { readTopic, recount } from './recount.ts';

const HOUR = 3_600_000;
const SPAN = 6 * HOUR;
const MONITORS = `
  hourly: { stream: orders, baseline: reference, window: 1h, resolution: 64 }
`;
const EVENTS = generateEvents({ events: 3000, seed: 81, spanMs: SPAN });
/** Compaction that does not wait for a day that a test does not have. */
const EAGER_CLEANER = { 'log.cleaner.backoff.ms': '200' };

describeOnKafka(
  'a Kafka log that is not plain',
  (kafka) => {
    const open = (partitions: number) =>
      Plant.open({
        ...{ partitions, baselineRows: 1000, monitors: MONITORS },
        engines: { ...EMBEDDED, ...onKafka(kafka().bootstrap) },
      });

    const client = () => {
      process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
      return new Kafka({ brokers: [...kafka().bootstrap], logLevel: logLevel.NOTHING });
    };

    async function transactional(transactionalId: string): Promise<Producer> {
      const producer = client().producer({
        ...{ transactionalId, idempotent: true, maxInFlightRequests: 1 },
      });
      await producer.connect();
      onTestFinished(() => producer.disconnect());
      return producer;
    }

    /** Every count of the store is that of the records that a reader of the topic sees. */
    async function expectRecounted(plant: Plant): Promise<void> {
      const log = await readTopic(plant.transport, TOPIC);
      const { profile } = plant.plans[0]!;
      const { fields } = profile.layout;
      const counted = recount(log.flat(), { layout: fields, paneMs: profile.paneMs });
      const stored = await readCountedPanes(plant.store, profile);
      expect(stored.tallies).toEqual(Object.fromEntries(counted.tallies));
      expectSamePanes(stored, { counted, layout: fields });
    }

    test('aborted transactions count nowhere, committed ones once, however they overlap', async () => {
      const plant = await open(2);
      await plant.start();
      const [kept, dropped] = [await transactional('kept'), await transactional('dropped')];
      const messages = (events: readonly GeneratedEvent[], partition: number) =>
        events.map(({ value, timestamp }) => ({
          ...{ value: value === null ? null : Buffer.from(value), partition },
          timestamp: String(timestamp),
        }));
      const committed: GeneratedEvent[] = [];
      for (let begin = 0; begin < 1800; begin += 180) {
        const part = (i: number) => EVENTS.slice(begin + 30 * i, begin + 30 * (i + 1));
        const [keeping, dropping] = [await kept.transaction(), await dropped.transaction()];
        // Each partition sees both, the one that ends last in turn.
        for (const partition of [0, 1]) {
          await dropping.send({ topic: TOPIC, messages: messages(part(partition), partition) });
          await keeping.send({ topic: TOPIC, messages: messages(part(2 + partition), partition) });
          await dropping.send({ topic: TOPIC, messages: messages(part(4), partition) });
        }
        await plant.send(dealt(part(5), 2));
        committed.push(...part(2), ...part(3), ...part(5));
        const ends = [() => keeping.commit(), () => dropping.abort()];
        for (const end of begin % 360 === 0 ? ends : ends.reverse()) await end();
      }
      await plant.endInput(STREAM_START + SPAN);
      await plant.counted();
      await plant.stopProfilers();
      await plant.stopEvaluators();
      const seen = (await readTopic(plant.transport, TOPIC))
        .flat()
        .filter(({ headers }) => Object.keys(headers).length === 0);
      const texts = (records: readonly { readonly value: Uint8Array | null }[]) =>
        records.map(({ value }) => Buffer.from(value ?? []).toString('latin1')).sort();
      expect(texts(seen)).toEqual(texts(committed));
      await expectRecounted(plant);
    }, 60_000);

    test('what a compacted topic still holds is counted, and its holes are no gaps', async () => {
      await createEagerlyCompacted(kafka().bootstrap, TOPIC);
      const plant = await open(1);
      const keyed = EVENTS.slice(0, 2000).map(
        ({ value, timestamp }, i): OutgoingRecord => ({
          ...{ value, timestamp, partition: 0 },
          key: Buffer.from(`customer-${i % 300}`),
        }),
      );
      for (let from = 0; from < keyed.length; from += 250) {
        await plant.send(keyed.slice(from, from + 250));
      }
      const isCompacted = async () => {
        // A segment is closed, and then cleaned, only when more is written.
        await plant.send([{ ...keyed[0]!, key: Buffer.from('last') }]);
        const [records = []] = await readTopic(plant.transport, TOPIC);
        return records.length < 700;
      };
      await until(isCompacted, { what: 'the topic is compacted', deadlineMs: 60_000, pollMs: 300 });
      await plant.start();
      await plant.endInput(STREAM_START + SPAN);
      await plant.counted();
      await plant.stopProfilers();
      await plant.stopEvaluators();
      // The cleaner may have gone on: but a block counts what it read, and says so.
      const gaps = plant.events.filter(({ type }) => type === 'gap');
      expect(gaps).toEqual([]);
      const { profile } = plant.plans[0]!;
      const { tallies } = await readCountedPanes(plant.store, profile);
      const total = Object.values(tallies).reduce((sum, count) => sum + count, 0);
      expect(total - (tallies.synthetic ?? 0)).toBeGreaterThanOrEqual(300);
      expect(total - (tallies.synthetic ?? 0)).toBeLessThan(700);
    }, 120_000);

    test('a topic created anew under a running profiler is counted from its start', async () => {
      const plant = await open(2);
      await plant.start();
      const { profile } = plant.plans[0]!;
      await plant.send(dealt(EVENTS.slice(0, 1000), 2));
      await plant.counted();
      const first = await readTopic(plant.transport, TOPIC);
      await plant.transport.deleteTopic(TOPIC);
      await plant.ensureTopic();
      // More than the old topic held, so that no position lies beyond its end.
      await plant.send(dealt(EVENTS.slice(1000, 2600), 2));
      const total = async () => {
        const [status] = await plant.store.listStreamStatus('default');
        return Object.values(status?.tallies ?? {}).reduce((sum, count) => sum + count, 0);
      };
      await until(async () => (await total()) >= 2600, {
        ...{ what: 'both topics are counted', deadlineMs: 40_000, pollMs: 100 },
      });
      await plant.stopProfilers();
      await plant.stopEvaluators();
      const second = await readTopic(plant.transport, TOPIC);
      const state = await plant.store.profileState(profile.id);
      const epochs = [...state.applied, ...state.open].map(({ epoch }) => epoch);
      expect(new Set(epochs)).toEqual(new Set([0, 1]));
      const { fields } = profile.layout;
      const counted = recount([first, second].flat(2), { layout: fields, paneMs: profile.paneMs });
      const stored = await readCountedPanes(plant.store, profile);
      expect(stored.tallies).toEqual(Object.fromEntries(counted.tallies));
      expectSamePanes(stored, { counted, layout: fields });
    }, 90_000);

    test('what retention takes from a profiler that is away is lost, and said to be', async () => {
      const plant = await open(1);
      await plant.start();
      const records = dealt(EVENTS, 1);
      await plant.send(records.slice(0, 600));
      await plant.counted();
      await plant.stopProfilers();
      await plant.send(records.slice(600, 1500));
      const admin = client().admin();
      await admin.connect();
      onTestFinished(() => admin.disconnect());
      await admin.fetchTopicOffsets(TOPIC);
      await admin.deleteTopicRecords({
        topic: TOPIC,
        partitions: [{ partition: 0, offset: '1100' }],
      });
      await plant.startProfiler();
      await plant.send(records.slice(1500));
      await plant.finish(STREAM_START + SPAN);
      const lost = plant.events.filter((event) => event.type === 'gap' && event.outcome === 'lost');
      expect(lost).toMatchObject([{ from: 600, to: 1100 }]);
      const [status] = await plant.store.listStreamStatus('default');
      expect(status?.tallies.lost).toBe(500);
      const { profile } = plant.plans[0]!;
      const left = [...records.slice(0, 600), ...records.slice(1100)];
      const counted = recount(
        left.map((record, offset) => ({
          ...{ key: null, headers: {}, offset },
          ...{ value: record.value, timestamp: record.timestamp! },
        })),
        { layout: profile.layout.fields, paneMs: profile.paneMs },
      );
      const range = { start: Number.MIN_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER };
      const panes = await plant.store.panes(profile.id, range);
      expect(panes.map(({ start, events }) => [start, events])).toEqual(
        [...counted.panes]
          .map(([start, { events }]) => [start, events])
          .sort(([a], [b]) => a! - b!),
      );
      expect(BLOCK).toBeLessThan(500);
    }, 60_000);
  },
  { settings: EAGER_CLEANER },
);
