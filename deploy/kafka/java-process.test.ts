import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '#libs/transport/until.ts';
import { isAlive } from './is-alive.ts';
import { JavaProcess } from './java-process.ts';

/** Any program will do: here one that needs no Java. */
const COMMAND = ['sleep', '600'];

describe('JavaProcess', () => {
  let folder: string;
  let removes: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plumbline-process-'));
    removes = join(folder, 'temporary');
    mkdirSync(removes);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const log = (): string => join(folder, 'log');

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'ends by %s, and leaves its folder',
    async (signal) => {
      const process = new JavaProcess({ command: COMMAND, log: log(), removes });
      const { pid } = process;
      expect([isAlive(pid), process.running]).toEqual([true, true]);
      await process.end(signal);
      expect([isAlive(pid), process.running]).toEqual([false, false]);
      // A watchdog that took this for the parent's death would remove it now.
      const other = new JavaProcess({ command: ['true'], log: log(), removes });
      await until(() => !other.running, { what: 'another one has come and gone' });
      expect(existsSync(removes)).toBe(true);
    },
  );

  test('is killed after some patience when it ignores the signal', async () => {
    const script = 'trap "" TERM; echo ready; while :; do sleep 0.1; done';
    const process = new JavaProcess({ command: ['sh', '-c', script], log: log() });
    await until(() => process.said('ready'), { what: 'the signal is ignored' });
    await process.end('SIGTERM', 50);
    expect(process.running).toBe(false);
  });

  test('keeps what it said, and shows the end of it', async () => {
    const process = new JavaProcess({ command: ['seq', '100'], log: log() });
    await until(() => !process.running, { what: 'it has ended' });
    expect(process.said('1\n2\n3\n')).toBe(true);
    expect(process.tail().split('\n').at(-1)).toBe('100');
    expect(process.tail()).not.toContain('50');
  });

  test.each([true, false])(
    'dies with a parent that is killed; frozen: %s',
    async (frozen) => {
      const source = `
      import { JavaProcess } from ${JSON.stringify(import.meta.resolve('./java-process.ts'))};
      const child = new JavaProcess(${JSON.stringify({ command: COMMAND, log: log(), removes })});
      if (${frozen}) child.signal('SIGSTOP');
      process.send(child.pid);
      setInterval(() => {}, 1000);
    `;
      const parent = spawn(process.execPath, ['--input-type=module', '--eval', source], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const [pid] = (await once(parent, 'message')) as [number];
      expect(isAlive(pid)).toBe(true);
      parent.kill('SIGKILL');
      await until(() => !isAlive(pid), { what: 'it is killed', deadlineMs: 60_000 });
      await until(() => !existsSync(removes), {
        ...{ what: 'its folder is removed', deadlineMs: 60_000 },
      });
    },
    150_000,
  );
});
