import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Store } from '../port.ts';
import { fresh, sharedStore } from './shared-store.ts';

const HOUR = 3_600_000;
const SHORT = 40;
const DEADLINE = { timeout: 10_000, interval: 10 };

export function leaseContract(open: () => Promise<Store>): void {
  describe('leases', () => {
    const store = sharedStore(open);
    afterEach(() => {
      vi.useRealTimers();
    });

    test('a lease has one holder at a time, and every holder a higher token', async () => {
      const name = fresh('lease');
      const first = await store().acquireLease({ name, holder: 'a', ttlMs: HOUR });
      expect(first).toMatchObject({ name, holder: 'a', token: 1 });
      if (first === undefined) return;
      for (const holder of ['b', 'a']) {
        expect(await store().acquireLease({ name, holder, ttlMs: HOUR })).toBeUndefined();
      }
      expect(await store().releaseLease(first)).toBe(true);
      expect(await store().releaseLease(first)).toBe(false);
      expect(await store().renewLease(first, HOUR)).toBeUndefined();

      const second = await store().acquireLease({ name, holder: 'b', ttlMs: HOUR });
      expect(second).toMatchObject({ holder: 'b', token: 2 });
      expect(await store().renewLease(first, HOUR)).toBeUndefined();
      expect(await store().releaseLease(first)).toBe(false);
      expect(await store().acquireLease({ name, holder: 'c', ttlMs: HOUR })).toBeUndefined();
    });

    test('of many that ask at once one gets it; other names are free', async () => {
      const name = fresh('lease');
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          store().acquireLease({ name, holder: `h${i}`, ttlMs: HOUR }),
        ),
      );
      expect(answers.filter((lease) => lease !== undefined)).toHaveLength(1);
      const other = await store().acquireLease({ name: fresh('lease'), holder: 'x', ttlMs: HOUR });
      expect(other?.token).toBe(1);
    });

    test('a lease that was not renewed in time is another one’s; the late holder learns of it', async () => {
      const name = fresh('lease');
      const late = await store().acquireLease({ name, holder: 'late', ttlMs: SHORT });
      const heir = await vi.waitFor(async () => {
        const lease = await store().acquireLease({ name, holder: 'heir', ttlMs: HOUR });
        expect(lease).toBeDefined();
        return lease;
      }, DEADLINE);
      if (late === undefined || heir === undefined) throw new Error('Both had it in their time.');
      expect(heir.token).toBe(2);
      expect(heir.expiresAt - late.expiresAt).toBeGreaterThanOrEqual(HOUR - SHORT);
      expect(await store().renewLease(late, HOUR)).toBeUndefined();
      expect(await store().releaseLease(late)).toBe(false);
      expect(await store().renewLease(heir, HOUR)).toMatchObject({ token: 2 });
    });

    test('renewing keeps others out beyond the first term', async () => {
      const name = fresh('lease');
      const lease = await store().acquireLease({ name, holder: 'a', ttlMs: SHORT });
      if (lease === undefined) throw new Error('It was free.');
      const renewed = await store().renewLease(lease, HOUR);
      expect(renewed?.expiresAt).toBeGreaterThan(lease.expiresAt);
      // The term of another lease taken now ends after the first term did.
      const clock = await store().acquireLease({ name: fresh('lease'), holder: 'a', ttlMs: SHORT });
      expect(clock?.expiresAt).toBeGreaterThanOrEqual(lease.expiresAt);
      expect(await store().acquireLease({ name, holder: 'b', ttlMs: HOUR })).toBeUndefined();
    });

    test('an overdue lease that nobody else took can still be renewed', async () => {
      const name = fresh('lease');
      const lease = await store().acquireLease({ name, holder: 'a', ttlMs: 0 });
      if (lease === undefined) throw new Error('It was free.');
      expect(await store().renewLease(lease, HOUR)).toMatchObject({ token: 1 });
      expect(await store().acquireLease({ name, holder: 'b', ttlMs: HOUR })).toBeUndefined();
    });

    test('the clock of this process says nothing about leases and claims', async () => {
      const [name, queue] = [fresh('lease'), fresh('queue')];
      const claiming = { queue, holder: 'a', limit: 1, leaseMs: HOUR };
      const lease = await store().acquireLease({ name, holder: 'a', ttlMs: HOUR });
      await store().enqueue(queue, [{ payload: 1 }, { payload: 2, delayMs: HOUR }]);
      expect(await store().claim(claiming)).toHaveLength(1);
      for (const ahead of [100 * HOUR, -100 * HOUR]) {
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ahead });
        expect(await store().acquireLease({ name, holder: 'b', ttlMs: HOUR })).toBeUndefined();
        expect(await store().claim(claiming)).toEqual([]);
        const other = await store().acquireLease({ name: fresh('l'), holder: 'b', ttlMs: HOUR });
        const apart = (other?.expiresAt ?? 0) - (lease?.expiresAt ?? 0);
        expect(Math.abs(apart)).toBeLessThan(HOUR);
        vi.useRealTimers();
      }
    });
  });
}
