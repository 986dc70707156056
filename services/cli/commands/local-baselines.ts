import { resolve } from 'node:path';
import { suggest } from '#libs/config/suggest.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { BaselineRecord, Store } from '#libs/store/port.ts';
import { hasStore, prepareDataDirectory } from '../data-directory.ts';
import type { StoreOptions } from './baseline-options.ts';

/** Works on the store of a data directory, which is made where there is none. */
export async function withLocalStore<T>(
  data: string,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const directory = resolve(data);
  prepareDataDirectory(directory);
  const { openSqliteStore } = await import('#libs/store/sqlite/open-sqlite-store.ts');
  const store = await openSqliteStore({ directory, owner: 'plumbline baseline' });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** All baselines of a data directory, the newest of each name first; no store is made. */
export async function listLocalBaselines({
  data,
  namespace,
}: StoreOptions): Promise<readonly BaselineRecord[]> {
  if (!hasStore(resolve(data))) return [];
  return withLocalStore(data, (store) => store.listBaselines(namespace));
}

/** The error for a baseline that is not among the known ones, with the nearest name. */
export function noBaseline(
  known: readonly BaselineRecord[],
  asked: {
    readonly verb: string;
    readonly name: string;
    readonly version?: string;
    readonly data: string;
  },
): PlumblineError {
  const { verb, name, version, data } = asked;
  const what = version === undefined ? name : `${name} ${version}`;
  const near = suggest(name, [...new Set(known.map((record) => record.name))]);
  return new PlumblineError(
    'PLB_BASELINE_NOT_FOUND',
    `Cannot ${verb} ${what}: there is no such baseline`,
    {
      fix:
        near === undefined || near.best === name
          ? `\`plumbline baseline list --data ${data}\` shows what there is`
          : `did you mean ${JSON.stringify(near.best)}?`,
    },
  );
}
