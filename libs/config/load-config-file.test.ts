import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIVE_MINUTES } from './fixtures/five-minutes.ts';
import { loadConfigFile } from './load-config-file.ts';

describe('loadConfigFile', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-config-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('reads a file; paths in it start from its folder', async () => {
    const path = join(folder, 'good.yaml');
    await writeFile(path, FIVE_MINUTES);
    const { config } = await loadConfigFile(path);
    expect(config.baselines[0]?.file).toBe(join(folder, 'train.parquet'));
    expect(config.dataDirectory).toBe(join(folder, '.plumbline'));
  });

  it('tells every problem with its place', async () => {
    const path = join(folder, 'bad.yaml');
    await writeFile(
      path,
      FIVE_MINUTES.replace('window:', 'windw:').replace('notify: oncall', 'notify: x'),
    );
    await expect(loadConfigFile(path)).rejects.toMatchObject({
      code: 'PLB_CONFIG_INVALID',
      message: [
        `Cannot use ${path}: 2 problems`,
        `${path}:10:5 monitors.fraud.windw: unknown key; did you mean "window"?`,
        `${path}:14:13 monitors.fraud.notify: no channel is called "x"`,
        '  fix: there is oncall',
      ].join('\n'),
    });
  });

  it('says that there is no such file, and that a folder is none', async () => {
    await expect(loadConfigFile(join(folder, 'none.yaml'))).rejects.toMatchObject({
      code: 'PLB_FILE_NOT_FOUND',
      message: expect.stringContaining('there is no such file'),
    });
    await expect(loadConfigFile(folder)).rejects.toMatchObject({
      code: 'PLB_FILE_NOT_FOUND',
      message: expect.stringContaining('must be a file, got a folder'),
    });
  });
});
