import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '#libs/config/parse-config.ts';
import { openSqliteStore } from '#libs/store/sqlite/open-sqlite-store.ts';
import { ensureBaseline } from './ensure-baseline.ts';

test('a baseline is built again when what it counts changes, not when its end does', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-ensure-'));
  const store = await openSqliteStore({ directory, owner: 'test' });
  onTestFinished(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });
  const file = join(directory, 'rows.ndjson');
  const rows = Array.from({ length: 300 }, (_, i) => `{"x":${i % 50}}\n`);
  await writeFile(file, rows.join(''));
  const ensure = async (settings: string) => {
    const text = `baselines: { shop: { file: ${file}${settings} } }`;
    const parsed = parseConfig(text, { source: 'plumbline.yaml' });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const demands = { overrides: [], derive: [] };
    const [config] = parsed.config.baselines;
    const { built } = await ensureBaseline(config!, { store, demands, now: () => 1 });
    return built;
  };
  expect(await ensure('')).toBe(true);
  expect(await ensure('')).toBe(false);
  expect(await ensure(', expires_after: 90d')).toBe(false);
  expect(await ensure(', privacy: { min_count: 3 }')).toBe(true);
  expect(await ensure(', privacy: { min_count: 3 }, expires_after: 1d')).toBe(false);
  expect(await ensure(', privacy: { min_count: 2 }')).toBe(true);
});
