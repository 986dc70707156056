import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { storeContract } from '../contract.ts';
import type { PaneRecord, Store } from '../port.ts';
import { assessment, profileCommit, publication } from '../testing/publication.ts';
import { openSqliteStore, type SqliteStoreOptions } from './open-sqlite-store.ts';

const parent = mkdtempSync(join(tmpdir(), 'plumbline-store-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const freshDirectory = () => mkdtempSync(join(parent, 's-'));

storeContract('sqlite', () =>
  openSqliteStore({ directory: freshDirectory(), owner: 'the contract suite' }),
);

let directory: string;
let store: Store | undefined;

beforeEach(() => {
  directory = freshDirectory();
});

afterEach(async () => {
  await store?.close();
  store = undefined;
});

async function open(options: Partial<SqliteStoreOptions> = {}): Promise<Store> {
  store = await openSqliteStore({ directory, owner: 'a test', ...options });
  return store;
}

/** Looks into the file, or changes it, beside the store. */
function withFile<T>(look: (file: DatabaseSync) => T): T {
  const file = new DatabaseSync(join(directory, 'store', 'store.sqlite'), { timeout: 5000 });
  try {
    return look(file);
  } finally {
    file.close();
  }
}

function pane(start: number, bytes: number): PaneRecord {
  // Not compressible, in case the file system compresses.
  const payload = new Uint8Array(bytes).map((_, i) => (i * 2_654_435_761) >>> 13);
  return { start, events: start, payload };
}

test('everything is there after a close and another open; the log is folded into the file', async () => {
  const first = await open();
  const commit = profileCommit({
    profileId: 'p',
    expectedVersion: 0,
    panes: [pane(1, 100)],
    publications: [publication({ namespace: 'n' })],
  });
  await first.commitProfile(commit);
  const revision = await first.replaceFileResources([
    { kind: 'stream', namespace: 'n', name: 's', document: { a: 1 } },
  ]);
  const before = [await first.profileState('p'), await first.latestEvaluations('n')];
  await first.close();
  expect(readdirSync(join(directory, 'store'))).not.toContain('store.sqlite-wal');
  const second = await open();
  expect([await second.profileState('p'), await second.latestEvaluations('n')]).toEqual(before);
  expect(await second.configRevision()).toBe(revision);
});

test('a store of a newer version is refused, and left free for the right one', async () => {
  await (await open()).close();
  const set = (sql: string) => withFile((file) => file.exec(sql));
  set(`INSERT INTO kysely_migration VALUES ('9999-future', '2030-01-01T00:00:00.000Z')`);
  for (let i = 0; i < 2; i += 1) {
    await expect(open()).rejects.toMatchObject({
      code: 'PLB_STORE_VERSION',
      message: expect.stringContaining('9999-future'),
    });
  }
  set(`DELETE FROM kysely_migration WHERE name = '9999-future'`);
  await (await open()).ping();
});

test('a file that is no database is refused, and left as it was', async () => {
  await (await open()).close();
  rmSync(join(directory, 'store', 'store.sqlite'));
  const file = join(directory, 'store', 'store.sqlite');
  const text = 'These are not the pages of a database.'.repeat(200);
  writeFileSync(file, text);
  await expect(open()).rejects.toMatchObject({ code: 'PLB_STORE_UNAVAILABLE' });
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('what the API created stays, unless the file names it', async () => {
  const opened = await open();
  await opened.replaceFileResources([{ kind: 'k', namespace: 'n', name: 'file', document: 1 }]);
  withFile((file) =>
    file.exec(`INSERT INTO resources VALUES ('k', 'n', 'api', 1, 'api', '{"by":"api"}')`),
  );
  const names = async () => (await opened.listResources()).map((r) => [r.name, r.managedBy]);
  await opened.replaceFileResources([]);
  expect(await names()).toEqual([['api', 'api']]);
  const before = await opened.configRevision();
  const same = [{ kind: 'k', namespace: 'n', name: 'api', document: { by: 'api' } }];
  expect(await opened.replaceFileResources(same)).toBe(before + 1);
  expect(await names()).toEqual([['api', 'file']]);
  await opened.replaceFileResources([]);
  expect(await names()).toEqual([]);
});

test('pruning leaves nothing behind of what it removes', async () => {
  const opened = await open();
  const publications = [1, 2, 2].map((end, i) =>
    publication({ namespace: 'n', window: { start: 0, end }, revision: i + 1 }),
  );
  await opened.commitProfile(profileCommit({ profileId: 'p', expectedVersion: 0, publications }));
  expect(await opened.pruneEvaluations({ namespace: 'n', name: 'fraud' }, 3)).toBe(3);
  const left = (table: string) =>
    withFile((file) => file.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
  expect(['publications', 'evaluations', 'evaluation_heads'].map(left)).toEqual([0, 0, 0]);
});

test('content is stored once per hash, compressed where that pays', async () => {
  const opened = await open();
  const record = {
    namespace: 'n',
    name: 'b',
    modelVersion: null,
    createdAt: 1,
    rows: 1,
    timeRange: null,
    source: { uri: 'u', sha256: 's', bytes: 1 },
    summary: null,
  };
  const [dull, wild] = [new Uint8Array(50_000), crypto.getRandomValues(new Uint8Array(50_000))];
  await opened.putBaseline({ ...record, version: '1', hash: 'dull' }, dull);
  await opened.putBaseline({ ...record, version: '2', hash: 'dull' }, dull);
  await opened.putBaseline({ ...record, version: '3', hash: 'wild' }, wild);
  const rows = withFile((file) =>
    file
      .prepare(
        'SELECT hash, encoding, length(content) AS bytes FROM baseline_contents ORDER BY hash',
      )
      .all(),
  );
  expect(rows).toMatchObject([
    { hash: 'dull', encoding: 'deflate' },
    { hash: 'wild', encoding: 'raw', bytes: 50_000 },
  ]);
  expect(rows[0]?.bytes).toBeLessThan(1000);
});

test('a full store says so, keeps what it answered, and works again once there is room', async () => {
  const opened = await open({ maxBytes: 1_500_000 });
  const events: unknown[] = [];
  opened.subscribe((event) => events.push(event));
  const commit = (
    expectedVersion: number,
    given: Partial<Parameters<typeof profileCommit>[0]> = {},
  ) =>
    opened.commitProfile(
      profileCommit({
        profileId: 'p',
        expectedVersion,
        panes: [pane(expectedVersion, 40_000)],
        applied: [
          { topic: 't', partition: 0, epoch: 0, ranges: [[0, expectedVersion + 1]], tallies: {} },
        ],
        publications: [
          publication({
            namespace: 'n',
            window: { start: expectedVersion, end: expectedVersion + 1 },
            assessments: [assessment({ m: expectedVersion })],
          }),
        ],
        ...given,
      }),
    );
  let version = 0;
  let refusal: unknown;
  while (refusal === undefined && version < 1000) {
    await commit(version).then(
      (next) => {
        version = next;
      },
      (error: unknown) => {
        refusal = error;
      },
    );
  }
  expect(refusal).toMatchObject({ code: 'PLB_STORE_FULL', retry: true });
  const expectWhole = async () => {
    const state = await opened.profileState('p');
    expect(state.version).toBe(version);
    expect(state.applied[0]?.ranges).toEqual([[0, version]]);
    expect(state.panes.at(-1)?.start).toBe(version - 1);
    const { items } = await opened.evaluations({ namespace: 'n', limit: 1 });
    expect(items[0]?.m).toBe(version - 1);
  };
  await expectWhole();
  expect(events).toHaveLength(version);

  // Together with a commit that does not fit, those that fit are either answered or undone.
  const small = ['a', 'b', 'c'].map((profileId) =>
    opened.commitProfile(profileCommit({ profileId, expectedVersion: 0 })),
  );
  const mixed = await Promise.allSettled([...small, commit(version), opened.ping()]);
  expect(mixed[3]).toMatchObject({ status: 'rejected', reason: { code: 'PLB_STORE_FULL' } });
  for (const [i, profileId] of ['a', 'b', 'c'].entries()) {
    const state = await opened.profileState(profileId);
    expect(state.version).toBe(mixed[i]?.status === 'fulfilled' ? 1 : 0);
  }
  await expectWhole();

  await commit(version, { panes: [], publications: [], dropPanesBefore: version - 5 });
  version = await commit(version + 1);
  await expectWhole();
});

test('a heavy commit blocks neither this thread nor readers', async () => {
  const opened = await open();
  await opened.ping();
  let done = false;
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 2);
  const one = pane(0, 1_000_000);
  const panes = Array.from({ length: 40 }, (_, i) => ({ ...one, start: i }));
  const heavy = opened
    .commitProfile(profileCommit({ profileId: 'p', expectedVersion: 0, panes }))
    .finally(() => {
      done = true;
    });
  const [state, doneAtRead] = await opened.profileState('p').then((s) => [s, done] as const);
  await heavy;
  clearInterval(timer);
  expect(doneAtRead).toBe(false);
  expect(state.version).toBe(0);
  expect(ticks).toBeGreaterThan(5);
  expect((await opened.profileState('p')).panes).toHaveLength(40);
});
