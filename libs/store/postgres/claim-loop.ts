import { writeSync } from 'node:fs';
import { openPostgresStore } from './open-postgres-store.ts';

/**
 * A process that claims items of the queue `work` until none is left, and writes a line
 * `claimed id token` before and `completed id token` after it completed each; items that others
 * hold are waited for. Asked to `keep`, it claims once and then keeps what it has until it is killed.
 * Usage: node claim-loop.ts <holder> [keep], with the address in PLUMBLINE_DATABASE_URL
 */
const [holder = '', mode = ''] = process.argv.slice(2);
const store = await openPostgresStore({ url: process.env.PLUMBLINE_DATABASE_URL ?? '' });
while ((await store.countWork('work')) > 0) {
  const claims = await store.claim({ queue: 'work', holder, limit: 5, leaseMs: 1000 });
  for (const { id, token } of claims) writeSync(1, `claimed ${id} ${token}\n`);
  while (mode === 'keep') await store.ping();
  for (const claim of claims) {
    if (await store.completeClaim(claim)) writeSync(1, `completed ${claim.id} ${claim.token}\n`);
  }
}
await store.close();
