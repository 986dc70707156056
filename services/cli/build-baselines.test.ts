import { afterAll, expect, test } from 'vitest';
import { parseConfig } from '#libs/config/parse-config.ts';
import { openSqliteStore } from '#libs/store/sqlite/open-sqlite-store.ts';
import { createLifecycle, type LifecycleEvent } from '#libs/telemetry/lifecycle.ts';
import { buildBaselines } from './build-baselines.ts';
import { configText, createLab, toLines, trainingRows } from './testing/lab.ts';

const lab = createLab();
afterAll(() => lab.remove());

test('what is told of a baseline that was built is its rows and fields; nothing of one that is there', async () => {
  lab.write('train.ndjson', toLines(trainingRows().slice(0, 200)));
  const loaded = parseConfig(configText({ data: 'data', source: 'events.ndjson' }), {
    source: lab.at('plumbline.yaml'),
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const store = await openSqliteStore({ directory: lab.folder, owner: 'test' });
  const events: LifecycleEvent[] = [];
  const lifecycle = createLifecycle();
  lifecycle.observe((event) => events.push(event));
  const context = { store, now: () => 0, lifecycle };
  try {
    await buildBaselines(loaded.config, context);
    await buildBaselines(loaded.config, context);
  } finally {
    await store.close();
  }
  expect(events).toMatchObject([{ type: 'baseline_built', rows: 200, fields: 2 }]);
});
