import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ReaderDriver } from './reader-driver.ts';
import { WorkerSqliteDialect } from './sqlite-dialect.ts';
import { WorkerDatabase } from './worker-database.ts';
import { WriterDriver } from './writer-driver.ts';

interface Tables {
  t: { k: number; v: number };
}

let directory: string;
let writing: WorkerDatabase;
let writer: Kysely<Tables>;
let reader: Kysely<Tables>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-writer-'));
  const common = { file: join(directory, 'd.sqlite'), busyTimeoutMs: 1000 };
  writing = await WorkerDatabase.open({
    ...common,
    readOnly: false,
    script: 'PRAGMA journal_mode = WAL; CREATE TABLE t (k INTEGER PRIMARY KEY, v INTEGER NOT NULL)',
  });
  const reading = await WorkerDatabase.open({ ...common, readOnly: true, script: '' });
  writer = new Kysely({ dialect: new WorkerSqliteDialect(new WriterDriver(writing)) });
  reader = new Kysely({ dialect: new WorkerSqliteDialect(new ReaderDriver([reading])) });
});

afterEach(async () => {
  await reader.destroy();
  await writer.destroy();
  rmSync(directory, { recursive: true, force: true });
});

const put = (k: number) =>
  writer.transaction().execute(async (trx) => {
    await trx.insertInto('t').values({ k, v: 1 }).execute();
    return k;
  });
const stored = async () =>
  (await reader.selectFrom('t').select('k').orderBy('k').execute()).map((row) => row.k);

test('transactions that wait at the same time share commits, and failures stay alone', async () => {
  await put(0);
  const script = vi.spyOn(writing, 'script');
  // k = 0 exists: every fifth one fails, with others before and after it.
  const all = Array.from({ length: 50 }, (_, i) => (i % 5 === 3 ? 0 : i + 100));
  const outcomes = await Promise.allSettled(all.map(put));
  const good = all.filter((k) => k !== 0);
  expect(outcomes.filter((o) => o.status === 'fulfilled').map((o) => o.value)).toEqual(good);
  expect(await stored()).toEqual([0, ...good]);
  const commits = script.mock.calls.filter(([text]) => text.includes('COMMIT'));
  expect(commits.length).toBeLessThan(10);
});

test('an answer means that others can read it, in whatever order answers come', async () => {
  const seen = await Promise.all(
    Array.from({ length: 30 }, async (_, i) => {
      await (i % 3 === 0 ? writer.insertInto('t').values({ k: i, v: 1 }).execute() : put(i));
      return (await stored()).includes(i);
    }),
  );
  expect(seen).toEqual(seen.map(() => true));
});

test('a body that fails after its statements, or before any, leaves nothing', async () => {
  const boom = new Error('boom');
  const late = writer.transaction().execute(async (trx) => {
    await trx.insertInto('t').values({ k: 1, v: 1 }).execute();
    throw boom;
  });
  const early = writer.transaction().execute(async () => {
    throw boom;
  });
  const empty = writer.transaction().execute(async () => 'nothing done');
  const outcomes = await Promise.allSettled([late, put(2), early, empty, put(3)]);
  expect(outcomes.map((o) => (o.status === 'fulfilled' ? o.value : o.reason))).toEqual([
    boom,
    2,
    boom,
    'nothing done',
    3,
  ]);
  await expect(writer.transaction().execute(() => Promise.reject(boom))).rejects.toBe(boom);
  await put(4);
  expect(await stored()).toEqual([2, 3, 4]);
});

test('when the database undoes a whole group, all of its members are told', async () => {
  const earlier = put(5);
  const abort = writer.transaction().execute(async (trx) => {
    await trx.insertInto('t').values({ k: 1, v: 1 }).execute();
    // OR ROLLBACK ends the transaction as a full disk may do.
    await sql`INSERT OR ROLLBACK INTO t VALUES (1, 1)`.execute(trx);
  });
  const outcomes = await Promise.allSettled([earlier, abort, put(6)]);
  expect(outcomes.map((o) => o.status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  // With the cause, not with what came of it.
  for (const outcome of outcomes.slice(0, 2)) {
    expect(outcome).toMatchObject({
      reason: { message: expect.stringContaining('UNIQUE constraint failed') },
    });
  }
  expect(await stored()).toEqual([6]);
});

test('an open transaction does not hold up readers, who see what was before it', async () => {
  await put(1);
  await writer.transaction().execute(async (trx) => {
    await trx.insertInto('t').values({ k: 2, v: 1 }).execute();
    expect(await stored()).toEqual([1]);
  });
  expect(await stored()).toEqual([1, 2]);
});

test('a thread that ends fails what it was asked for, and what it is asked later', async () => {
  const pending = put(1).catch((error: unknown) => error);
  await writing.close();
  await pending;
  await expect(put(2)).rejects.toMatchObject({ code: 'PLB_STORE_UNAVAILABLE' });
  await expect(put(3)).rejects.toMatchObject({ code: 'PLB_STORE_UNAVAILABLE' });
});
