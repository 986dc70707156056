import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { lockDirectory } from './directory-lock.ts';

let directory: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-lock-'));
});

afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** A process that takes the lock, says so, and lives until it is killed. */
async function holdInChild(): Promise<ChildProcess> {
  const source = `
    import { lockDirectory } from '${new URL('./directory-lock.ts', import.meta.url).href}';
    lockDirectory(process.argv[1], { owner: 'a test' });
    process.stdout.write('locked');
    setInterval(() => {}, 1000);`;
  const started = spawn(
    process.execPath,
    ['--input-type=module-typescript', '-e', source, directory],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  child = started;
  await new Promise<void>((resolve, reject) => {
    started.stdout?.once('data', () => resolve());
    started.once('exit', (code) => reject(new Error(`the child ended early with ${code}`)));
  });
  return started;
}

function refusal(): PlumblineError {
  try {
    lockDirectory(directory, { owner: 'the second one' }).release();
  } catch (error) {
    if (error instanceof PlumblineError) return error;
    throw error;
  }
  throw new Error('the lock was given twice');
}

test('another live process is named; its lock ends with kill -9', async () => {
  const holder = await holdInChild();
  const error = refusal();
  expect(error.code).toBe('PLB_STORE_LOCKED');
  expect(error.message).toContain(`process ${holder.pid} (a test)`);

  const ended = new Promise((resolve) => holder.once('exit', resolve));
  holder.kill('SIGKILL');
  await ended;
  expect(existsSync(join(directory, 'lock.json'))).toBe(true);
  lockDirectory(directory, { owner: 'the next one' }).release();
});

test('it excludes a second owner in the same process until it is released', () => {
  const lock = lockDirectory(directory, { owner: 'the first one' });
  expect(refusal().message).toContain(`this very process, ${process.pid} (the first one)`);
  lock.release();
  lock.release();
  const next = lockDirectory(directory, { owner: 'the next one' });
  // A late second release of the first lock must not free the directory under its new owner.
  lock.release();
  expect(refusal().code).toBe('PLB_STORE_LOCKED');
  next.release();
});

test('a directory that cannot be made is reported with its path', () => {
  const file = join(directory, 'file');
  lockDirectory(file, { owner: 'x' }).release();
  const below = join(file, 'lock.sqlite', 'below');
  expect(() => lockDirectory(below, { owner: 'x' })).toThrow(
    expect.objectContaining({
      code: 'PLB_FILE_NOT_FOUND',
      detail: expect.objectContaining({ path: below }),
    }),
  );
});
