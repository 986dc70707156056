import { commitForEver } from '../testing/commit-for-ever.ts';
import { openPostgresStore } from './open-postgres-store.ts';

/**
 * A process that commits to several profiles at once until it is killed.
 * Usage: node commit-loop.ts <profiles>, with the address in PLUMBLINE_DATABASE_URL
 */
const [profiles = '1'] = process.argv.slice(2);
const store = await openPostgresStore({ url: process.env.PLUMBLINE_DATABASE_URL ?? '' });
await Promise.all(
  Array.from({ length: Number(profiles) }, (_, i) => commitForEver(store, `p${i}`)),
);
