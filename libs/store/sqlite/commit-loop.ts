import { writeSync } from 'node:fs';
import { assessment, profileCommit, publication } from '../testing/publication.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

/**
 * A process that commits to several profiles at once until it is killed, and writes a line
 * `profile version` for each commit that was answered. Everything of version v says v.
 * Usage: node commit-loop.ts <directory> <profiles>
 */
const [directory = '', profiles = '1'] = process.argv.slice(2);
const store = await openSqliteStore({ directory, owner: 'the commit loop' });

async function commitForEver(profileId: string): Promise<never> {
  for (let { version } = await store.profileState(profileId); ; ) {
    const next = version + 1;
    const payload = new Uint8Array(20_000).fill(next % 256);
    version = await store.commitProfile(
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
    writeSync(1, `${profileId} ${version}\n`);
  }
}

await Promise.all(Array.from({ length: Number(profiles) }, (_, i) => commitForEver(`p${i}`)));
