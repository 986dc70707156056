import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { withAdmin } from '#deploy/kafka/with-admin.ts';
import { bytesOf, coded, numbered } from '../../contract-fixture.ts';
import type { JoinOptions, Transport } from '../../port.ts';
import { RecordingMember, type RecordingOptions } from '../../recording-member.ts';
import { until } from '../../until.ts';
import { kafkaSettings } from '../kafka-settings.ts';
import { openKafkaTransport } from '../open-kafka-transport.ts';
import { type GroupSettings, joinGroup } from './join-group.ts';

const SESSION_MS = 3000;

const allSeen = (members: readonly RecordingMember[]) => members.flatMap((member) => member.seen);
const turning = (member: RecordingMember) =>
  member.events.filter((event) => !event.startsWith('batch'));

describeOnKafka('groups on a broker', (kafka) => {
  async function open(): Promise<Transport> {
    const transport = await openKafkaTransport({ brokers: kafka().bootstrap });
    onTestFinished(() => transport.close());
    return transport;
  }

  async function newTopic(transport: Transport, partitions: number): Promise<string> {
    const topic = `group-${randomUUID()}`;
    await transport.ensureTopic({ topic, partitions, cleanup: 'delete' });
    return topic;
  }

  async function join(
    options: Omit<RecordingOptions, 'group'> & { readonly group?: string },
    groupSettings: GroupSettings = {},
  ): Promise<RecordingMember> {
    const settings = kafkaSettings({ brokers: kafka().bootstrap, sessionTimeoutMs: SESSION_MS });
    const member = await RecordingMember.join(
      { join: (asked: JoinOptions) => joinGroup({ ...asked, settings, groupSettings }) },
      { group: options.topics.join(), ...options },
    );
    onTestFinished(() => member.membership.leave());
    return member;
  }

  test('1 → 4 → 2 members while records flow: one after the other, each record once', async () => {
    const transport = await open();
    const topic = await newTopic(transport, 12);
    const delivered: { readonly partition: number; from: number; next: number }[] = [];
    const options: RecordingOptions = {
      group: topic,
      topics: [topic],
      commit: true,
      maxBatchBytes: 200,
      handle: ({ partition, from, next }) => {
        delivered.push({ partition, from, next });
      },
    };
    let going = true;
    let sent = 0;
    const sending = (async () => {
      while (going) {
        await transport.send(topic, numbered(240));
        sent += 240;
      }
    })();
    const all = [await join(options)];
    const goesOn = async () => {
      const seen = delivered.length;
      await until(() => delivered.length > seen + 50, { what: 'batches arrive' });
    };
    await goesOn();
    all.push(...(await Promise.all([1, 2, 3].map(() => join(options)))));
    await until(() => all.every(({ owned }) => owned.size === 3), { what: 'three each' });
    await goesOn();
    await Promise.all(all.slice(0, 2).map(({ membership }) => membership.leave()));
    await until(() => all.slice(2).every(({ owned }) => owned.size === 6), { what: 'six each' });
    await goesOn();
    going = false;
    await sending;
    await until(() => allSeen(all).length >= sent, { what: 'all is seen' });
    expect(allSeen(all).length).toBe(sent);
    expect(new Set(allSeen(all)).size).toBe(sent);
    // Whoever had a partition, its batches followed on one another without a gap or overlap.
    const next = new Map<number, number>();
    for (const batch of delivered) {
      expect(batch.from).toBe(next.get(batch.partition) ?? 0);
      next.set(batch.partition, batch.next);
    }
    expect(all.flatMap(({ failures, troubles }) => [...failures, ...troubles])).toEqual([]);
    const longest = Math.max(
      ...all.flatMap(({ rebalances }) => rebalances.map(({ milliseconds }) => milliseconds)),
    );
    expect(longest).toBeLessThan(SESSION_MS);
  }, 90_000);

  test('partitions added to a topic are handed out, and read from their start', async () => {
    const transport = await open();
    const topic = await newTopic(transport, 1);
    const members = [await join({ topics: [topic] }), await join({ topics: [topic] })];
    await until(() => members.some(({ owned }) => owned.size === 1), { what: 'one is assigned' });
    await withAdmin(kafka().bootstrap, (admin) =>
      admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] }),
    );
    const later = await openKafkaTransport({ brokers: kafka().bootstrap });
    onTestFinished(() => later.close());
    for (const partition of [0, 1, 2, 3, 4]) await later.send(topic, numbered(3, partition));
    await until(() => allSeen(members).length === 15, { what: 'all five are read' });
    expect(new Set(allSeen(members)).size).toBe(15);
    expect(members.map(({ owned }) => owned.size).sort()).toEqual([2, 3]);
    expect(members.flatMap(({ revocations }) => revocations)).toEqual([]);
  }, 60_000);

  test('a topic created again with fewer partitions while a batch is handled', async () => {
    const transport = await open();
    const topic = await newTopic(transport, 2);
    await transport.send(topic, numbered(6, 0));
    let goOn = () => {};
    let outcome: Promise<unknown> | undefined;
    const member = await join({
      topics: [topic],
      maxBatchBytes: 1,
      handle: async (batch, self) => {
        if (batch.next !== 3 || outcome !== undefined) return;
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        outcome = self.membership
          .commit(batch, { offset: batch.next, metadata: 'old' })
          .catch((error: unknown) => error);
        await outcome;
      },
    });
    await until(() => member.events.includes(`batch ${topic}/0/2`), { what: 'the handler waits' });
    await transport.deleteTopic(topic);
    const gone = async () => (await transport.describe(topic)) === undefined;
    await until(gone, { what: 'the topic is gone' });
    await transport.ensureTopic({ topic, partitions: 1, cleanup: 'delete' });
    await transport.send(topic, numbered(20));
    goOn();
    await until(() => member.seen.filter((one) => one.endsWith('/19')).length > 0, {
      what: 'the new topic is read',
    });
    // Records of the old log were at hand still; of the new one none is delivered as if of the old.
    const news = member.events.lastIndexOf(`assigned ${topic}/0`);
    const before = member.events.slice(0, news).filter((event) => event.startsWith('batch'));
    expect(before.length).toBeLessThanOrEqual(6);
    expect(member.events.slice(news + 1)).toEqual(
      Array.from({ length: 20 }, (_, offset) => `batch ${topic}/0/${offset}`),
    );
    expect(
      turning(member)
        .filter((event) => event.startsWith('revoked'))
        .sort(),
    ).toEqual([`revoked ${topic}/0`, `revoked ${topic}/1`]);
    expect([...member.owned]).toEqual([`${topic}/0`]);
    expect(member.failures).toEqual([]);
  }, 60_000);

  test('a partition whose retention overtakes its member is handed out anew', async () => {
    const transport = await open();
    const topic = await newTopic(transport, 1);
    const value = new Uint8Array(100_000);
    for (let i = 0; i < 60; i += 1) await transport.send(topic, [{ value }]);
    let goOn = () => {};
    const member = await join({
      topics: [topic],
      maxBatchBytes: 1,
      start: ({ start }) => start,
      handle: async (batch, self) => {
        if (batch.from > 0) return;
        await self.membership.commit(batch, { offset: 1, metadata: 'first' });
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      },
    });
    await until(async () => (await transport.committed(topic, topic))[0] !== undefined, {
      what: 'the first record is committed',
    });
    await withAdmin(kafka().bootstrap, async (admin) => {
      await admin.fetchTopicMetadata({ topics: [topic] });
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '50' }] });
    });
    goOn();
    await until(() => member.seen.at(-1) === `${topic}/0/59`, { what: 'the rest is seen' });
    expect(turning(member)).toEqual(
      ['assigned', 'revoked', 'assigned'].map((event) => `${event} ${topic}/0`),
    );
    expect(member.assignments[1]).toMatchObject([
      { committed: { offset: 1, metadata: 'first' }, start: 50, end: 60 },
    ]);
    const offsets = member.seen.map((one) => Number(one.split('/')[2]));
    expect(offsets.filter((offset) => offset >= 50)).toEqual([
      50, 51, 52, 53, 54, 55, 56, 57, 58, 59,
    ]);
    expect(Math.max(...offsets.filter((offset) => offset < 50))).toBeLessThan(49);
    expect(member.failures).toEqual([]);
  }, 60_000);

  test('a handler that holds a rebalance up too long loses what moves, and only that', async () => {
    const transport = await open();
    const topic = await newTopic(transport, 2);
    await transport.send(topic, [...numbered(1, 0), ...numbered(1, 1)]);
    const begun: number[] = [];
    let goOn = () => {};
    const going = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const outcomes = new Map<number, string>();
    const late = await join(
      {
        topics: [topic],
        handle: async (batch, self) => {
          begun.push(batch.partition);
          if (begun.length > 1) return;
          await going;
          for (const partition of [0, 1]) {
            await self.membership
              .commit({ topic, partition }, { offset: 1, metadata: '' })
              .then(() => outcomes.set(partition, 'committed'))
              .catch((error: { code: string }) => outcomes.set(partition, error.code));
          }
        },
      },
      { handlingMs: 500 },
    );
    await until(() => begun.length > 0, { what: 'the handler runs' });
    const other = await join({ topics: [topic], commit: true });
    await until(() => other.batches.length > 0 || other.owned.size > 0, { what: 'one moves' });
    const moved = Number([...other.owned][0]?.split('/')[1]);
    goOn();
    await until(() => outcomes.size === 2 && late.owned.size === 1, {
      what: 'the late one is done',
    });
    expect(outcomes.get(moved)).toBe('PLB_TRANSPORT_FENCED');
    expect(outcomes.get(1 - moved)).toBe('committed');
    expect(turning(late)).toEqual(
      expect.arrayContaining([`revoked ${topic}/${moved}`, `assigned ${topic}/${1 - moved}`]),
    );
    expect(late.revocations).toEqual([[{ topic, partition: moved }]]);
    expect(late.failures).toEqual([]);
    await transport.send(topic, numbered(1, 1 - moved));
    await until(() => late.seen.includes(`${topic}/${1 - moved}/1`), { what: 'it goes on' });
  }, 60_000);

  test('a handler that fails as fenced, since its partition moved, ends nobody', async () => {
    const transport = await open();
    const topic = await newTopic(transport, 2);
    await transport.send(topic, [...numbered(1, 0), ...numbered(1, 1)]);
    let handled = 0;
    let goOn = () => {};
    const late = await join(
      {
        topics: [topic],
        handle: async (_, self) => {
          handled += 1;
          if (handled > 1) return;
          await new Promise<void>((resolve) => {
            goOn = resolve;
          });
          for (const partition of [0, 1]) {
            await self.membership.commit({ topic, partition }, { offset: 0, metadata: '' });
          }
        },
      },
      { handlingMs: 300 },
    );
    await until(() => handled > 0, { what: 'the handler runs' });
    const other = await join({ topics: [topic] });
    await until(() => other.owned.size === 1, { what: 'one moves' });
    goOn();
    await until(() => late.batches.length > 0, { what: 'the late one goes on with what it kept' });
    await until(() => new Set([...late.seen, ...other.seen]).size === 2, { what: 'all is seen' });
    expect(late.failures).toEqual([]);
  }, 60_000);

  test('a member that leaves while it still waits to join holds nobody up', async () => {
    const transport = await open();
    const topic = await newTopic(transport, 2);
    await transport.send(topic, numbered(2, 0));
    let goOn = () => {};
    const busy = await join({
      topics: [topic],
      handle: () =>
        new Promise<void>((resolve) => {
          goOn = resolve;
        }),
    });
    await until(() => busy.events.length > 2, { what: 'the handler runs' });
    const guest = await join({ topics: [topic] });
    const groupIs = (state: string) => async () => {
      const { groups } = await withAdmin(kafka().bootstrap, async (admin) => {
        await admin.fetchTopicMetadata({ topics: [topic] });
        return admin.describeGroups([topic]);
      });
      return groups[0]?.state === state;
    };
    await until(groupIs('PreparingRebalance'), { what: 'the guest waits for the busy one' });
    await guest.membership.leave();
    goOn();
    const left = performance.now();
    await until(groupIs('Stable'), { what: 'the busy one goes on' });
    expect(performance.now() - left).toBeLessThan(SESSION_MS);
    expect(guest.events).toEqual([]);
    expect(busy.revocations).toEqual([]);
    await transport.send(topic, numbered(1, 1));
    await until(() => busy.events.includes(`batch ${topic}/1/0`), { what: 'it reads on' });
    goOn();
  }, 60_000);

  test('a group of another kind is told of as trouble, and joined once it is gone', async () => {
    const transport = await open();
    const topic = await newTopic(transport, 1);
    const { Kafka, logLevel } = await import('kafkajs');
    const stranger = new Kafka({
      brokers: [...kafka().bootstrap],
      logLevel: logLevel.NOTHING,
    }).consumer({ groupId: topic });
    await stranger.connect();
    await stranger.subscribe({ topic });
    const joined = new Promise((resolve) => stranger.on('consumer.group_join', resolve));
    await stranger.run({ eachMessage: async () => {} });
    await joined;
    const member = await join({ topics: [topic] });
    await until(() => member.troubles.length > 0, { what: 'the trouble is told' });
    expect(member.troubles).toEqual([coded('PLB_TRANSPORT_UNAVAILABLE')]);
    await stranger.disconnect();
    await until(() => member.owned.size === 1, { what: 'the member has joined' });
    expect(member.troubles.at(-1)).toBeNull();
    expect(member.failures).toEqual([]);
  }, 60_000);

  test('a broker that is gone for a while costs neither partitions nor records', async () => {
    const transport = await open();
    const topic = await newTopic(transport, 3);
    await transport.send(topic, numbered(30));
    const member = await join({ topics: [topic], commit: true });
    await until(() => member.seen.length === 30, { what: 'the first records are seen' });
    const [broker] = kafka().brokers;
    await broker?.kill();
    await until(() => member.troubles.length > 0, { what: 'the trouble is told' });
    expect(member.troubles).toEqual([coded('PLB_TRANSPORT_UNAVAILABLE')]);
    await broker?.start();
    await transport.send(topic, numbered(30));
    await until(() => member.seen.length === 60, { what: 'the member goes on' });
    await until(() => member.troubles.length === 2, { what: 'the trouble is over' });
    expect(member.troubles[1]).toBeNull();
    expect(new Set(member.seen).size).toBe(60);
    expect(turning(member).length).toBe(3);
    expect(member.failures).toEqual([]);
    await member.membership.leave();
    const committed = await transport.committed(topic, topic);
    expect(committed.map((one) => one?.offset)).toEqual([20, 20, 20]);
  }, 90_000);

  test('leaving without a broker takes no longer than a session or two', async () => {
    const transport = await open();
    const topic = await newTopic(transport, 1);
    const value = bytesOf('x');
    await transport.send(topic, [{ value }]);
    let committing = false;
    const member = await join({
      topics: [topic],
      handle: async (batch, self) => {
        await kafka().brokers[0]?.kill();
        committing = true;
        await self.membership.commit(batch, { offset: 1, metadata: '' });
      },
    });
    await until(() => committing, { what: 'a commit waits for the broker' });
    const begun = performance.now();
    await member.membership.leave();
    expect(performance.now() - begun).toBeLessThan(3 * SESSION_MS + 3000);
    await kafka().brokers[0]?.start();
    expect(member.batches).toEqual([]);
    expect((await transport.committed(topic, topic))[0]).toBeUndefined();
  }, 90_000);
});
