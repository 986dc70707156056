import { expect, onTestFinished, test } from 'vitest';
import { describeOnPostgres } from '#deploy/postgres/test-postgres.ts';
import { openPostgresStore } from '#libs/store/postgres/open-postgres-store.ts';
import { oneAtATime } from './one-at-a-time.ts';

describeOnPostgres('on PostgreSQL', (postgres) => {
  /** As so many processes have it. */
  async function openStores(count: number) {
    const url = await postgres().createDatabase();
    const stores = await Promise.all(
      Array.from({ length: count }, () => openPostgresStore({ url })),
    );
    onTestFinished(async () => {
      for (const store of stores) await store.close();
    });
    return stores;
  }

  test('of those that begin together one works at a time, and the next sees what it did', async () => {
    const stores = await openStores(3);
    let done = 0;
    let working = 0;
    const found = await Promise.all(
      stores.map((store) =>
        oneAtATime(store, 'baseline', {
          async work() {
            working++;
            expect(working).toBe(1);
            const before = done;
            await store.ping();
            done++;
            working--;
            return before;
          },
        }),
      ),
    );
    expect(found.sort()).toEqual([0, 1, 2]);
  });

  test('one that died within it holds the others up for its term only', async () => {
    const [dead, living] = await openStores(2);
    await dead!.acquireLease({ name: 'baseline', holder: 'dead', ttlMs: 600 });
    const work = async () => 'done';
    expect(await oneAtATime(living!, 'baseline', { work, termMs: 600 })).toBe('done');
  });

  test('what fails lets the next one try at once', async () => {
    const [first, second] = await openStores(2);
    const work = () => Promise.reject(new Error('no such file'));
    await expect(oneAtATime(first!, 'baseline', { work })).rejects.toThrow('no such file');
    expect(await oneAtATime(second!, 'baseline', { work: async () => 'done' })).toBe('done');
  });
});
