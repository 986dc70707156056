import type { StoreConfig } from '../resolved.ts';
import { PostgresSchema, type StoreDocument } from '../schemas/store.ts';
import { optional, setting } from './setting.ts';

/** A postgres block chooses PostgreSQL; nothing else has to be said. */
export function resolveStore(store: StoreDocument | undefined): StoreConfig {
  if (store === undefined) return { kind: 'sqlite' };
  const { postgres } = store;
  return {
    kind: 'postgres',
    url: postgres.url,
    schema: setting(PostgresSchema, { document: postgres, key: 'schema' }),
    poolSize: setting(PostgresSchema, { document: postgres, key: 'pool_size' }),
    ...optional('caFile', postgres.ca_file),
  };
}
