import { describe, expect, test } from 'vitest';
import type { Store, StoreEvent, StreamStatus } from '../port.ts';
import { profileCommit, publication } from './publication.ts';
import { fresh, sharedStore } from './shared-store.ts';

function status(namespace: string, stream: string, updatedAt: number): StreamStatus {
  return {
    namespace,
    stream,
    condition: 'live',
    reason: 'Events arrive.',
    since: 17,
    watermark: null,
    lastEventAt: 99,
    tallies: { late: 4 },
    partitions: [
      { topic: 't', partition: 0, applied: 8192, highest: null, idle: false, ended: false },
    ],
    updatedAt,
  };
}

export function lifecycleContract(open: () => Promise<Store>): void {
  describe('streams, events, life cycle', () => {
    const store = sharedStore(open);

    test('a stream has its last status', async () => {
      const namespace = fresh('ns');
      await store().putStreamStatus(status(namespace, 'b', 1));
      await store().putStreamStatus(status(namespace, 'a', 2));
      await store().putStreamStatus(status(namespace, 'b', 3));
      expect(await store().listStreamStatus(namespace)).toEqual([
        status(namespace, 'a', 2),
        status(namespace, 'b', 3),
      ]);
    });

    test('of several parts of a stream the slowest speaks, while it is heard of', async () => {
      const namespace = fresh('ns');
      const said = async () => (await store().listStreamStatus(namespace))[0];
      const of = (applied: number, given: Partial<StreamStatus>): StreamStatus => {
        const plain = status(namespace, 's', 1000);
        const partitions = plain.partitions.map((one) => ({ ...one, applied }));
        return { ...plain, partitions, ...given };
      };
      const heard: StreamStatus[] = [];
      const stop = store().subscribe((event) => {
        if (event.kind === 'stream') heard.push(event.status);
      });
      const slow = of(10, {});
      const ended = of(90, { condition: 'ended', updatedAt: 61_000 });
      await store().putStreamStatus(slow, 'a');
      await store().putStreamStatus(ended, 'b');
      expect(await said()).toEqual(slow);
      // As much is applied, but its last windows are not published yet.
      const publishing = of(90, { updatedAt: 61_000 });
      for (const part of ['a', 'c']) await store().putStreamStatus(publishing, part);
      expect(await said()).toEqual(publishing);
      const later = { ...ended, updatedAt: 121_001 };
      await store().putStreamStatus(later, 'b');
      expect(await said()).toEqual(later);
      stop();
      expect(heard).toEqual([slow, slow, publishing, publishing, later]);
    });

    test('events tell of commits only, in their order, and can already be read', async () => {
      const namespace = fresh('ns');
      const profileId = fresh('p');
      const events: StoreEvent[] = [];
      const seen: Promise<number>[] = [];
      const stop = store().subscribe((event) => {
        events.push(event);
        seen.push(
          store()
            .profileState(profileId)
            .then((state) => state.version),
        );
      });
      const commit = (expectedVersion: number) =>
        store().commitProfile(
          profileCommit({
            profileId,
            expectedVersion,
            publications: [publication({ namespace, revision: expectedVersion + 1 })],
          }),
        );
      const work = await Promise.allSettled([
        commit(0),
        commit(0),
        store().putStreamStatus(status(namespace, 's', 1)),
        commit(1),
        commit(7),
        commit(2),
        store().putStreamStatus(status(namespace, 's', 2)),
      ]);
      stop();
      await store().putStreamStatus(status(namespace, 's', 3));

      expect(work.filter((w) => w.status === 'rejected')).toHaveLength(2);
      const short = events.map((e) =>
        e.kind === 'published'
          ? e.publication.revision
          : e.kind === 'stream'
            ? `s${e.status.updatedAt}`
            : '',
      );
      // Each profile's and each stream's own order is the order of the calls.
      expect(short.filter((e) => typeof e === 'number')).toEqual([1, 2, 3]);
      expect(short.filter((e) => typeof e === 'string')).toEqual(['s1', 's2']);
      expect(events.find((e) => e.kind === 'published')).toEqual({
        kind: 'published',
        publication: {
          namespace,
          monitor: 'fraud',
          window: { start: 0, end: 1000 },
          revision: 1,
          events: 1200,
        },
      });
      const versions = await Promise.all(seen);
      for (const [i, event] of events.entries()) {
        if (event.kind === 'published') {
          expect(versions[i]).toBeGreaterThanOrEqual(event.publication.revision);
        }
      }
    });

    test('a change of resources is an event, no change is none', async () => {
      const events: StoreEvent[] = [];
      const stop = store().subscribe((event) => events.push(event));
      const named = [{ kind: 'stream', namespace: fresh('ns'), name: 's', document: {} }];
      const revision = await store().replaceFileResources(named);
      await store().replaceFileResources(named);
      stop();
      expect(events).toEqual([{ kind: 'resources', revision }]);
    });

    test('close waits for running work, can be called twice, and refuses new work', async () => {
      const own = await open();
      const profileId = fresh('p');
      await own.ping();
      const running = own.commitProfile(profileCommit({ profileId, expectedVersion: 0 }));
      // Compresses before it takes its turn at the database.
      const content = new Uint8Array(2_000_000);
      const putting = own.putBaseline(
        {
          namespace: fresh('ns'),
          name: 'b',
          version: '1',
          hash: fresh('hash'),
          modelVersion: null,
          createdAt: 1,
          rows: 1,
          timeRange: null,
          source: { uri: 'u', sha256: 's', bytes: 1 },
          summary: null,
        },
        content,
      );
      const closed = own.close();
      await own.close();
      await closed;
      expect(await running).toBe(1);
      await putting;
      for (const refused of [
        () => own.ping(),
        () => own.configRevision(),
        () => own.listResources(),
      ]) {
        await expect(refused()).rejects.toMatchObject({ code: 'PLB_STORE_UNAVAILABLE' });
      }
    });
  });
}
