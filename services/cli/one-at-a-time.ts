import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '#libs/store/port.ts';
import { withLease } from '#libs/store/with-lease.ts';

/** Whoever died within it holds the others up for so long. */
const TERM_MS = 15_000;
const ASK_EVERY_MS = 250;

/**
 * Does something that processes which start together should not all do: one after the other, so
 * that the next one finds it done. Where they overlap all the same, since a process was frozen for
 * long, no harm is done: the work must bear that.
 */
export async function oneAtATime<T>(
  store: Pick<Store, 'kind' | 'acquireLease' | 'renewLease' | 'releaseLease'>,
  name: string,
  { work, termMs = TERM_MS }: { readonly work: () => Promise<T>; readonly termMs?: number },
): Promise<T> {
  // SQLite has one process, which need not wait for the lease of its own life before.
  if (store.kind === 'sqlite') return work();
  const holder = `${hostname()}, process ${process.pid}`;
  for (;;) {
    const outcome = await withLease(store, work, { name, holder, ttlMs: termMs });
    if (outcome.kind === 'done') return outcome.value;
    await pause(ASK_EVERY_MS);
  }
}
