import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { suggest } from '#libs/config/suggest.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Store } from '#libs/store/port.ts';
import { hasStore } from '../data-directory.ts';

/** What `--baseline` names: a file that is there, or the content of a stored baseline. */
export type FoundBaseline =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stored'; readonly content: Uint8Array };

/**
 * A file of this name, else the stored baseline NAME or NAME@VERSION.
 *
 * @throws PLB_FILE_NOT_FOUND when it is neither, PLB_STORE_LOCKED while a server has the store
 */
export async function findBaseline(
  name: string,
  { data, namespace }: { readonly data: string; readonly namespace: string },
): Promise<FoundBaseline> {
  const there = await stat(name).catch(() => undefined);
  if (there !== undefined) return { kind: 'file', path: name };
  const known = hasStore(resolve(data))
    ? await lookUp(name, { data: resolve(data), namespace })
    : { names: [] };
  if (known.content !== undefined) return { kind: 'stored', content: known.content };
  const near = suggest(name, known.names);
  throw new PlumblineError(
    'PLB_FILE_NOT_FOUND',
    `Cannot open ${name}: there is no such file, and no baseline of this name in ${data}`,
    {
      path: name,
      fix:
        near === undefined
          ? 'name a data file, or a baseline that `plumbline baseline list` shows'
          : `did you mean the baseline ${JSON.stringify(near.best)}?`,
    },
  );
}

async function lookUp(
  name: string,
  { data, namespace }: { readonly data: string; readonly namespace: string },
): Promise<{ readonly names: readonly string[]; readonly content?: Uint8Array }> {
  const [bare = '', version] = name.split('@');
  return withStore(data, async (store) => {
    const names = (await store.listBaselines(namespace)).map((record) => record.name);
    // What is no name of a baseline, such as a path, is not looked for.
    if (!names.includes(bare)) return { names: [...new Set(names)] };
    const record = await store.findBaseline({ namespace, name: bare }, version);
    return record === undefined
      ? { names: [...new Set(names)] }
      : { names, content: await store.baselineContent(record.hash) };
  });
}

async function withStore<T>(directory: string, work: (store: Store) => Promise<T>): Promise<T> {
  // Only who names a stored baseline loads the store.
  const { openSqliteStore } = await import('#libs/store/sqlite/open-sqlite-store.ts');
  const store = await openSqliteStore({ directory, owner: 'plumbline check' });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
