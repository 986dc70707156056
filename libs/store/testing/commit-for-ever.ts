import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Store } from '../port.ts';
import { assessment, profileCommit, publication } from './publication.ts';

/** Bytes of every payload: large enough for a commit to be caught halfway. */
export const PAYLOAD_BYTES = 20_000;
const PAUSE_MS = 20;

/**
 * Commits to a profile until the process is killed, and writes a line `profile version` for each
 * commit that was answered. Everything of version v says v. Where another process was faster, or
 * the store is away, it reads the version again and goes on.
 */
export async function commitForEver(store: Store, profileId: string): Promise<never> {
  for (;;) {
    try {
      const { version } = await store.profileState(profileId);
      for (let last = version; ; ) {
        last = await commitNext(store, { profileId, version: last });
        writeSync(1, `${profileId} ${last}\n`);
      }
    } catch (error) {
      if (!(error instanceof PlumblineError && error.retry)) throw error;
      if (error.code !== 'PLB_STORE_CONFLICT') await delay(PAUSE_MS);
    }
  }
}

function commitNext(
  store: Store,
  { profileId, version }: { readonly profileId: string; readonly version: number },
): Promise<number> {
  const next = version + 1;
  const payload = new Uint8Array(PAYLOAD_BYTES).fill(next % 256);
  return store.commitProfile(
    profileCommit({
      profileId,
      expectedVersion: version,
      panes: [0, next].map((start) => ({ start, events: next, payload })),
      applied: [
        { topic: 't', partition: 0, epoch: 0, ranges: [[0, next]], tallies: { bad: next } },
      ],
      open: [{ topic: 't', partition: 0, epoch: 0, from: next, to: next + 1, payload }],
      publications: [
        publication({
          namespace: 'loop',
          monitor: profileId,
          window: { start: next - 1, end: next },
          assessments: [assessment({ m: next }), assessment({ field: null, m: next })],
        }),
      ],
    }),
  );
}
