import { Kysely, sql } from 'kysely';
import { Client } from 'pg';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { describeOnPostgres } from '#deploy/postgres/test-postgres.ts';
import { storeContract } from '../contract.ts';
import type { Store, StoreEvent } from '../port.ts';
import type { StoreSchema } from '../sql/schema.ts';
import { profileCommit, publication } from '../testing/publication.ts';
import { openPostgresStore, type PostgresStoreOptions } from './open-postgres-store.ts';
import { PipelinedPostgresDialect } from './postgres-dialect.ts';
import { PostgresDriver } from './postgres-driver.ts';
import { postgresPool } from './postgres-pool.ts';
import { postgresSettings } from './postgres-settings.ts';

const DEADLINE = { timeout: 20_000, interval: 10 };

describeOnPostgres('postgres', (server) => {
  storeContract('postgres', async () =>
    openPostgresStore({ url: await server().createDatabase() }),
  );

  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function open(options: PostgresStoreOptions): Promise<Store> {
    const store = await openPostgresStore(options);
    closing.push(() => store.close());
    return store;
  }

  /** Looks into the database, or changes it, beside the store. */
  async function connect(url: string): Promise<Client> {
    const client = new Client({ connectionString: url });
    await client.connect();
    closing.push(() => client.end());
    return client;
  }

  /** Calls the function before each row that the table takes. */
  const TRIGGER = (table: string, body: string) => `
    set search_path = plumbline;
    create function hinder() returns trigger language plpgsql as $$ begin ${body} return new; end $$;
    create trigger hinder before insert or update on ${table} for each row execute function hinder()`;

  const commit = (profileId: string, expectedVersion: number, namespace = 'n') =>
    profileCommit({
      profileId,
      expectedVersion,
      panes: [{ start: expectedVersion, events: 1, payload: new Uint8Array(100) }],
      publications: [publication({ namespace, revision: expectedVersion + 1 })],
    });

  describe('tables', () => {
    test('processes that start at the same time create them once', async () => {
      const url = await server().createDatabase();
      const stores = await Promise.all(Array.from({ length: 6 }, () => open({ url })));
      await stores[0]?.commitProfile(commit('p', 0));
      expect((await stores[5]?.profileState('p'))?.version).toBe(1);
      const client = await connect(url);
      const { rows } = await client.query(
        'select name from plumbline.kysely_migration order by name',
      );
      expect(rows.map((row) => row.name)).toEqual([
        '0001-initial',
        '0002-leases-and-work',
        '0003-stream-parts',
      ]);
    });

    test('those of a newer version are refused, and left as they are', async () => {
      const url = await server().createDatabase();
      await (await openPostgresStore({ url })).close();
      const client = await connect(url);
      await client.query(`insert into plumbline.kysely_migration values ('9999-future', '2030')`);
      for (let i = 0; i < 2; i += 1) {
        await expect(open({ url })).rejects.toMatchObject({
          code: 'PLB_STORE_VERSION',
          message: expect.stringContaining('9999-future'),
        });
      }
      await client.query(`delete from plumbline.kysely_migration where name = '9999-future'`);
      await (await open({ url })).ping();
    });

    test('who comes while a newer version is at it waits, and is refused then', async () => {
      const url = await server().createDatabase();
      await (await openPostgresStore({ url })).close();
      const client = await connect(url);
      const key = `hashtextextended('plumbline migrations', 0)`;
      await client.query(`select pg_advisory_lock(${key})`);
      const opening = openPostgresStore({ url });
      const outcome = expect(opening).rejects.toMatchObject({ code: 'PLB_STORE_VERSION' });
      await vi.waitFor(async () => {
        const waiting = await client.query(
          `select from pg_locks where locktype = 'advisory' and not granted`,
        );
        expect(waiting.rowCount).toBe(1);
      }, DEADLINE);
      await client.query(`insert into plumbline.kysely_migration values ('9999-future', '2030')`);
      await client.query(`select pg_advisory_unlock(${key})`);
      await outcome;
    });

    test('schemas of one database are stores of their own, beside tables of others', async () => {
      const url = await server().createDatabase();
      const client = await connect(
        server().adminUrl.replace(/[^/]*$/, url.split('/').at(-1) ?? ''),
      );
      // Another program that keeps its migrations as this one does.
      await client.query(
        'create table kysely_migration (name text); create table profiles (other text)',
      );
      const [a, b] = [await open({ url }), await open({ url, schema: 'Second-1' })];
      await a.commitProfile(commit('p', 0));
      expect((await b.profileState('p')).version).toBe(0);
      await b.commitProfile(commit('p', 0));
      expect(await a.latestEvaluations('n')).toHaveLength(1);
      expect((await client.query('select * from kysely_migration')).rows).toEqual([]);
    });

    test('everything is there after a close and another open, by a role without rights to create', async () => {
      const url = await server().createDatabase();
      const first = await openPostgresStore({ url });
      await first.commitProfile(commit('p', 0));
      const before = [await first.profileState('p'), await first.latestEvaluations('n')];
      await first.close();
      const admin = await connect(server().adminUrl);
      const [role, database] = [`reader_${Date.now()}`, new URL(url).pathname.slice(1)];
      await admin.query(`create role ${role} login password 'x'`);
      const owner = await connect(url);
      const limited = new URL(url);
      limited.username = role;
      limited.password = 'x';
      await expect(open({ url: limited.href })).rejects.toMatchObject({
        code: 'PLB_STORE_UNAVAILABLE',
        message: expect.stringContaining('permission denied'),
        detail: { fix: `Grant them: GRANT CREATE, CONNECT ON DATABASE ${database} TO ${role}.` },
      });
      await owner.query(`grant usage on schema plumbline to ${role};
        grant select, insert, update, delete on all tables in schema plumbline to ${role}`);
      const second = await open({ url: limited.href });
      await second.ping();
      expect([await second.profileState('p'), await second.latestEvaluations('n')]).toEqual(before);
    });

    test('a database that cannot hold every text is refused', async () => {
      const admin = await connect(server().adminUrl);
      await admin.query(`create database latin encoding 'LATIN1' locale_provider libc
        lc_collate 'C' lc_ctype 'C' template template0`);
      const url = server().adminUrl.replace(/[^/]*$/, 'latin');
      await expect(open({ url })).rejects.toMatchObject({
        code: 'PLB_CONFIG_INVALID',
        message: expect.stringContaining('LATIN1'),
      });
    });
  });

  describe('commits', () => {
    test('what is acknowledged is on the disk, whatever the database’s default', async () => {
      const url = await server().createDatabase();
      const store = await open({ url });
      const name = new URL(url).pathname.slice(1);
      const client = await connect(url);
      await client.query(`alter database ${name} set synchronous_commit = off;
        alter database ${name} set default_transaction_isolation = 'serializable'`);
      const seen = await open({ url, applicationName: 'seen' });
      await client.query(
        TRIGGER(
          'profiles',
          `raise exception 'durable: %', current_setting('synchronous_commit')
             || ', ' || current_setting('transaction_isolation')
             || ', ' || current_setting('application_name');`,
        ),
      );
      await expect(seen.commitProfile(commit('p', 0))).rejects.toMatchObject({
        code: 'PLB_INTERNAL',
        message: expect.stringContaining('durable: on, read committed, seen'),
      });
      expect((await store.profileState('p')).version).toBe(0);
    });

    test('a transaction that lost against another is run again, and told of once', async () => {
      const url = await server().createDatabase();
      const store = await open({ url });
      const client = await connect(url);
      const events: StoreEvent[] = [];
      store.subscribe((event) => events.push(event));
      await client.query('create sequence plumbline.tries');
      for (const [profile, state] of [
        ['deadlock', '40P01'],
        ['race', '40001'],
      ]) {
        await client.query(`alter sequence plumbline.tries restart;
          drop function if exists plumbline.hinder cascade;
          ${TRIGGER('panes', `if nextval('tries') < 4 then raise exception 'lost' using errcode = '${state}'; end if;`)}`);
        expect(await store.commitProfile(commit(profile ?? '', 0, state))).toBe(1);
      }
      expect(events).toHaveLength(2);
      await client.query('alter sequence plumbline.tries minvalue -1000 restart with -1000');
      await expect(store.commitProfile(commit('hopeless', 0, 'h'))).rejects.toMatchObject({
        code: 'PLB_STORE_CONFLICT',
        retry: true,
      });
      expect((await store.profileState('hopeless')).version).toBe(0);
      expect(events).toHaveLength(2);
    });

    test('a full disk is said so; nothing of the commit is there, and the next one works', async () => {
      const url = await server().createDatabase();
      const store = await open({ url });
      const client = await connect(url);
      await client.query(
        TRIGGER('evaluation_heads', `raise exception 'No space left' using errcode = '53100';`),
      );
      await expect(store.commitProfile(commit('p', 0))).rejects.toMatchObject({
        code: 'PLB_STORE_FULL',
        retry: true,
      });
      expect(await store.profileState('p')).toMatchObject({ version: 0, panes: [] });
      expect(await store.evaluations({ namespace: 'n', limit: 5 })).toMatchObject({ items: [] });
      await client.query('drop function plumbline.hinder cascade');
      expect(await store.commitProfile(commit('p', 0))).toBe(1);
    });

    test('profiles of one monitor that publish the same window at once: one does', async () => {
      const url = await server().createDatabase();
      const stores = await Promise.all([open({ url }), open({ url }), open({ url })]);
      for (let round = 0; round < 5; round += 1) {
        const outcomes = await Promise.allSettled(
          stores.flatMap((store, s) =>
            [0, 1].map((i) => store.commitProfile(commit(`p${round}-${s}-${i}`, 0, `n${round}`))),
          ),
        );
        const lost = outcomes.filter((o) => o.status === 'rejected');
        expect(lost).toHaveLength(5);
        for (const { reason } of lost) expect(reason).toMatchObject({ code: 'PLB_STORE_CONFLICT' });
        const all = { namespace: `n${round}`, revisions: 'all', limit: 50 } as const;
        expect((await stores[0].evaluations(all)).items).toHaveLength(1);
      }
    });

    test('a process that stops in the middle of a transaction loses it, so that others get its locks', async () => {
      const url = await server().createDatabase();
      const store = await open({ url, idleTransactionTimeoutMs: 200 });
      const frozen = {
        ...commit('p', 0),
        // Asked for when the locks are held: nothing of this process goes on for a while.
        get panes() {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800);
          return [];
        },
      };
      // A server that had waited for it would have let it commit.
      await expect(store.commitProfile(frozen)).rejects.toMatchObject({
        code: 'PLB_STORE_UNAVAILABLE',
      });
      expect(await store.commitProfile(commit('p', 0))).toBe(1);
    });

    test('a statement that takes too long is given up, undone, and the connection used again', async () => {
      const url = await server().createDatabase();
      const store = await open({ url, poolSize: 1, statementTimeoutMs: 300 });
      const client = await connect(url);
      await client.query('begin; lock table plumbline.panes');
      await expect(store.commitProfile(commit('p', 0))).rejects.toMatchObject({
        code: 'PLB_STORE_UNAVAILABLE',
        message: expect.stringContaining('statement timeout'),
      });
      await client.query('rollback');
      expect(await store.commitProfile(commit('p', 0))).toBe(1);
    });

    test('a transaction in which a statement failed is not taken for a success', async () => {
      const url = await server().createDatabase();
      // Its schema is not there yet.
      const settings = { ...postgresSettings({ url }), schema: 'public' };
      const driver = new PostgresDriver(postgresPool(settings), settings);
      const db = new Kysely<StoreSchema>({ dialect: new PipelinedPostgresDialect(driver) });
      closing.push(() => db.destroy());
      const swallowed = db.transaction().execute(async (trx) => {
        await sql`create table kept (id int)`.execute(trx);
        await sql`select 1 / 0`.execute(trx).catch(() => {});
      });
      await expect(swallowed).rejects.toThrow('every statement must have succeeded');
      // Neither here nor in what follows on the same connection is anything left of it.
      const { rows } = await sql`select to_regclass('kept') as found`.execute(db);
      expect(rows).toEqual([{ found: null }]);
    });

    test('one connection is enough for any number of calls at a time', async () => {
      const store = await open({ url: await server().createDatabase(), poolSize: 1 });
      const ids = Array.from({ length: 30 }, (_, i) => `p${i}`);
      const versions = await Promise.all(
        ids.flatMap((id) => [
          store.commitProfile(commit(id, 0, id)),
          store.profileState(id).then(({ version }) => version),
        ]),
      );
      expect(versions.filter((_, i) => i % 2 === 0)).toEqual(ids.map(() => 1));
      expect((await store.evaluations({ namespace: 'p3', limit: 9 })).items).toHaveLength(1);
    });
  });

  test('a server that is away is said so, without the password; when it is back the same store works', async () => {
    const url = await server().createDatabase();
    const store = await open({ url });
    await store.commitProfile(commit('p', 0));
    await server().shutDown();
    try {
      for (let i = 0; i < 2; i += 1) {
        await expect(store.commitProfile(commit('p', 1))).rejects.toMatchObject({
          code: 'PLB_STORE_UNAVAILABLE',
          retry: true,
          message: expect.stringMatching(`127.0.0.1:${server().port}.*(ECONNREFUSED|terminat)`),
        });
      }
      await expect(store.ping()).rejects.toMatchObject({ code: 'PLB_STORE_UNAVAILABLE' });
      await expect(openPostgresStore({ url })).rejects.toMatchObject({
        code: 'PLB_STORE_UNAVAILABLE',
      });
    } finally {
      await server().start();
    }
    await vi.waitFor(() => store.ping(), DEADLINE);
    expect(await store.commitProfile(commit('p', 1))).toBe(2);
    expect((await store.profileState('p')).panes).toHaveLength(2);
  });
});
