import { expect, onTestFinished, test } from 'vitest';
import { buildApi } from '../app.ts';
import {
  ask,
  assessment,
  HOUR,
  publication,
  publish,
  START,
  streamStatus,
  testOptions,
  writeResources,
} from '../test-api.ts';

async function setUp(overrides: Parameters<typeof testOptions>[0] = {}) {
  const { options, store, events } = await testOptions(overrides);
  await writeResources(store);
  const app = await buildApi(options);
  onTestFinished(() => app.close());
  const items = async (url: string) => {
    const { status, body } = await ask(app, url);
    expect(status, JSON.stringify(body)).toBe(200);
    return (body as { items: readonly Record<string, unknown>[] }).items;
  };
  return { app, store, events, items };
}

test('a monitor before its first window is waiting, and known to nobody as well', async () => {
  const { items } = await setUp();
  const monitors = await items('/api/v1/monitors');
  expect(monitors.map(({ name }) => name)).toEqual(['fraud', 'volume-only']);
  expect(monitors[0]).toMatchObject({
    namespace: 'default',
    managed_by: 'file',
    revision: 1,
    status: 'waiting',
    verdict: null,
    window: null,
    fields: [],
    stream: { name: 'scored', condition: 'waiting', since: null, watermark: null },
    definition: {
      stream: 'scored',
      baseline: 'fraud-v7',
      window_ms: HOUR,
      hop_ms: HOUR,
      fields: 'auto',
      thresholds: { amount: { ks: { warning: 0.1, critical: 0.2 }, psi: 'off' } },
      volume: 'default',
      owner: 'data-eng',
      runbook: 'https://runbooks.example/fraud',
      objective: null,
    },
  });
  expect(monitors[1]).toMatchObject({ definition: { fields: ['amount'], owner: null } });
});

test('a monitor shows the verdicts of its newest window, worst first', async () => {
  const { store, items } = await setUp();
  await store.putStreamStatus(streamStatus());
  await publish(
    store,
    publication(0, { assessments: [assessment('gone', 'critical')] }),
    publication(1, {
      assessments: [
        assessment(null, 'ok'),
        assessment('amount', 'insufficient_data'),
        assessment('country', 'warning'),
      ],
    }),
  );
  const [fraud] = await items('/api/v1/monitors');
  expect(fraud).toMatchObject({
    status: 'warning',
    verdict: 'warning',
    window: { start: '2001-01-01T01:00:00.000Z' },
    stream: { condition: 'live', tallies: { events: 500, bad_malformed: 2 } },
    fields: [
      { field: 'country', verdict: 'warning', reason: 'Because of country.', revision: 1 },
      { field: 'amount', verdict: 'insufficient_data' },
      { field: null, verdict: 'ok' },
    ],
  });
});

test('a segment with too little data does not speak for its monitor, one that drifts does', async () => {
  const { store, items } = await setUp();
  await store.putStreamStatus(streamStatus());
  const rows = [
    ...[assessment('amount', 'ok'), assessment(null, 'ok')],
    assessment('amount', 'insufficient_data', { segment: 'other' }),
  ];
  await publish(store, publication(0, { assessments: rows }));
  expect((await items('/api/v1/monitors'))[0]).toMatchObject({ status: 'ok', verdict: 'ok' });
  const drifting = assessment('amount', 'warning', { segment: 'country=DE' });
  await publish(store, publication(1, { assessments: [...rows, drifting] }));
  expect((await items('/api/v1/monitors'))[0]).toMatchObject({
    ...{ status: 'warning', verdict: 'warning', definition: { segments: null } },
    fields: [
      { field: 'amount', segment: 'country=DE', verdict: 'warning' },
      { field: 'amount', segment: 'other', verdict: 'insufficient_data' },
      ...[{ segment: null }, { segment: null }],
    ],
  });
});

test('a stalled stream is not well, whatever its last window said; critical is still worse', async () => {
  const { store, items } = await setUp();
  await store.putStreamStatus(streamStatus({ condition: 'stalled', reason: 'Quiet for 10 min.' }));
  await publish(store, publication(0, { assessments: [assessment('amount', 'ok')] }));
  expect((await items('/api/v1/monitors'))[0]).toMatchObject({ status: 'stalled', verdict: 'ok' });
  await publish(store, publication(1));
  expect((await items('/api/v1/monitors'))[0]).toMatchObject({ status: 'critical' });
});

