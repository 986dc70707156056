import { readSecret } from '#libs/config/read-secret.ts';
import type { ResolvedConfig } from '#libs/config/resolved.ts';
import type { Store } from '#libs/store/port.ts';
import { openSqliteStore } from '#libs/store/sqlite/open-sqlite-store.ts';
import { prepareDataDirectory } from './data-directory.ts';

/** Opens the store that the configuration chooses. */
export async function openStore({
  store,
  dataDirectory,
}: Pick<ResolvedConfig, 'store' | 'dataDirectory'>): Promise<Store> {
  if (store.kind === 'sqlite') {
    prepareDataDirectory(dataDirectory);
    return openSqliteStore({ directory: dataDirectory, owner: 'plumbline' });
  }
  const url = await readSecret(store.url, { env: process.env, path: 'store.postgres.url' });
  // Only who uses PostgreSQL loads its client.
  const { openPostgresStore } = await import('#libs/store/postgres/open-postgres-store.ts');
  return openPostgresStore({ ...store, url });
}
