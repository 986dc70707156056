import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { describeOnPostgres } from '#deploy/postgres/test-postgres.ts';
import { openPostgresStore } from '#libs/store/postgres/open-postgres-store.ts';
import { expectRecounted } from '../testing/expect-recounted.ts';
import { createLab, type Lab } from '../testing/lab.ts';
import { endAll, eventually } from '../testing/run-cli.ts';
import { countedAtLeast, EventSource, ended, writeServiceConfig } from '../testing/service-lab.ts';
import { WatchedService } from '../testing/watched-service.ts';

const PARTITIONS = 12;

let lab: Lab;
beforeAll(() => {
  lab = createLab();
});
afterAll(() => lab.remove());
afterEach(endAll);

/** Processes that a process has started. */
function childrenOf(pid: number): readonly number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describeOnKafka('workers on Kafka', (kafka) => {
  describeOnPostgres('and PostgreSQL', (postgres) => {
    /** A configuration, its database and its topic; `start` runs it. */
    async function setUp(name: string) {
      const url = await postgres().createDatabase();
      const brokers = JSON.stringify(kafka().bootstrap);
      const config = writeServiceConfig({
        ...{ folder: lab.folder, name, partitions: PARTITIONS },
        engines: `kafka: { brokers: ${brokers}, session_timeout: 6s, request_timeout: 5s }
store: { postgres: { url: { env: PLUMBLINE_TEST_DATABASE } } }`,
      });
      const source = await EventSource.open(kafka().bootstrap, { name, partitions: PARTITIONS });
      await source.createTopic();
      const start = (...args: readonly string[]) =>
        new WatchedService(config, {
          ...{ args, ownGroup: true },
          env: { PLUMBLINE_TEST_DATABASE: url },
        });
      const expectExact = async () => {
        const store = await openPostgresStore({ url });
        await expectRecounted(config, { store, transport: source.transport });
        await store.close();
        await source.transport.close();
      };
      return { source, start, expectExact };
    }

    const eventsTotal = async (service: WatchedService) => {
      const line = /^plumbline_events_total\{.*\} (\d+)$/m.exec(await service.metrics());
      return Number(line?.[1]);
    };

    test('share the work, are replaced when they die, and end with Ctrl+C', async () => {
      const { source, start, expectExact } = await setUp('shared');
      const service = start('--workers', '2');
      await service.ready();
      const names = (await service.readiness()).checks.map(({ name }) => name).sort();
      const parts = (worker: string) => [`${worker}: evaluator`, `${worker}: profiler of orders`];
      expect(names).toEqual(['store', ...parts('worker 1'), ...parts('worker 2')]);
      const workers = childrenOf(service.process.pid);
      expect(workers).toHaveLength(2);

      await source.sendUntil(0.4);
      await countedAtLeast(service, source.sent);
      // More than were sent, where partitions moved and a block was read again.
      expect(await eventsTotal(service)).toBeGreaterThanOrEqual(source.sent);
      expect(await service.metrics()).toMatch(/plumbline_build_info\{.*\} 1\n/);
      expect(await service.metrics()).toMatch(
        /plumbline_partitions_assigned\{.*role="profiler"\} 12\n/,
      );

      process.kill(workers[0]!, 'SIGKILL');
      const { name } = await service.unready(/It ended \(signal SIGKILL\) and is started again/);
      expect(name).toMatch(/^worker [12]$/);
      // What the dead one had counted stays in the sum.
      expect(await eventsTotal(service)).toBeGreaterThanOrEqual(source.sent);
      await source.sendUntil(0.7);
      await service.ready();
      expect(childrenOf(service.process.pid)).toHaveLength(2);
      await source.finish();
      await ended(service);
      expect(await eventsTotal(service)).toBeGreaterThanOrEqual(source.sent);

      const last = childrenOf(service.process.pid);
      // As a terminal does: all processes of the command at once.
      process.kill(-service.process.pid, 'SIGINT');
      expect((await service.process.exit).code).toBe(0);
      expect(last.filter(isAlive)).toEqual([]);
      // One was killed above; none has ended by itself since, or was cut off.
      expect(service.process.err().match(/worker \d ended .*/g)).toEqual([
        expect.stringMatching(/^worker \d ended \(signal SIGKILL\), it is started again/),
      ]);
      await expectExact();
    }, 120_000);

    test('end by themselves when the one that started them is gone', async () => {
      const { source, start } = await setUp('orphans');
      const service = start('--workers', '1');
      await service.ready();
      const workers = childrenOf(service.process.pid);
      service.process.kill('SIGKILL');
      await eventually('no worker is left', () => !workers.some(isAlive));

      // The same while they start.
      const early = start('--workers', '1');
      const starting = await eventually('a worker is started', () => {
        const children = childrenOf(early.process.pid);
        return children.length > 0 ? children : undefined;
      });
      early.process.kill('SIGKILL');
      await eventually('no starting worker is left', () => !starting.some(isAlive));
      await source.transport.close();
    }, 90_000);

    test('need not be started by one process: each role can run on its own', async () => {
      const { source, start, expectExact } = await setUp('roles');
      const roles = ['profiler', 'evaluator', 'api'].map((role) => start('--role', role));
      const [profiler, evaluator, api] = roles as [WatchedService, WatchedService, WatchedService];
      for (const service of roles) await service.ready();
      // Of those that start together one builds the baseline, the others find it.
      const built = roles.map(({ process }) =>
        /baseline reference: .* (\w+)\n/.exec(process.out()),
      );
      expect(built.map((match) => match?.[1]).sort()).toEqual(['built', 'unchanged', 'unchanged']);
      await source.finish();
      await ended(api);
      expect(await eventsTotal(profiler)).toBeGreaterThanOrEqual(source.sent);
      expect(await eventsTotal(evaluator)).toBe(0);
      expect(await evaluator.get('/api/v1/streams')).toMatchObject({ status: 404 });
      const checks = await Promise.all(roles.map(async (one) => (await one.readiness()).checks));
      expect(checks.map((some) => some.map(({ name }) => name))).toEqual([
        ['store', 'profiler of orders'],
        ['store', 'evaluator'],
        ['store'],
      ]);
      expect(await Promise.all(roles.map((service) => service.stop()))).toEqual([0, 0, 0]);
      await expectExact();
    }, 90_000);
  });
});
