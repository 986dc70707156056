import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Kysely, Selectable } from 'kysely';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { BaselineRecord } from '../port.ts';
import type { BaselineTable, StoreSchema } from './schema.ts';

/** Compressed content must save at least this share, or reading it is not worth the inflating. */
const MIN_SAVING = 0.1;

const deflateAsync = promisify(deflate);
const inflateAsync = promisify(inflate);

interface StoredContent {
  readonly encoding: 'raw' | 'deflate';
  readonly content: Uint8Array;
}

/** Content as it will be stored: compressed where that pays. Runs outside of transactions. */
export async function encodeContent(content: Uint8Array): Promise<StoredContent> {
  const packed = await deflateAsync(content);
  return packed.byteLength <= content.byteLength * (1 - MIN_SAVING)
    ? { encoding: 'deflate', content: packed }
    : { encoding: 'raw', content };
}

/** See `Store.putBaseline`. */
export async function putBaseline(
  trx: Kysely<StoreSchema>,
  record: BaselineRecord,
  content: StoredContent,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('baselines')
    .values({
      namespace: record.namespace,
      name: record.name,
      version: record.version,
      hash: record.hash,
      model_version: record.modelVersion,
      created_at: record.createdAt,
      row_count: record.rows,
      time_start: record.timeRange?.start ?? null,
      time_end: record.timeRange?.end ?? null,
      source: JSON.stringify(record.source),
      summary: JSON.stringify(record.summary) ?? 'null',
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) {
    const stored = await findBaseline(trx, record, record.version);
    if (stored?.hash === record.hash) return;
    throw new PlumblineError(
      'PLB_BASELINE_EXISTS',
      `Cannot store baseline ${record.namespace}/${record.name}: version ${record.version} must keep its content ${stored?.hash}, got ${record.hash}.`,
      { fix: 'Give the new content another version.' },
    );
  }
  await trx
    .insertInto('baseline_contents')
    .values({ hash: record.hash, ...content })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** See `Store.listBaselines`. */
export async function listBaselines(
  db: Kysely<StoreSchema>,
  namespace: string,
): Promise<readonly BaselineRecord[]> {
  const rows = await db
    .selectFrom('baselines')
    .selectAll()
    .where('namespace', '=', namespace)
    .orderBy('name')
    .orderBy('created_at', 'desc')
    .orderBy('version', 'desc')
    .execute();
  return rows.map(toRecord);
}

/** See `Store.findBaseline`. */
export async function findBaseline(
  db: Kysely<StoreSchema>,
  key: { readonly namespace: string; readonly name: string },
  version?: string,
): Promise<BaselineRecord | undefined> {
  let query = db
    .selectFrom('baselines')
    .selectAll()
    .where('namespace', '=', key.namespace)
    .where('name', '=', key.name)
    .orderBy('created_at', 'desc')
    .orderBy('version', 'desc')
    .limit(1);
  if (version !== undefined) query = query.where('version', '=', version);
  const row = await query.executeTakeFirst();
  return row && toRecord(row);
}

/** See `Store.baselineContent`. */
export async function baselineContent(db: Kysely<StoreSchema>, hash: string): Promise<Uint8Array> {
  const row = await db
    .selectFrom('baseline_contents')
    .select(['encoding', 'content'])
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (row === undefined) {
    throw new PlumblineError(
      'PLB_BASELINE_NOT_FOUND',
      `Cannot read a baseline: its hash must be a stored one, got ${hash}.`,
    );
  }
  return row.encoding === 'deflate' ? inflateAsync(row.content) : row.content;
}

function toRecord(row: Selectable<BaselineTable>): BaselineRecord {
  return {
    namespace: row.namespace,
    name: row.name,
    version: row.version,
    hash: row.hash,
    modelVersion: row.model_version,
    createdAt: row.created_at,
    rows: row.row_count,
    timeRange:
      row.time_start === null || row.time_end === null
        ? null
        : { start: row.time_start, end: row.time_end },
    source: JSON.parse(row.source),
    summary: JSON.parse(row.summary),
  };
}
