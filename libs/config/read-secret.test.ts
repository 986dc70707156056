import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSecret } from './read-secret.ts';

const directory = mkdtempSync(join(tmpdir(), 'plumbline-secret-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const path = 'kafka.sasl.password';

test('a secret comes from the environment', async () => {
  expect(await readSecret({ env: 'PW' }, { env: { PW: ' hunter2 ' }, path })).toBe(' hunter2 ');
});

test('a secret comes from a file, without the final line break', async () => {
  const file = join(directory, 'password');
  writeFileSync(file, 'two\nlines\r\n');
  expect(await readSecret({ file }, { env: {}, path })).toBe('two\nlines');
});

test.each([
  [{ env: 'PW' }, {}, 'PW must hold it, it is not set'],
  [{ env: 'PW' }, { PW: '' }, 'PW must hold it, it is empty'],
])('a variable that holds nothing is an error with its name', async (reference, env, message) => {
  await expect(readSecret(reference, { env, path })).rejects.toMatchObject({
    code: 'PLB_SECRET_MISSING',
    message: expect.stringContaining(message),
    detail: { path },
  });
});

test('a file that is not there or empty is an error with its name', async () => {
  const file = join(directory, 'none');
  await expect(readSecret({ file }, { env: {}, path })).rejects.toThrow(
    `${file} must hold it, it does not exist`,
  );
  writeFileSync(file, '\n');
  await expect(readSecret({ file }, { env: {}, path })).rejects.toThrow('it is empty');
});
