import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { Store } from '../port.ts';

/** One store for the tests of a suite; answers how to get at it once they run. */
export function sharedStore(open: () => Promise<Store>): () => Store {
  let store: Store | undefined;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store?.close());
  return () => {
    if (store === undefined) throw new Error('The store is opened before the first test.');
    return store;
  };
}

/** A name that no other test and no earlier run has used. */
export function fresh(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 13)}`;
}
