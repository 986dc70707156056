import { setTimeout as delay } from 'node:timers/promises';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Lease, LeaseRequest, Store } from './port.ts';

export type LeaseOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** Somebody else has the lease; nothing was done. */
  | { readonly kind: 'taken' };

/** What one who has the lease works with. */
export interface HeldLease {
  /** See `Lease.token`. */
  readonly token: number;
  /** Aborted as soon as the lease is lost, or may be: then somebody else begins the same work. */
  readonly signal: AbortSignal;
}

/** How often a lease is renewed within its term: so many renewals may fail, but one. */
const RENEWALS = 3;

/**
 * Does something that only one process may do at a time, if nobody else does it. The lease is
 * renewed while the body runs and released at its end, whatever that is. What the body throws, this
 * throws.
 */
export async function withLease<T>(
  store: Pick<Store, 'acquireLease' | 'renewLease' | 'releaseLease'>,
  body: (held: HeldLease) => Promise<T>,
  request: LeaseRequest,
): Promise<LeaseOutcome<T>> {
  const asked = performance.now();
  const lease = await store.acquireLease(request);
  if (lease === undefined) return { kind: 'taken' };
  const lost = new AbortController();
  const finished = new AbortController();
  const keeping = keep(store, { lease, ttlMs: request.ttlMs, asked, lost, ended: finished.signal });
  try {
    return { kind: 'done', value: await body({ token: lease.token, signal: lost.signal }) };
  } finally {
    finished.abort();
    await keeping;
    // Without an answer the lease ends by itself.
    if (!lost.signal.aborted) await store.releaseLease(lease).catch(() => {});
  }
}

interface Keeping {
  readonly lease: Lease;
  readonly ttlMs: number;
  /** When the lease was asked for, on the clock of `performance`. */
  readonly asked: number;
  readonly lost: AbortController;
  readonly ended: AbortSignal;
}

async function keep(store: Pick<Store, 'renewLease'>, keeping: Keeping): Promise<void> {
  const { lease, ttlMs, lost, ended } = keeping;
  const lose = (why: string) => {
    const message = `Cannot go on with lease ${lease.name}: its holder must have it, ${why}.`;
    lost.abort(new PlumblineError('PLB_STORE_CONFLICT', message));
  };
  // The term began after the question was sent: counted from there it is over in time.
  const expireAfter = (asked: number) =>
    setTimeout(() => lose('it was not renewed in time'), asked + ttlMs - performance.now());
  let expiry = expireAfter(keeping.asked);
  while (!lost.signal.aborted) {
    try {
      await delay(ttlMs / RENEWALS, undefined, { signal: AbortSignal.any([ended, lost.signal]) });
    } catch {
      break;
    }
    const asked = performance.now();
    try {
      if ((await store.renewLease(lease, ttlMs)) === undefined) {
        lose('somebody else has it');
      } else if (!lost.signal.aborted) {
        clearTimeout(expiry);
        expiry = expireAfter(asked);
      }
    } catch {
      // The store may be back before the term ends; the timer knows when it does.
    }
  }
  clearTimeout(expiry);
}
