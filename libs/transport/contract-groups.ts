import { describe, expect, test } from 'vitest';
import { type ContractFixture, coded, numbered } from './contract-fixture.ts';
import type { RecordingMember } from './recording-member.ts';
import { until } from './until.ts';

const allSeen = (members: readonly RecordingMember[]) => members.flatMap((member) => member.seen);
const ownedBy = (members: readonly RecordingMember[]) =>
  members.flatMap((member) => [...member.owned]).sort();

/** The part of the contract about groups, and about closing while they work. */
export function groupsContract(fixture: ContractFixture): void {
  describe('groups', () => {
    test.each([
      [1, 4],
      [3, 4],
      [3, 12],
    ])(
      '%i members share %i partitions and get each record once',
      async (size, partitions) => {
        const topic = await fixture.newTopic(partitions);
        const options = { group: topic, topics: [topic], commit: true };
        const members = await Promise.all(
          Array.from({ length: size }, () => fixture.join(options)),
        );
        const places = Array.from({ length: partitions }, (_, i) => `${topic}/${i}`).sort();
        const share = Math.floor(partitions / size);
        await until(
          () =>
            members.every(({ owned }) => owned.size >= share) &&
            ownedBy(members).join() === places.join(),
          { what: 'all partitions are shared out' },
        );
        for (let i = 0; i < 5; i += 1)
          await fixture.transport.send(topic, numbered(partitions * 20));
        await until(() => allSeen(members).length >= partitions * 100, { what: 'all are seen' });
        const seen = allSeen(members);
        expect(new Set(seen).size).toBe(partitions * 100);
        expect(seen.length).toBe(partitions * 100);
        expect(members.flatMap(({ failures }) => failures)).toEqual([]);
        for (const member of members) {
          const next = new Map<number, number>();
          for (const batch of member.batches) {
            expect(batch.from).toBe(next.get(batch.partition) ?? batch.from);
            next.set(batch.partition, batch.next);
          }
        }
        await Promise.all(members.map(({ membership }) => membership.leave()));
        const committed = await fixture.transport.committed(topic, topic);
        expect(committed.map((one) => one?.offset)).toEqual(Array(partitions).fill(100));
      },
      60_000,
    );

    test('members come and go while records flow: nothing is lost', async () => {
      const topic = await fixture.newTopic(6);
      const options = { group: topic, topics: [topic], commit: true, maxBatchBytes: 100 };
      const members = [await fixture.join(options)];
      let sending = true;
      let sent = 0;
      const sender = (async () => {
        while (sending) {
          await fixture.transport.send(topic, numbered(60));
          sent += 60;
        }
      })();
      const seenMore = async () => {
        const before = new Set(allSeen(members)).size;
        const more = () => new Set(allSeen(members)).size > before + 100;
        await until(more, { what: 'records go on arriving' });
      };
      await seenMore();
      members.push(await fixture.join(options));
      await seenMore();
      members.push(await fixture.join(options));
      await seenMore();
      await members[0]?.membership.leave();
      await seenMore();
      await members[1]?.membership.leave();
      sending = false;
      await sender;
      await until(() => new Set(allSeen(members)).size >= sent, { what: 'all are seen' });
      expect(new Set(allSeen(members)).size).toBe(sent);
      expect(members.flatMap(({ failures }) => failures)).toEqual([]);
    }, 90_000);

    test('a sole member keeps all; when it leaves, the next one has all', async () => {
      const topic = await fixture.newTopic(3);
      const options = { group: topic, topics: [topic], sole: true, commit: true };
      const first = await fixture.join(options);
      await until(() => first.owned.size === 3, { what: 'the first has all' });
      const second = await fixture.join(options);
      const third = await fixture.join({ ...options, group: `${topic}-other` });
      await until(() => third.owned.size === 3, { what: 'another group settles' });
      await fixture.transport.send(topic, numbered(30));
      await until(() => first.seen.length === 30, { what: 'the first sees all' });
      expect([first.revocations, second.assignments]).toEqual([[], []]);
      await first.membership.leave();
      await until(() => second.owned.size === 3, { what: 'the second has all' });
      await fixture.transport.send(topic, numbered(30));
      await until(() => second.seen.length === 30, { what: 'the second goes on' });
    }, 60_000);

    test('assigned() sees the bounds and chooses where to begin', async () => {
      const topic = await fixture.newTopic(1);
      await fixture.transport.send(topic, numbered(20));
      const member = await fixture.join({ group: topic, topics: [topic], start: () => 15 });
      await until(() => member.seen.length >= 5, { what: 'the last five are seen' });
      expect(member.seen[0]).toBe(`${topic}/0/15`);
      expect(member.assignments[0]).toMatchObject([{ topic, partition: 0, start: 0, end: 20 }]);
      expect(member.assignments[0]?.[0]?.committed).toBeUndefined();
    }, 60_000);

    test('a committed offset and its note outlive the transport', async () => {
      const topic = await fixture.newTopic(2);
      await fixture.transport.send(topic, numbered(10, 1));
      const options = { group: topic, topics: [topic] };
      const member = await fixture.join(options);
      await until(() => member.owned.size === 2, { what: 'both partitions are assigned' });
      const partition = { topic, partition: 1 };
      await member.membership.commit(partition, { offset: 3, metadata: 'old' });
      await member.membership.commit(partition, { offset: 6, metadata: 'epoch-1 é' });
      const expected = [undefined, { offset: 6, metadata: 'epoch-1 é' }];
      expect(await fixture.transport.committed(topic, topic)).toEqual(expected);
      expect(await fixture.transport.committed(`${topic}-x`, topic)).toEqual([
        undefined,
        undefined,
      ]);

      await fixture.reopen();
      expect(await fixture.transport.committed(topic, topic)).toEqual(expected);
      const next = await fixture.join(options);
      await until(() => next.seen.length >= 4, { what: 'the rest is seen' });
      expect(next.seen).toEqual([6, 7, 8, 9].map((offset) => `${topic}/1/${offset}`));
      const assigned = next.assignments.flat().find((one) => one.partition === 1);
      expect(assigned?.committed).toEqual(expected[1]);
    }, 60_000);

    test('what was committed by a member that left is where the next one begins', async () => {
      const topic = await fixture.newTopic(1);
      await fixture.transport.send(topic, numbered(4));
      const first = await fixture.join({ group: topic, topics: [topic], commit: true });
      await until(() => first.seen.length === 4, { what: 'all are seen' });
      await first.membership.leave();
      expect(first.revocations.flat()).toEqual([{ topic, partition: 0 }]);
      await first.membership.leave();
      const late = first.membership.commit({ topic, partition: 0 }, { offset: 1, metadata: '' });
      await expect(late).rejects.toEqual(coded('PLB_TRANSPORT_FENCED'));

      await fixture.transport.send(topic, numbered(2));
      const second = await fixture.join({ group: topic, topics: [topic], commit: true });
      await until(() => second.seen.length >= 2, { what: 'the new ones are seen' });
      expect(second.seen).toEqual([`${topic}/0/4`, `${topic}/0/5`]);
    }, 60_000);

    test('a member that lost a partition can commit it no more', async () => {
      const topic = await fixture.newTopic(2);
      const options = { group: topic, topics: [topic] };
      const first = await fixture.join(options);
      await until(() => first.owned.size === 2, { what: 'the first has both' });
      const second = await fixture.join(options);
      await until(() => first.owned.size === 1 && second.owned.size === 1, { what: 'one each' });
      const kept = { topic, partition: [...first.owned][0]?.endsWith('/0') ? 0 : 1 };
      const lost = { topic, partition: 1 - kept.partition };
      const position = { offset: 0, metadata: '' };
      await expect(first.membership.commit(lost, position)).rejects.toEqual(
        coded('PLB_TRANSPORT_FENCED'),
      );
      expect(first.revocations.flat()).toEqual([lost]);
      // What was kept was not taken away and handed out again.
      expect(first.assignments.flat().length).toBe(2);
      await first.membership.commit(kept, position);
      await second.membership.commit(lost, position);
    }, 60_000);

    test('a handler that runs longer than a session keeps its membership', async () => {
      const topic = await fixture.newTopic(1);
      await fixture.transport.send(topic, numbered(1));
      const options = { group: topic, topics: [topic] };
      let handled = 0;
      const busy = await fixture.join({
        ...options,
        handle: async (batch, member) => {
          if (batch.from > 0) return;
          const begun = performance.now();
          await new Promise((resolve) => setTimeout(resolve, 1.5 * fixture.sessionTimeoutMs));
          await member.membership.commit(batch, { offset: batch.next, metadata: '' });
          handled = performance.now() - begun;
        },
      });
      await until(() => busy.events.includes(`batch ${topic}/0/0`), { what: 'the handler runs' });
      const idle = await fixture.join(options);
      await until(() => handled > 0, { what: 'the handler is done' });
      await fixture.transport.send(topic, numbered(1));
      await until(() => busy.batches.length === 2, { what: 'it goes on' });
      expect(handled).toBeGreaterThan(fixture.sessionTimeoutMs);
      expect(busy.revocations).toEqual([]);
      expect([...busy.failures, ...idle.failures, ...idle.assignments]).toEqual([]);
      expect((await fixture.transport.committed(topic, topic))[0]?.offset).toBe(1);
    }, 60_000);

    test('a topic deleted and created again is handed out anew', async () => {
      const topic = await fixture.newTopic(1);
      const first = await fixture.transport.describe(topic);
      await fixture.transport.send(topic, numbered(3));
      const member = await fixture.join({ group: topic, topics: [topic], commit: true });
      await until(() => member.seen.length === 3, { what: 'the old records are seen' });
      await fixture.transport.deleteTopic(topic);
      const gone = async () => (await fixture.transport.describe(topic)) === undefined;
      await until(gone, { what: 'the topic is gone' });
      const second = await fixture.transport.ensureTopic({
        topic,
        partitions: 1,
        cleanup: 'delete',
      });
      // More than before: an old position would lie inside the new log.
      await fixture.transport.send(topic, numbered(5));
      await until(() => member.seen.length >= 8, { what: 'the new records are seen' });
      expect(member.seen.slice(3)).toEqual([0, 1, 2, 3, 4].map((offset) => `${topic}/0/${offset}`));
      expect(member.events.filter((event) => !event.startsWith('batch'))).toEqual(
        ['assigned', 'revoked', 'assigned'].map((event) => `${event} ${topic}/0`),
      );
      const ids = member.assignments.flat().map(({ topicId }) => topicId);
      expect(ids).toEqual([first?.id, second.id]);
      expect(member.assignments[1]?.[0]?.committed).toBeUndefined();
      expect(member.failures).toEqual([]);
    }, 60_000);

    test('a failing handler ends its member once, and another takes over', async () => {
      const topic = await fixture.newTopic(1);
      const broken = await fixture.join({
        group: topic,
        topics: [topic],
        handle: () => {
          throw new Error('no way');
        },
      });
      await fixture.transport.send(topic, numbered(3));
      await until(() => broken.failures.length > 0, { what: 'the failure is told' });
      expect(broken.failures[0]?.message).toContain('no way');
      const other = await fixture.join({ group: topic, topics: [topic] });
      await until(() => other.seen.length >= 3, { what: 'the other one gets the records' });
      expect(broken.failures.length).toBe(1);
      expect(broken.batches).toEqual([]);
      await broken.membership.leave();
    }, 60_000);

    test('groups do not disturb each other, and one member may have several topics', async () => {
      const topics = [await fixture.newTopic(2), await fixture.newTopic(1)];
      const members = await Promise.all(
        ['one', 'two'].map((group) => fixture.join({ group: `${topics[0]}-${group}`, topics })),
      );
      for (const topic of topics) await fixture.transport.send(topic, numbered(10));
      for (const member of members) {
        await until(() => member.seen.length >= 20, { what: 'all of both topics is seen' });
        expect(new Set(member.seen).size).toBe(20);
      }
    }, 60_000);
  });

  test('close lets a running batch finish, and may be called twice', async () => {
    const topic = await fixture.newTopic(1);
    await fixture.transport.send(topic, numbered(1));
    let entered = false;
    let finish = () => {};
    const member = await fixture.join({
      group: topic,
      topics: [topic],
      commit: true,
      handle: async () => {
        entered = true;
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        await fixture.transport.send(topic, numbered(1));
      },
    });
    await until(() => entered, { what: 'the batch is being handled' });
    const closing = fixture.transport.close();
    finish();
    await closing;
    await fixture.transport.close();
    expect(member.batches.length).toBe(1);
    expect(member.failures).toEqual([]);
    await expect(fixture.transport.send(topic, numbered(1))).rejects.toEqual(
      coded('PLB_TRANSPORT_CLOSED'),
    );
    await fixture.reopen();
    expect((await fixture.transport.committed(topic, topic))[0]?.offset).toBe(1);
    expect((await fixture.transport.describe(topic))?.partitions[0]?.end).toBe(2);
  }, 60_000);
}
