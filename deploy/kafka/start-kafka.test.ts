import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { until } from '#libs/transport/until.ts';
import { isAlive } from './is-alive.ts';
import { startKafka } from './start-kafka.ts';
import { describeOnKafka } from './test-kafka.ts';
import { withAdmin } from './with-admin.ts';

const DEADLINE_MS = 60_000;

describeOnKafka('startKafka', (kafka) => {
  const topics = () => withAdmin(kafka().bootstrap, (admin) => admin.listTopics());

  test(
    'keeps its data and addresses when a broker is stopped or killed and started again',
    async () => {
      const [broker] = kafka().brokers;
      if (broker === undefined) throw new Error('no broker');
      await withAdmin(kafka().bootstrap, async (admin) => {
        await admin.createTopics({ topics: [{ topic: 'kept' }] });
        await admin.setOffsets({
          groupId: 'g',
          topic: 'kept',
          partitions: [{ partition: 0, offset: '0' }],
        });
      });
      for (const end of ['stop', 'kill'] as const) {
        const { pid } = broker;
        expect(isAlive(pid)).toBe(true);
        await broker[end]();
        expect([isAlive(pid), broker.running, broker.pid]).toEqual([false, false, 0]);
        await expect(topics()).rejects.toThrow();
        await broker.start();
        expect(await topics()).toContain('kept');
      }
    },
    DEADLINE_MS,
  );

  test(
    'a frozen broker does not answer, a thawed one does',
    async () => {
      const [broker] = kafka().brokers;
      let answered = false;
      broker?.freeze();
      const asked = topics().then(() => {
        answered = true;
      });
      // As long as a process takes to start and to end: many times what an answer takes.
      await once(spawn(process.execPath, ['--eval', '']), 'exit');
      expect(answered).toBe(false);
      broker?.thaw();
      await asked;
      expect(answered).toBe(true);
    },
    DEADLINE_MS,
  );

  test(
    'refuses a port that is in use, with the end of the log what a broker objects to',
    async () => {
      const port = Number(kafka().bootstrap[0]?.split(':')[1]);
      await expect(startKafka({ port })).rejects.toMatchObject({ code: 'PLB_LISTEN_PORT' });
      await expect(startKafka({ settings: { 'num.io.threads': 'many' } })).rejects.toMatchObject({
        code: 'PLB_KAFKA_START',
        message: expect.stringContaining('Invalid value many for configuration num.io.threads'),
      });
    },
    DEADLINE_MS,
  );

  test(
    'ends with a parent that is killed, and its folder with it',
    async () => {
      const source = `
      import { isAlive } from './is-alive.ts';
import { startKafka } from ${JSON.stringify(import.meta.resolve('./start-kafka.ts'))};
      const { brokers, folder } = await startKafka();
      process.send({ pid: brokers[0].pid, folder });
    `;
      const parent: ChildProcess = spawn(
        process.execPath,
        ['--input-type=module', '--eval', source],
        {
          cwd: fileURLToPath(new URL('.', import.meta.url)),
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        },
      );
      const [{ pid, folder }] = (await once(parent, 'message')) as [
        { pid: number; folder: string },
      ];
      expect(isAlive(pid)).toBe(true);
      parent.kill('SIGKILL');
      await until(() => !isAlive(pid), { what: 'the broker ends' });
      await until(() => !existsSync(folder), { what: 'its folder is removed' });
    },
    DEADLINE_MS,
  );
});
