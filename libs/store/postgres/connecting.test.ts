import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Client } from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { createAuthority, issueCertificate } from '#deploy/kafka/certificate.ts';
import { describeOnPostgres } from '#deploy/postgres/test-postgres.ts';
import { profileCommit } from '../testing/publication.ts';
import { openPostgresStore, type PostgresStoreOptions } from './open-postgres-store.ts';

const SECRET = 'tr0ub4dor';

const directory = mkdtempSync(join(tmpdir(), 'plumbline-tls-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** Opening fails as told, and nowhere in the error is the password. */
async function expectRefusal(options: PostgresStoreOptions, said: RegExp): Promise<void> {
  const error: unknown = await openPostgresStore(options).then(
    () => 'it was opened',
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({
    code: 'PLB_STORE_UNAVAILABLE',
    message: expect.stringMatching(said),
  });
  const shown = inspect(error, { depth: 20, showHidden: true });
  const { password, hostname, port } = new URL(options.url);
  expect(shown).not.toContain(password);
  expect(shown).toContain(`${hostname}:${port}`);
}

function changed(url: string, change: (url: URL) => void): string {
  const copy = new URL(url);
  change(copy);
  return copy.href;
}

const ours = createAuthority('ours');
const theirs = createAuthority('theirs');
const own = issueCertificate(ours, { name: 'db', hosts: ['db.example'] });
const client = issueCertificate(ours, { name: 'plumbline' });
const caFile = file('ca.pem', ours.certificate);
const proof = {
  certificateFile: file('client.pem', client.certificate),
  keyFile: file('client.key', client.key),
};

describeOnPostgres(
  'connecting to postgres with TLS',
  (server) => {
    test('with the authority, the name and a certificate of its own it is let in', async () => {
      const url = await server().createDatabase();
      const store = await openPostgresStore({ url, caFile, ...proof, serverName: 'db.example' });
      await store.ping();
      await store.close();
      for (const mode of ['require', 'verify-ca']) {
        const given = `${url}?sslmode=${mode}&sslrootcert=${caFile}`;
        await (await openPostgresStore({ url: given, ...proof })).close();
      }
      // Without an authority "require" trusts anybody.
      await (await openPostgresStore({ url: `${url}?sslmode=require`, ...proof })).close();
    });

    test('everything else is refused, and said why', async () => {
      const url = await server().createDatabase();
      const name = { serverName: 'db.example' };
      const foreign = file('theirs.pem', theirs.certificate);
      await expectRefusal({ url, caFile, ...proof }, /127\.0\.0\.1.*cert/);
      await expectRefusal({ url, caFile, ...proof, serverName: 'other.example' }, /other\.example/);
      await expectRefusal({ url, caFile: foreign, ...proof, ...name }, /certificate|issuer/);
      await expectRefusal({ url: `${url}?sslmode=verify-full`, ...proof, ...name }, /certificate/);
      await expectRefusal({ url, caFile, ...name }, /client certificate/);
      await expectRefusal({ url }, /no encryption|pg_hba/);
      await expectRefusal({ url, caFile: join(directory, 'none.pem') }, /ENOENT.*none\.pem/);
    });

    test('certificates are read again for each connection', async () => {
      const url = await server().createDatabase();
      const certificateFile = file('turning.pem', client.certificate);
      const options = { url, caFile, keyFile: proof.keyFile, certificateFile, poolSize: 2 };
      const store = await openPostgresStore({ ...options, serverName: 'db.example' });
      const admin = new Client({ connectionString: server().adminUrl });
      await admin.connect();
      const cut = `select pg_terminate_backend(pid, 5000) from pg_stat_activity
        where usename = 'plumbline'`;
      writeFileSync(certificateFile, 'not a certificate');
      await admin.query(cut);
      await expect(store.ping()).rejects.toMatchObject({ code: 'PLB_STORE_UNAVAILABLE' });
      writeFileSync(certificateFile, client.certificate);
      await store.ping();
      await store.close();
      await admin.end();
    });
  },
  { tls: { ...own, clientAuthority: ours.certificate } },
);

describeOnPostgres('connecting to postgres', (server) => {
  test('a wrong password, a user, a database that does not exist', async () => {
    const url = await server().createDatabase();
    await expectRefusal(
      {
        url: changed(url, (u) => {
          u.password = SECRET;
        }),
      },
      /must let plumbline in/,
    );
    await expectRefusal(
      {
        url: changed(url, (u) => {
          u.username = 'nobody';
        }),
      },
      /must let nobody in/,
    );
    await expectRefusal(
      {
        url: changed(url, (u) => {
          u.pathname = '/none';
        }),
      },
      /"none" does not exist/,
    );
    const none = changed(url, (u) => {
      u.password = '';
    });
    await expect(openPostgresStore({ url: none })).rejects.toMatchObject({
      code: 'PLB_STORE_UNAVAILABLE',
      message: expect.stringMatching(/must let plumbline in.*password/),
    });
  });

  test('a server without TLS', async () => {
    await expectRefusal({ url: await server().createDatabase(), caFile }, /does not support SSL/);
  });

  describe('that does not answer', () => {
    test('nobody listens there', async () => {
      const silent = createServer();
      silent.listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      silent.close();
      await once(silent, 'close');
      await expectRefusal({ url: `postgres://u:${SECRET}@127.0.0.1:${port}/d` }, /ECONNREFUSED/);
      await expectRefusal({ url: `postgres://u:${SECRET}@no.invalid:${port}/d` }, /no\.invalid/);
    });

    test('somebody listens there who says nothing', async () => {
      const sockets: Socket[] = [];
      const silent = createServer((socket) => sockets.push(socket));
      silent.listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      const url = `postgres://u:${SECRET}@127.0.0.1:${port}/d`;
      await expectRefusal({ url, connectTimeoutMs: 200 }, /timeout/);
      for (const socket of sockets) socket.destroy();
      silent.close();
    });

    test('it is frozen in the middle of a call: the call fails, and the next one works', async () => {
      const url = await server().createDatabase();
      const store = await openPostgresStore({ url, statementTimeoutMs: 300 });
      await store.ping();
      const admin = new Client({ connectionString: server().adminUrl });
      await admin.connect();
      const { rows } = await admin.query<{ pid: number }>(
        `select pid from pg_stat_activity where application_name = 'plumbline'`,
      );
      for (const { pid } of rows) process.kill(pid, 'SIGSTOP');
      await expect(
        store.commitProfile(profileCommit({ profileId: 'p', expectedVersion: 0 })),
      ).rejects.toMatchObject({ code: 'PLB_STORE_UNAVAILABLE' });
      for (const { pid } of rows) process.kill(pid, 'SIGCONT');
      const { version } = await store.profileState('p');
      expect(
        await store.commitProfile(profileCommit({ profileId: 'p', expectedVersion: version })),
      ).toBe(version + 1);
      await store.close();
      await admin.end();
    });
  });
});
