import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { openSqliteStore } from '#libs/store/sqlite/open-sqlite-store.ts';
import { openKafkaTransport } from '#libs/transport/kafka/open-kafka-transport.ts';
import { until } from '#libs/transport/until.ts';
import { FLIGHTS_TOPIC } from '#services/demo/demo-config.ts';
import { expectRecounted } from '../testing/expect-recounted.ts';
import { createLab, type Lab } from '../testing/lab.ts';
import { endAll, spawnCli } from '../testing/run-cli.ts';
import { countedAtLeast, EventSource, ended, writeServiceConfig } from '../testing/service-lab.ts';
import { WatchedService } from '../testing/watched-service.ts';

let lab: Lab;
beforeAll(() => {
  lab = createLab();
});
afterAll(() => lab.remove());
afterEach(endAll);

const start = (config: string, args: readonly string[] = []) =>
  new WatchedService(config, { args });

const enginesAt = (brokers: readonly string[]) =>
  `kafka: { brokers: ${JSON.stringify(brokers)}, session_timeout: 6s, request_timeout: 2s }`;

test('who waits for a broker is ended by Ctrl+C at once', async () => {
  const config = writeServiceConfig({
    ...{ folder: lab.folder, name: 'nowhere', engines: enginesAt(['127.0.0.1:1']) },
  });
  const service = start(config);
  await service.said(/waiting: PLB_TRANSPORT_UNAVAILABLE .*127\.0\.0\.1:1.*refuses the connection/);
  expect(await service.stop('SIGINT')).toBe(130);
  expect(service.process.out()).toMatch(/fix: check that the brokers run/);
});

describeOnKafka('on Kafka', (kafka) => {
  const engines = () => enginesAt(kafka().bootstrap);
  const open = async (name: string) => EventSource.open(kafka().bootstrap, { name });

  test('a broker that comes late, a topic that comes later, a broker that is away for a while', async () => {
    const name = 'night';
    const config = writeServiceConfig({ folder: lab.folder, name, engines: engines() });
    const [broker] = kafka().brokers;
    // The other tests want it, however this one ends.
    onTestFinished(async () => {
      broker!.thaw();
      if (!broker!.running) await broker!.start();
    });
    await broker!.stop();
    const service = start(config);
    await service.said(/waiting: PLB_TRANSPORT_UNAVAILABLE .*refuses the connection/);
    await service.logged(/"code":"PLB_TRANSPORT_UNAVAILABLE".*"fix":/);
    expect(await service.unready(/refuses the connection.*check that the brokers run/)).toEqual({
      ...{ name: 'start', ok: false, reason: expect.any(String) },
    });
    expect((await service.readiness()).status).toBe(503);
    expect((await fetch(`${await service.url()}/healthz`)).status).toBe(200);

    await broker!.start();
    await service.said(/going on/);
    await service.said(/plumbline is at/);
    const missing = await service.unready(/Cannot find topic night\.orders/);
    expect(missing.name).toBe('profiler of orders');

    const source = await open(name);
    await source.createTopic();
    await service.ready();
    await service.logged(/profiler of orders goes on/);
    await source.sendUntil(0.4);
    await countedAtLeast(service, source.sent);

    broker!.freeze();
    await service.unready(/^Cannot .*127\.0\.0\.1:\d+/);
    broker!.thaw();
    await service.ready();
    await source.sendUntil(0.7);
    await countedAtLeast(service, source.sent);

    await broker!.stop();
    await service.unready(/refuses the connection/);
    await broker!.start();
    await service.ready();
    await source.finish();
    await ended(service);
    expect(await service.metrics()).toMatch(/plumbline_failures_total\{.*TRANSPORT_UNAVAILABLE/);
    expect(await service.stop()).toBe(0);
    // What happens in a few seconds over and over is not said over and over.
    const lines = service.process.err().trimEnd().split('\n');
    expect(lines.filter((line) => line.includes('"level":"warn"')).length).toBeLessThan(25);

    const store = await openSqliteStore({ directory: lab.at(name), owner: 'test' });
    try {
      await expectRecounted(config, { store, transport: source.transport });
    } finally {
      await store.close();
      await source.transport.close();
    }
  }, 120_000);

  test('of two processes with stores of their own the second is refused, the first goes on', async () => {
    const name = 'sole';
    const source = await open(name);
    await source.createTopic();
    const config = writeServiceConfig({ folder: lab.folder, name, engines: engines() });
    const first = start(config);
    await first.ready();
    await source.sendUntil(0.3);
    await countedAtLeast(first, source.sent);

    const second = start(
      writeServiceConfig({ folder: lab.folder, name, engines: engines(), data: 'sole-2' }),
    );
    await second.said(/waiting: PLB_SEVERAL_PROCESSES .* another one has them; for 6 s/);
    await source.sendUntil(0.5);
    await countedAtLeast(first, source.sent);
    expect((await second.process.exit).code).toBe(2);
    expect(second.process.err()).toMatch(
      /^PLB_SEVERAL_PROCESSES Cannot evaluate for instance sole: .*\n {2}fix: stop the other/m,
    );
    expect(await first.readiness()).toMatchObject({ status: 200 });

    // Killed, it counts among the group until its session ends: the next life waits for that.
    first.process.kill('SIGKILL');
    await first.process.exit;
    const again = start(config);
    await again.ready();
    await source.finish();
    await ended(again);
    expect(await again.stop()).toBe(0);
    expect(again.process.out()).not.toContain('PLB_');
    const store = await openSqliteStore({ directory: lab.at(name), owner: 'test' });
    try {
      await expectRecounted(config, { store, transport: source.transport });
    } finally {
      await store.close();
      await source.transport.close();
    }
  }, 120_000);

  test('the demo runs on Kafka, on topics of its own that begin anew', async () => {
    const transport = await openKafkaTransport({ brokers: kafka().bootstrap });
    const old = { ...{ topic: FLIGHTS_TOPIC, partitions: 1 }, cleanup: 'delete' as const };
    await transport.ensureTopic(old);
    const value = Buffer.from('{"date": "1999-01-01T00:00:00Z", "delay": 1}');
    await transport.send(FLIGHTS_TOPIC, [{ value }]);

    const args = ['demo', '--brokers', kafka().bootstrap.join(), '--speed', '20', '--port', '0'];
    const demo = spawnCli([...args, '--data', lab.at('demo')]);
    const patience = { deadlineMs: 150_000 };
    await until(() => /The page is at/.test(demo.err()), { what: 'the page is up', ...patience });
    const page = /page is at (http:\S+)/.exec(demo.err())?.[1]?.replace('localhost', '127.0.0.1');
    const months = new Set<string>();
    await until(
      async () => {
        const answer = await fetch(`${page}/api/v1/evaluations?limit=100`);
        const { items } = (await answer.json()) as { items: { window: { start: string } }[] };
        for (const { window } of items) months.add(window.start.slice(0, 7));
        return items.length > 0;
      },
      { what: 'a window is evaluated', ...patience },
    );
    expect([...months]).toEqual(['2001-01']);
    demo.kill('SIGINT');
    expect((await demo.exit).code).toBe(0);
    expect(demo.err()).not.toMatch(/PLB_|WARN|ERROR/);
    expect((await transport.describe(FLIGHTS_TOPIC))?.partitions).toHaveLength(4);
    await transport.close();
  }, 360_000);
});
