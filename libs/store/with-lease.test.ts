import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Store } from './port.ts';
import { openSqliteStore } from './sqlite/open-sqlite-store.ts';
import { fresh } from './testing/shared-store.ts';
import { withLease } from './with-lease.ts';

const HOUR = 3_600_000;
const directory = mkdtempSync(join(tmpdir(), 'plumbline-lease-'));
let store: Store;
beforeAll(async () => {
  store = await openSqliteStore({ directory, owner: 'a test' });
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Resolves when the signal is aborted; the test's own deadline bounds it. */
function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
  });
}

test('one at a time does the work; the next gets the lease at once, with a higher token', async () => {
  const request = { name: fresh('lease'), holder: 'a', ttlMs: HOUR };
  const outcome = await withLease(
    store,
    async ({ token }) => {
      const meanwhile = await withLease(store, async () => 'never', { ...request, holder: 'b' });
      expect(meanwhile).toEqual({ kind: 'taken' });
      return token;
    },
    request,
  );
  expect(outcome).toEqual({ kind: 'done', value: 1 });
  const next = await withLease(store, async ({ token }) => token, { ...request, holder: 'b' });
  expect(next).toEqual({ kind: 'done', value: 2 });
});

test('what the body throws comes through, and the lease is free again', async () => {
  const request = { name: fresh('lease'), holder: 'a', ttlMs: HOUR };
  const boom = new Error('boom');
  await expect(withLease(store, () => Promise.reject(boom), request)).rejects.toBe(boom);
  expect(await withLease(store, async () => 1, request)).toEqual({ kind: 'done', value: 1 });
});

test('work that takes longer than the term keeps the lease', async () => {
  const request = { name: fresh('lease'), holder: 'a', ttlMs: 150 };
  let terms = 0;
  const counting = {
    acquireLease: store.acquireLease.bind(store),
    releaseLease: store.releaseLease.bind(store),
    renewLease: (...given: Parameters<Store['renewLease']>) => {
      terms += 1;
      return store.renewLease(...given);
    },
  };
  const outcome = await withLease(
    counting,
    async ({ signal }) => {
      while (terms < 6) {
        expect(await store.acquireLease({ ...request, holder: 'b' })).toBeUndefined();
        await delay(5);
      }
      return signal.aborted;
    },
    request,
  );
  expect(outcome).toEqual({ kind: 'done', value: false });
});

test('who loses the lease to another is told', async () => {
  const request = { name: fresh('lease'), holder: 'a', ttlMs: 90 };
  const stolen = {
    acquireLease: store.acquireLease.bind(store),
    releaseLease: store.releaseLease.bind(store),
    renewLease: async () => undefined,
  };
  const outcome = await withLease(stolen, ({ signal }) => aborted(signal), request);
  expect(outcome).toMatchObject({
    kind: 'done',
    value: { code: 'PLB_STORE_CONFLICT', message: expect.stringContaining('somebody else') },
  });
});

test('who cannot reach the store stops when the term is over, and not before', async () => {
  const request = { name: fresh('lease'), holder: 'a', ttlMs: 200 };
  let attempts = 0;
  const cut = {
    acquireLease: store.acquireLease.bind(store),
    releaseLease: store.releaseLease.bind(store),
    renewLease: async () => {
      attempts += 1;
      throw new PlumblineError('PLB_STORE_UNAVAILABLE', 'Cannot use the store: it is away.');
    },
  };
  const begun = performance.now();
  const outcome = await withLease(cut, ({ signal }) => aborted(signal), request);
  expect(outcome).toMatchObject({ value: { message: expect.stringContaining('in time') } });
  expect(attempts).toBeGreaterThanOrEqual(1);
  expect(performance.now() - begun).toBeGreaterThan(150);
  expect(await withLease(store, async () => 1, { ...request, ttlMs: HOUR })).toBeDefined();
});