test('what was last known is not shown as going on when no evaluator reports any more', async () => {
  let now = START;
  const { store, items } = await setUp({ now: () => now });
  await store.putStreamStatus(streamStatus({ updatedAt: START }));
  await publish(store, publication(0, { assessments: [assessment('amount', 'ok')] }));
  now = START + 30_000;
  const alive = { condition: 'live', stale: false, reason: 'Events arrive.' };
  expect((await items('/api/v1/streams'))[0]).toMatchObject({ status: alive });
  expect((await items('/api/v1/monitors'))[0]).toMatchObject({ status: 'ok', stream: alive });
  now = START + 6 * 60_000 + 59_000;
  const gone = {
    condition: 'live',
    stale: true,
    reason: 'No evaluator has reported for 6m. The last report: Events arrive.',
  };
  expect((await items('/api/v1/streams'))[0]).toMatchObject({ status: gone });
  expect((await items('/api/v1/monitors'))[0]).toMatchObject({ status: 'stalled', stream: gone });
  await store.putStreamStatus(streamStatus({ updatedAt: START, condition: 'ended' }));
  expect((await items('/api/v1/monitors'))[0]).toMatchObject({
    status: 'ok',
    stream: { condition: 'ended', stale: false },
  });
});

test('a change of the configuration shows at once', async () => {
  const { store, items } = await setUp();
  expect(await items('/api/v1/monitors')).toHaveLength(2);
  await store.replaceFileResources([]);
  expect(await items('/api/v1/monitors')).toEqual([]);
});

test('a stored configuration that cannot be used leaves the last one, and is told once', async () => {
  const { store, events, items } = await setUp();
  expect(await items('/api/v1/monitors')).toHaveLength(2);
  const document = { stream: 'nowhere', baseline: 'fraud-v7', window: '1h', fields: 'auto' };
  await store.replaceFileResources([
    { kind: 'monitor', namespace: 'default', name: 'broken', document },
  ]);
  expect(await items('/api/v1/monitors')).toHaveLength(2);
  expect(await items('/api/v1/monitors')).toHaveLength(2);
  expect(events.filter(({ type }) => type === 'failure')).toMatchObject([
    { role: 'api', code: 'PLB_CONFIG_INVALID', outcome: 'continues' },
  ]);
  await store.replaceFileResources([]);
  expect(await items('/api/v1/monitors')).toEqual([]);
});

test('namespaces are apart', async () => {
  const { store, items } = await setUp();
  await store.putStreamStatus(streamStatus({ namespace: 'other' }));
  expect(await items('/api/v1/monitors?namespace=other')).toEqual([]);
  expect(await items('/api/v1/streams?namespace=other')).toMatchObject([
    { name: 'scored', topics: null },
  ]);
});

test('streams show their configuration and status, reported or not', async () => {
  const { store, items } = await setUp();
  expect(await items('/api/v1/streams')).toMatchObject([
    {
      name: 'scored',
      topics: ['fraud.scored'],
      status: { condition: 'waiting', updated_at: null },
    },
  ]);
  await store.putStreamStatus(streamStatus());
  expect(await items('/api/v1/streams')).toMatchObject([
    {
      status: {
        condition: 'live',
        watermark: '2001-01-01T01:00:00.000Z',
        last_event_at: null,
        partitions: [
          { highest: '2001-01-01T00:00:00.000Z', epoch: null, lag_records: null },
          { highest: null, idle: true, lag_seconds: null },
        ],
        lag: null,
      },
    },
  ]);
});

