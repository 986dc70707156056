import { describe, expect, test } from 'vitest';
import { bytesOf, type ContractFixture, coded, numbered } from './contract-fixture.ts';
import { until } from './until.ts';

const stringOf = (value: Uint8Array | null | undefined) =>
  value === null || value === undefined ? value : new TextDecoder().decode(value);

/** The part of the contract about topics and records. */
export function recordsContract(fixture: ContractFixture): void {
  describe('topics', () => {
    test('ensureTopic creates once and leaves an existing topic as it is', async () => {
      const topic = await fixture.newTopic(3);
      const first = await fixture.transport.describe(topic);
      expect(first?.partitions).toEqual(
        [0, 1, 2].map((partition) => ({ partition, start: 0, end: 0 })),
      );
      const again = await fixture.transport.ensureTopic({
        topic,
        partitions: 5,
        cleanup: 'delete',
      });
      expect(again).toEqual(first);
      expect(await fixture.transport.describe(`${topic}-other`)).toBeUndefined();
    });

    test('a topic deleted and created again is empty, and another one', async () => {
      const topic = await fixture.newTopic();
      await fixture.transport.send(topic, numbered(3));
      const before = await fixture.transport.describe(topic);
      await fixture.transport.deleteTopic(topic);
      const gone = async () => (await fixture.transport.describe(topic)) === undefined;
      await until(gone, { what: 'the topic is gone' });
      const after = await fixture.transport.ensureTopic({
        topic,
        partitions: 1,
        cleanup: 'delete',
      });
      expect(after.partitions).toEqual([{ partition: 0, start: 0, end: 0 }]);
      if (before?.id !== undefined) expect(after.id).not.toBe(before.id);
    });

    test('what is not there is refused', async () => {
      const topic = await fixture.newTopic(2);
      const missing = `${topic}-missing`;
      const inThird = fixture.transport.send(topic, [{ partition: 2, value: null }]);
      await expect(inThird).rejects.toEqual(coded('PLB_TRANSPORT_TOPIC'));
      await expect(fixture.transport.send(missing, numbered(1))).rejects.toEqual(
        coded('PLB_TRANSPORT_TOPIC'),
      );
      await expect(
        fixture.transport.read({ topic: missing, partition: 0, offset: 0 }),
      ).rejects.toEqual(coded('PLB_TRANSPORT_TOPIC'));
      await expect(fixture.join({ group: topic, topics: [missing] })).rejects.toEqual(
        coded('PLB_TRANSPORT_TOPIC'),
      );
    });
  });

  describe('records', () => {
    test('each partition counts its own offsets and keeps the order', async () => {
      const topic = await fixture.newTopic(2);
      const first = await fixture.transport.send(topic, [...numbered(3, 0), ...numbered(2, 1)]);
      expect([...first].sort((a, b) => a.partition - b.partition)).toEqual([
        { topic, partition: 0, baseOffset: 0, count: 3 },
        { topic, partition: 1, baseOffset: 0, count: 2 },
      ]);
      const second = await fixture.transport.send(topic, numbered(4, 0));
      expect(second).toEqual([{ topic, partition: 0, baseOffset: 3, count: 4 }]);
      const records = await fixture.readAll(topic);
      expect(records.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect(records.map(({ value }) => stringOf(value)).join('')).toBe('0120123');
      expect((await fixture.transport.describe(topic))?.partitions.map(({ end }) => end)).toEqual([
        7, 2,
      ]);
    });

    test('keys, values, headers and timestamps come back as they were', async () => {
      const topic = await fixture.newTopic();
      const timestamp = 1_700_000_000_123;
      const headers = { a: bytesOf('1'), empty: bytesOf(''), ü__: new Uint8Array([0, 255, 128]) };
      const before = Date.now();
      await fixture.transport.send(topic, [
        { key: bytesOf('k'), value: bytesOf('v'), headers, timestamp },
        { key: null, value: null, timestamp: timestamp - 5 },
        { key: bytesOf(''), value: bytesOf(''), timestamp: timestamp + 1 },
        { value: bytesOf('now') },
      ]);
      const records = await fixture.readAll(topic);
      expect(records.map(({ key, value }) => [stringOf(key), stringOf(value)])).toEqual([
        ['k', 'v'],
        [null, null],
        ['', ''],
        [null, 'now'],
      ]);
      const stamps = records.map((record) => record.timestamp);
      expect(stamps.slice(0, 3)).toEqual([timestamp, timestamp - 5, timestamp + 1]);
      expect(stamps[3]).toBeGreaterThanOrEqual(before - 1000);
      expect(stamps[3]).toBeLessThanOrEqual(Date.now() + 1000);
      const stored = Object.entries(records[0]?.headers ?? {}).map(
        ([header, bytes]) => [header, [...bytes]] as const,
      );
      expect(new Map(stored)).toEqual(
        new Map(Object.entries(headers).map(([header, bytes]) => [header, [...bytes]])),
      );
      expect(Object.keys(records[1]?.headers ?? {})).toEqual([]);
    });

    test('equal keys go to one partition, records without one to all in turn', async () => {
      const topic = await fixture.newTopic(4);
      const keyed = Array.from({ length: 60 }, (_, i) => ({
        // Not a multiple of the partitions: taking turns would spread each key.
        key: bytesOf(`${i % 11}`),
        value: null,
      }));
      await fixture.transport.send(topic, keyed.slice(0, 30));
      await fixture.transport.send(topic, keyed.slice(30));
      const partitionsOfKey = new Map<string, Set<number>>();
      for (const partition of [0, 1, 2, 3]) {
        for (const { key } of await fixture.readAll(topic, partition)) {
          const name = stringOf(key) ?? '';
          partitionsOfKey.set(name, (partitionsOfKey.get(name) ?? new Set()).add(partition));
        }
      }
      expect([...partitionsOfKey.values()].map((set) => set.size)).toEqual(Array(11).fill(1));
      const spread = await fixture.newTopic(4);
      await fixture.transport.send(spread, numbered(40));
      const ends = (await fixture.transport.describe(spread))?.partitions.map(({ end }) => end);
      expect(ends).toEqual([10, 10, 10, 10]);
    });

    test('a record of 5 MB passes, whatever the batch limit', async () => {
      const topic = await fixture.newTopic();
      const value = new Uint8Array(5_000_000).map((_, i) => (i * 31) & 255);
      await fixture.transport.send(topic, [{ value }, { value: bytesOf('after') }]);
      const [first, second] = await fixture.readAll(topic, 0, 1000);
      expect(Buffer.compare(first?.value ?? bytesOf(''), value)).toBe(0);
      expect(stringOf(second?.value)).toBe('after');
    }, 60_000);

    test('reading in small parts gives every record once, and ranges without a gap', async () => {
      const topic = await fixture.newTopic();
      for (let i = 0; i < 5; i += 1) await fixture.transport.send(topic, numbered(50));
      const offsets: number[] = [];
      for (let offset = 7; offset < 250; ) {
        const batch = await fixture.transport.read({ topic, partition: 0, offset }, 20);
        expect(batch.from).toBe(offset);
        expect(batch.end).toBe(250);
        offsets.push(...batch.records.map((record) => record.offset));
        offset = batch.next;
      }
      expect(offsets).toEqual(Array.from({ length: 243 }, (_, i) => i + 7));
      const end = await fixture.transport.read({ topic, partition: 0, offset: 250 });
      expect(end).toMatchObject({ from: 250, next: 250, end: 250, records: [] });
    });

    test('senders at the same time each keep their order', async () => {
      const topic = await fixture.newTopic(2);
      const senders = ['a', 'b', 'c', 'd'];
      await Promise.all(
        senders.map(async (sender) => {
          for (let i = 0; i < 25; i += 1) {
            const records = [0, 1].map((partition) => ({
              partition,
              value: bytesOf(`${sender}${i}`),
            }));
            await fixture.transport.send(topic, records);
          }
        }),
      );
      for (const partition of [0, 1]) {
        const values = (await fixture.readAll(topic, partition)).map(({ value }) =>
          stringOf(value),
        );
        for (const sender of senders) {
          expect(values.filter((value) => value?.startsWith(sender))).toEqual(
            Array.from({ length: 25 }, (_, i) => `${sender}${i}`),
          );
        }
      }
    });

    test('of a compact topic a deleted key goes in the end, and is never seen to come back', async () => {
      const topic = await fixture.newCompactTopic();
      const send = (entries: Readonly<Record<string, string | null>>) =>
        fixture.transport.send(
          topic,
          Object.entries(entries).map(([key, value]) => ({
            ...{ partition: 0, key: bytesOf(key) },
            value: value === null ? null : bytesOf(value),
          })),
        );
      await send({ kept: '1', deleted: '1', again: '1', changed: '1' });
      await send({ deleted: '2', changed: '2' });
      await send({ deleted: null, again: null });
      await send({ again: '2' });
      let filler = 0;
      const isCompacted = async () => {
        // What is written last is not compacted yet.
        await send({ filler: `${filler++}` });
        const records = await fixture.readAll(topic);
        const told = records.map(({ key, value }) => [stringOf(key), stringOf(value)] as const);
        const last = new Map(told);
        last.delete('filler');
        if (last.get('deleted') === null) last.delete('deleted');
        expect(last).toEqual(
          new Map([
            ['kept', '1'],
            ['changed', '2'],
            ['again', '2'],
          ]),
        );
        return told.filter(([key]) => key !== 'filler').length === 3;
      };
      await until(isCompacted, { what: 'it is compacted', deadlineMs: 60_000, pollMs: 100 });
    }, 90_000);

    test('records outlive the transport', async () => {
      const topic = await fixture.newTopic();
      await fixture.transport.send(topic, numbered(10));
      const before = await fixture.readAll(topic);
      await fixture.reopen();
      expect(await fixture.readAll(topic)).toEqual(before);
      expect(await fixture.transport.send(topic, numbered(1))).toMatchObject([{ baseOffset: 10 }]);
    });
  });
}
