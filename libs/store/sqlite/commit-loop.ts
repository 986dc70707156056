import { commitForEver } from '../testing/commit-for-ever.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

/**
 * A process that commits to several profiles at once until it is killed.
 * Usage: node commit-loop.ts <directory> <profiles>
 */
const [directory = '', profiles = '1'] = process.argv.slice(2);
const store = await openSqliteStore({ directory, owner: 'the commit loop' });
await Promise.all(
  Array.from({ length: Number(profiles) }, (_, i) => commitForEver(store, `p${i}`)),
);