test('how far a stream is behind is told by partition and for all, where the ends are known', async () => {
  const { store, items } = await setUp();
  const [first, second] = streamStatus().partitions;
  const lagOf = async (...parts: object[]) => {
    const partitions = [first!, second!].map((one, i) => ({ ...one, ...parts[i] }));
    await store.putStreamStatus(streamStatus({ partitions }));
    const [{ status }] = (await items('/api/v1/streams')) as [{ status: { lag: unknown } }];
    return status.lag;
  };
  const behind = { epoch: 2, lagRecords: 70, lagMs: 2500 };
  expect(await lagOf(behind, { lagRecords: 5, lagMs: 9000 })).toEqual({ records: 75, seconds: 9 });
  expect(await lagOf(behind, { lagRecords: 5 })).toEqual({ records: 75, seconds: null });
  expect(await lagOf(behind, {})).toBeNull();
  expect(await items('/api/v1/streams')).toMatchObject([
    { status: { partitions: [{ epoch: 2, lag_records: 70, lag_seconds: 2.5 }, {}] } },
  ]);
  expect(await items('/api/v1/monitors')).toMatchObject([{ stream: { lag: null } }, {}]);
});

test('that only a sample is counted is shown with the stream and its monitors', async () => {
  const { store, items } = await setUp();
  expect(await items('/api/v1/streams')).toMatchObject([{ sampling: null }]);
  await store.replaceFileResources(
    (await store.listResources()).map(({ kind, namespace, name, document }) => ({
      ...{ kind, namespace, name },
      document:
        kind === 'stream' ? { ...(document as object), sampling: { share: 0.1 } } : document,
    })),
  );
  expect(await items('/api/v1/streams')).toMatchObject([{ sampling: { share: 0.1 } }]);
  for (const { stream } of (await items('/api/v1/monitors')) as { stream: object }[]) {
    expect(stream).toMatchObject({ sampling: { share: 0.1 } });
  }
});

test('baselines show provenance', async () => {
  const { store, items } = await setUp();
  const record = {
    namespace: 'default',
    name: 'fraud-v7',
    version: '1',
    hash: 'ab'.repeat(32),
    modelVersion: null,
    createdAt: START,
    rows: 3,
    timeRange: { start: START, end: START + HOUR },
    source: { uri: 'file:///train.parquet', sha256: 'cd'.repeat(32), bytes: 12 },
    summary: { fields: [{ name: 'amount', type: 'numeric' }], warnings: [] },
  };
  await store.putBaseline(record, new Uint8Array([1, 2, 3]));
  expect(await items('/api/v1/baselines')).toEqual([
    {
      namespace: 'default',
      name: 'fraud-v7',
      version: '1',
      hash: 'ab'.repeat(32),
      model_version: null,
      created_at: '2001-01-01T00:00:00.000Z',
      rows: 3,
      time_range: { start: '2001-01-01T00:00:00.000Z', end: '2001-01-01T01:00:00.000Z' },
      expires_at: null,
      expired: false,
      source: record.source,
      summary: record.summary,
    },
  ]);
});

test.each([
  ['2h', '2001-01-01T01:00:00.000Z', false],
  ['30m', '2000-12-31T23:30:00.000Z', true],
])('a baseline that is good for %s says until when', async (after, at, expired) => {
  const { store, items } = await setUp();
  const document = { file: '/data/train.parquet', expires_after: after };
  await store.replaceFileResources([
    { namespace: 'default', kind: 'baseline', name: 'fraud-v7', document },
  ]);
  await store.putBaseline(
    {
      ...{ namespace: 'default', name: 'fraud-v7', version: '1', hash: 'ab'.repeat(32) },
      ...{ modelVersion: null, createdAt: START, rows: 3, summary: null },
      timeRange: { start: START - 3 * HOUR, end: START - HOUR },
      source: { uri: 'train.parquet', sha256: 'cd'.repeat(32), bytes: 12 },
    },
    new Uint8Array([1, 2, 3]),
  );
  expect(await items('/api/v1/baselines')).toMatchObject([{ expires_at: at, expired }]);
});

test('an unknown parameter is refused on every route', async () => {
  const { app } = await setUp();
  const routes = ['monitors', 'streams', 'baselines', 'events'].map((name) => `/api/v1/${name}`);
  for (const route of [...routes, '/healthz', '/readyz', '/metrics']) {
    expect(await ask(app, `${route}?namespcae=x`)).toMatchObject({
      status: 400,
      body: { code: 'PLB_QUERY_INVALID', path: 'namespcae' },
    });
  }
});
