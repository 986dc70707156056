import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeOnPostgres } from '#deploy/postgres/test-postgres.ts';
import { openPostgresStore } from '#libs/store/postgres/open-postgres-store.ts';
import { openEmbeddedTransport } from '#libs/transport/embedded/open-embedded-transport.ts';
import { generateEvents } from '../exactness/generated-events.ts';
import { expectRecounted } from '../testing/expect-recounted.ts';
import { createLab, type Lab } from '../testing/lab.ts';
import { endAll, eventually } from '../testing/run-cli.ts';
import { countedAtLeast, ended, writeServiceConfig } from '../testing/service-lab.ts';
import { WatchedService } from '../testing/watched-service.ts';

const HOUR = 3_600_000;
const ENGINES = 'store: { postgres: { url: { env: PLUMBLINE_TEST_DATABASE } } }';

let lab: Lab;
beforeAll(() => {
  lab = createLab();
});
afterAll(() => lab.remove());
afterEach(endAll);

describeOnPostgres('on PostgreSQL', (postgres) => {
  const start = (config: string, url: string) =>
    new WatchedService(config, { env: { PLUMBLINE_TEST_DATABASE: url } });

  /** What a line of a file cannot be is left out. */
  const lines = (from: number, to: number) =>
    generateEvents({ events: 6000, seed: 5, spanMs: 10 * HOUR })
      .slice(from, to)
      .map(({ value }) => `${value === null ? 'null' : Buffer.from(value).toString('utf8')}\n`)
      .join('');

  test('a database that comes late, and one that is away for a while', async () => {
    const url = await postgres().createDatabase();
    const { password } = new URL(url);
    await postgres().shutDown();
    const events = lab.write('events.ndjson', lines(0, 3000));
    const config = writeServiceConfig({
      ...{ folder: lab.folder, name: 'late', engines: ENGINES },
      stream: `source: { file: ${events} }`,
    });
    const service = start(config, url);
    await service.said(/waiting: PLB_STORE_UNAVAILABLE Cannot use PostgreSQL at 127\.0\.0\.1:\d+/);
    await service.logged(/"role":"store","code":"PLB_STORE_UNAVAILABLE"/);
    expect((await service.unready(/PostgreSQL at .*must be reachable/)).name).toBe('store');
    expect((await fetch(`${await service.url()}/healthz`)).status).toBe(200);
    const waitingAt = await service.url();

    await postgres().start();
    await service.said(/going on/);
    await service.ready();
    // Whoever was told to look there finds it there.
    expect(service.process.out()).toContain(
      `plumbline is at ${waitingAt.replace('127.0.0.1', 'localhost')}`,
    );
    await countedAtLeast(service, 3000);

    await postgres().shutDown();
    await service.unready(/PostgreSQL at/);
    lab.write('events.ndjson', lines(0, 6000));
    await postgres().start();
    await service.ready();
    expect(await service.stop()).toBe(0);
    expect(service.everything()).not.toContain(password);
    const warnings = service.process.err().match(/"level":"warn"/g) ?? [];
    expect(warnings.length).toBeLessThan(15);

    const next = start(config, url);
    await next.ready();
    await countedAtLeast(next, 6000);
    await ended(next);
    expect(await next.stop()).toBe(0);
    const store = await openPostgresStore({ url });
    const transport = await openEmbeddedTransport({ directory: lab.at('late/log') });
    try {
      await expectRecounted(config, { store, transport });
    } finally {
      await transport.close();
      await store.close();
    }
  }, 120_000);

  test('a wrong password is waited for, and never shown', async () => {
    const url = new URL(await postgres().createDatabase());
    const right = url.password;
    url.password = 'wrong-hunter2';
    const config = writeServiceConfig({ folder: lab.folder, name: 'wrong', engines: ENGINES });
    const service = start(config, url.href);
    await service.said(/PLB_STORE_UNAVAILABLE .*it must let plumbline in.*\(store\.postgres\)/);
    await service.said(/fix: Check user and password of store\.postgres\.url/);
    await service.unready(/password authentication failed/);
    await service.metrics();
    expect(await service.stop('SIGINT')).toBe(130);
    expect(service.everything()).not.toMatch(`${right}|hunter2`);
  }, 60_000);

  test('an address that is none is refused, and never shown', async () => {
    const config = writeServiceConfig({ folder: lab.folder, name: 'none', engines: ENGINES });
    const service = start(config, 'postgres//plumbline:hunter2@127.0.0.1/db');
    expect((await service.process.exit).code).toBe(2);
    expect(service.process.err()).toMatch(/PLB_CONFIG_INVALID .*store\.postgres\.url/s);
    expect(service.everything()).not.toContain('hunter2');
  }, 60_000);

  test('a database that does not answer at all holds no Ctrl+C up', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await eventually('it listens', () => silent.listening);
    const { port } = silent.address() as { readonly port: number };
    const config = writeServiceConfig({ folder: lab.folder, name: 'silent', engines: ENGINES });
    const service = start(config, `postgres://plumbline:secret@127.0.0.1:${port}/db`);
    const { promise: reached, resolve } = Promise.withResolvers<void>();
    silent.on('connection', () => resolve());
    await reached;
    expect(await service.stop('SIGINT')).toBe(130);
    silent.close();
  }, 60_000);
});
