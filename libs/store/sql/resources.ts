import type { Kysely } from 'kysely';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { ResourceRecord } from '../port.ts';
import { canonicalJson } from './canonical-json.ts';
import { chunks } from './chunks.ts';
import { addToCounter } from './counters.ts';
import type { StoreSchema } from './schema.ts';

export type FileDocument = Pick<ResourceRecord, 'kind' | 'namespace' | 'name' | 'document'>;

const ROWS_PER_STATEMENT = 100;

/** All resources, or those of one kind, by kind, namespace and name. */
export async function listResources(
  db: Kysely<StoreSchema>,
  kind?: string,
): Promise<readonly ResourceRecord[]> {
  let query = db
    .selectFrom('resources')
    .selectAll()
    .orderBy('kind')
    .orderBy('namespace')
    .orderBy('name');
  if (kind !== undefined) query = query.where('kind', '=', kind);
  const rows = await query.execute();
  return rows.map((row) => ({
    kind: row.kind,
    namespace: row.namespace,
    name: row.name,
    revision: row.revision,
    managedBy: row.managed_by,
    document: JSON.parse(row.document),
  }));
}

/** See `Store.replaceFileResources`; also says whether anything was different. */
export async function replaceFileResources(
  trx: Kysely<StoreSchema>,
  documents: readonly FileDocument[],
): Promise<{ readonly revision: number; readonly changed: boolean }> {
  const wanted = byKey(documents);
  const before = await addToCounter(trx, { name: 'config_revision', by: 0 });
  const stored = new Map((await listResources(trx)).map((record) => [keyOf(record), record]));
  const written = [...wanted].filter(([key, document]) => {
    const old = stored.get(key);
    return (
      old?.managedBy !== 'file' || canonicalJson(old.document) !== canonicalJson(document.document)
    );
  });
  const removed = [...stored].filter(
    ([key, record]) => record.managedBy === 'file' && !wanted.has(key),
  );
  if (written.length === 0 && removed.length === 0) return { revision: before, changed: false };

  const revision = await addToCounter(trx, { name: 'config_revision', by: 1 });
  for (const part of chunks(written, ROWS_PER_STATEMENT)) {
    await trx
      .insertInto('resources')
      .values(
        part.map(([, { kind, namespace, name, document }]) => ({
          kind,
          namespace,
          name,
          revision,
          managed_by: 'file' as const,
          document: JSON.stringify(document) ?? 'null',
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['kind', 'namespace', 'name']).doUpdateSet((eb) => ({
          revision: eb.ref('excluded.revision'),
          managed_by: eb.ref('excluded.managed_by'),
          document: eb.ref('excluded.document'),
        })),
      )
      .execute();
  }
  for (const [, { kind, namespace, name }] of removed) {
    await trx
      .deleteFrom('resources')
      .where('kind', '=', kind)
      .where('namespace', '=', namespace)
      .where('name', '=', name)
      .execute();
  }
  return { revision, changed: true };
}

function keyOf(resource: Pick<ResourceRecord, 'kind' | 'namespace' | 'name'>): string {
  return JSON.stringify([resource.kind, resource.namespace, resource.name]);
}

function byKey(documents: readonly FileDocument[]): ReadonlyMap<string, FileDocument> {
  const result = new Map<string, FileDocument>();
  for (const document of documents) {
    const key = keyOf(document);
    if (result.has(key)) {
      const { kind, namespace, name } = document;
      throw new PlumblineError(
        'PLB_CONFIG_INVALID',
        `Cannot store the resources: each must be named once, got ${kind} ${namespace}/${name} twice.`,
        { path: `${kind}.${name}` },
      );
    }
    result.set(key, document);
  }
  return result;
}
