import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectWhole } from '../testing/expect-whole.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

const PROFILES = 3;

let directory: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-crash-'));
});

afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** Lets the loop run until `commits` were answered, then ends it with kill -9. */
async function runAndKill(
  commits: number,
  beforeKill: (pid: number) => Promise<void> = async () => {},
): Promise<ReadonlyMap<string, number>> {
  const loop = fileURLToPath(new URL('./commit-loop.ts', import.meta.url));
  const started = spawn(process.execPath, [loop, directory, String(PROFILES)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  const answered = new Map<string, number>();
  let lines = 0;
  for await (const line of createInterface({ input: started.stdout })) {
    const [profile = '', version = ''] = line.split(' ');
    answered.set(profile, Number(version));
    lines += 1;
    if (lines === commits) {
      await beforeKill(started.pid ?? 0);
      started.kill('SIGKILL');
    }
  }
  expect(lines).toBeGreaterThanOrEqual(commits);
  return answered;
}

test('kill -9 between and within commits: what was answered is there, and it is whole', async () => {
  for (const commits of [7, 41, 90]) {
    const answered = await runAndKill(commits);
    const store = await openSqliteStore({ directory, owner: 'the test' });
    try {
      for (let i = 0; i < PROFILES; i += 1) {
        // A profile without an answer in this round continued from the round before.
        const version = answered.get(`p${i}`);
        if (version !== undefined) await expectWhole(store, `p${i}`, version);
      }
    } finally {
      await store.close();
    }
    const file = new DatabaseSync(join(directory, 'store', 'store.sqlite'));
    expect(file.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    file.close();
  }
});

test('a second process is refused while the first one lives, and told who it is', async () => {
  await runAndKill(1, async (pid) => {
    await expect(openSqliteStore({ directory, owner: 'the second' })).rejects.toMatchObject({
      code: 'PLB_STORE_LOCKED',
      message: expect.stringContaining(`process ${pid} (the commit loop)`),
    });
  });
  const store = await openSqliteStore({ directory, owner: 'the heir' });
  await expect(openSqliteStore({ directory, owner: 'the same process' })).rejects.toMatchObject({
    code: 'PLB_STORE_LOCKED',
  });
  await store.ping();
  await store.close();
});
