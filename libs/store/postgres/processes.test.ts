import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { describeOnPostgres } from '#deploy/postgres/test-postgres.ts';
import { expectWhole } from '../testing/expect-whole.ts';
import { openPostgresStore } from './open-postgres-store.ts';

const COMMITS = new URL('./commit-loop.ts', import.meta.url);
const CLAIMS = new URL('./claim-loop.ts', import.meta.url);
const PROFILES = 2;
const DEADLINE = { timeout: 30_000, interval: 10 };

describeOnPostgres('several processes on one database', (server) => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** A process of this folder, and the lines that it has written so far. */
  function start(
    script: URL,
    { url, args }: { readonly url: string; readonly args: readonly string[] },
  ) {
    const child = spawn(process.execPath, [fileURLToPath(script), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PLUMBLINE_DATABASE_URL: url },
    });
    children.push(child);
    const lines: string[] = [];
    const read = createInterface({ input: child.stdout });
    read.on('line', (line) => lines.push(line));
    const ended = Promise.all([once(read, 'close'), once(child, 'exit')]);
    return { child, lines, ended };
  }

  type Started = ReturnType<typeof start>;

  async function kill({ child, ended }: Started): Promise<void> {
    child.kill('SIGKILL');
    await ended;
  }

  const written = (processes: readonly Started[]) =>
    processes.reduce((sum, { lines }) => sum + lines.length, 0);

  /** The highest version that was answered per profile; no version may be answered twice. */
  function answers(processes: readonly Started[]): ReadonlyMap<string, number> {
    const all = processes.flatMap(({ lines }) => lines);
    expect(new Set(all).size).toBe(all.length);
    const highest = new Map<string, number>();
    for (const line of all) {
      const [profile = '', version = ''] = line.split(' ');
      highest.set(profile, Math.max(highest.get(profile) ?? 0, Number(version)));
    }
    return highest;
  }

  test('writers of the same profiles: each version is one’s, through kill -9 of a writer and of the server', async () => {
    const url = await server().createDatabase();
    // Both create the tables, too.
    const [one, two] = [0, 1].map(() => start(COMMITS, { url, args: [String(PROFILES)] }));
    if (one === undefined || two === undefined) return;
    const until = (count: number) =>
      vi.waitFor(() => expect(written([one, two])).toBeGreaterThan(count), DEADLINE);
    await until(40);
    await server().kill();
    await server().start();
    await until(written([one, two]) + 40);
    await kill(one);
    await until(written([one, two]) + 10);
    await server().shutDown();
    await server().start();
    await until(written([one, two]) + 10);
    await kill(two);

    expect(one.lines.length).toBeGreaterThan(0);
    expect(two.lines.length).toBeGreaterThan(0);
    const answered = answers([one, two]);
    const store = await openPostgresStore({ url });
    try {
      for (let i = 0; i < PROFILES; i += 1) {
        await expectWhole(store, `p${i}`, answered.get(`p${i}`) ?? 0);
      }
    } finally {
      await store.close();
    }
  });

  test('claimers: every item is completed once; what a killed one held goes to another', async () => {
    const url = await server().createDatabase();
    const store = await openPostgresStore({ url });
    try {
      const count = 400;
      await store.enqueue(
        'work',
        Array.from({ length: count }, (_, i) => ({ payload: i })),
      );
      const victim = start(CLAIMS, { url, args: ['victim', 'keep'] });
      await vi.waitFor(() => expect(victim.lines).toHaveLength(5), DEADLINE);
      const others = ['b', 'c', 'd'].map((holder) => start(CLAIMS, { url, args: [holder] }));
      await kill(victim);
      for (const { ended } of others) await ended;

      expect(await store.countWork('work')).toBe(0);
      const all = [victim, ...others].flatMap(({ lines }) => lines);
      const completed = all.filter((line) => line.startsWith('completed'));
      expect(new Set(completed.map((line) => line.split(' ')[1])).size).toBe(count);
      expect(completed).toHaveLength(count);
      // The same item with the same token would be one claim that two processes had.
      const claimed = all.filter((line) => line.startsWith('claimed'));
      expect(new Set(claimed).size).toBe(claimed.length);
      for (const line of victim.lines) {
        expect(completed).not.toContain(line.replace('claimed', 'completed'));
      }
    } finally {
      await store.close();
    }
  });
});
