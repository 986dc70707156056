import { describe, expect, test, vi } from 'vitest';
import type { ClaimRequest, Store, WorkClaim } from '../port.ts';
import { fresh, sharedStore } from './shared-store.ts';

const HOUR = 3_600_000;
const SHORT = 40;
const DEADLINE = { timeout: 10_000, interval: 10 };

export function workContract(open: () => Promise<Store>): void {
  describe('work', () => {
    const store = sharedStore(open);

    function asking(queue: string, given: Partial<ClaimRequest> = {}): ClaimRequest {
      return { queue, holder: 'a', limit: 10, leaseMs: HOUR, ...given };
    }

    async function claimOne(request: ClaimRequest): Promise<WorkClaim> {
      const [claim] = await store().claim({ ...request, limit: 1 });
      if (claim === undefined) throw new Error('An item was waiting.');
      return claim;
    }

    test('items come in the order in which they were appended, from their own queue only', async () => {
      const [queue, other] = [fresh('queue'), fresh('queue')];
      const payloads = ['x', null, { a: [1, { b: 'é\u0000' }] }, 4.5, [], false];
      await store().enqueue(
        queue,
        payloads.slice(0, 4).map((payload) => ({ payload })),
      );
      await store().enqueue(other, [{ payload: 'other' }]);
      await store().enqueue(
        queue,
        payloads.slice(4).map((payload) => ({ payload })),
      );
      await store().enqueue(queue, []);
      expect(await store().countWork(queue)).toBe(6);

      const claims = [
        ...(await store().claim(asking(queue, { limit: 4 }))),
        ...(await store().claim(asking(queue))),
      ];
      expect(claims.map((claim) => claim.payload)).toEqual(payloads);
      expect(claims.map((claim) => claim.token)).toEqual([1, 1, 1, 1, 1, 1]);
      expect(claims.map((claim) => claim.id)).toEqual(
        claims.map((claim) => claim.id).toSorted((a, b) => a - b),
      );
      expect(await store().claim(asking(queue))).toEqual([]);

      for (const claim of claims) expect(await store().completeClaim(claim)).toBe(true);
      for (const claim of claims) expect(await store().completeClaim(claim)).toBe(false);
      expect(await store().countWork(queue)).toBe(0);
      expect(await store().countWork(other)).toBe(1);
    });

    test('every item is claimed once, however many ask at the same time', async () => {
      const queue = fresh('queue');
      const count = 300;
      await Promise.all(
        [0, 1, 2].map((third) =>
          store().enqueue(
            queue,
            Array.from({ length: count / 3 }, (_, i) => ({ payload: third * 100 + i })),
          ),
        ),
      );
      const claimed: WorkClaim[] = [];
      await Promise.all(
        Array.from({ length: 8 }, async (_, i) => {
          for (;;) {
            const some = await store().claim(asking(queue, { holder: `h${i}`, limit: 7 }));
            if (some.length === 0) return;
            expect(some.length).toBeLessThanOrEqual(7);
            claimed.push(...some);
          }
        }),
      );
      expect(claimed.map((claim) => claim.payload).sort((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: count }, (_, i) => i),
      );
      expect(new Set(claimed.map((claim) => claim.id)).size).toBe(count);
    });

    test('what a holder left lying is claimed by another, and the late holder can no longer touch it', async () => {
      const queue = fresh('queue');
      await store().enqueue(queue, [{ payload: 'p' }]);
      const late = await claimOne(asking(queue, { leaseMs: SHORT }));
      const heir = await vi.waitFor(() => claimOne(asking(queue, { holder: 'b' })), DEADLINE);
      expect(heir).toMatchObject({ id: late.id, token: 2, payload: 'p' });
      expect(await store().completeClaim(late)).toBe(false);
      expect(await store().releaseClaim(late, 0)).toBe(false);
      expect(await store().claim(asking(queue))).toEqual([]);
      expect(await store().completeClaim(heir)).toBe(true);
    });

    test('an overdue claim that nobody else took can still be completed', async () => {
      const queue = fresh('queue');
      await store().enqueue(queue, [{ payload: 'p' }]);
      expect(await store().completeClaim(await claimOne(asking(queue, { leaseMs: 0 })))).toBe(true);
    });

    test('a released item waits its time, and its claim no longer holds', async () => {
      const queue = fresh('queue');
      await store().enqueue(queue, [{ payload: 'p' }]);
      const first = await claimOne(asking(queue));
      expect(await store().releaseClaim(first, 0)).toBe(true);
      expect(await store().releaseClaim(first, 0)).toBe(false);
      expect(await store().completeClaim(first)).toBe(false);
      const second = await claimOne(asking(queue));
      expect(second.token).toBe(2);
      expect(await store().releaseClaim(second, HOUR)).toBe(true);
      expect(await store().claim(asking(queue))).toEqual([]);
      expect(await store().countWork(queue)).toBe(1);
    });

    test('an item that is to wait is passed over until its time has come', async () => {
      const queue = fresh('queue');
      await store().enqueue(queue, [
        { payload: 'tomorrow', delayMs: 24 * HOUR },
        { payload: 'soon', delayMs: SHORT },
        { payload: 'now' },
      ]);
      const claims = await store().claim(asking(queue));
      expect(claims[0]?.payload).toBe(claims.length === 1 ? 'now' : 'soon');
      const later =
        claims.length === 1 ? await vi.waitFor(() => claimOne(asking(queue)), DEADLINE) : claims[0];
      expect(later?.payload).toBe('soon');
      expect(await store().countWork(queue)).toBe(3);
    });

    test('items that belong together are appended together or not at all', async () => {
      const queue = fresh('queue');
      const items = Array.from({ length: 150 }, (_, i) => ({ payload: i as unknown }));
      await expect(store().enqueue(queue, [...items, { payload: 1n }])).rejects.toThrow(TypeError);
      expect(await store().countWork(queue)).toBe(0);
    });
  });
}
