import { expect, onTestFinished, test } from 'vitest';
import { buildApi } from '../app.ts';
import { ask, assessment, publication, publish, testOptions, writeResources } from '../test-api.ts';

const URL = '/api/v1/evaluations';

interface Listing {
  readonly items: readonly {
    readonly field: string | null;
    readonly segment: string | null;
    readonly revision: number;
    readonly verdict: string;
    readonly window: { readonly start: string };
    readonly detail?: unknown;
  }[];
  readonly next_cursor: string | null;
}

async function setUp() {
  const { options, store } = await testOptions();
  await writeResources(store);
  const app = await buildApi(options);
  onTestFinished(() => app.close());
  const list = async (query: string) => {
    const { status, body } = await ask(app, `${URL}?${query}`);
    expect(body).toHaveProperty('items');
    expect(status).toBe(200);
    return body as Listing;
  };
  return { app, store, list };
}

test('an evaluation carries statistics, provenance and times in ISO 8601', async () => {
  const { app, store } = await setUp();
  await publish(store, publication(0));
  const { body } = await ask(app, `${URL}?field=amount`);
  expect(body).toEqual({
    items: [
      {
        namespace: 'default',
        monitor: 'fraud',
        field: 'amount',
        segment: null,
        window: { start: '2001-01-01T00:00:00.000Z', end: '2001-01-01T01:00:00.000Z' },
        revision: 1,
        verdict: 'critical',
        reason: 'Because of amount.',
        reason_code: 'amount_critical',
        n: 1000,
        m: 500,
        statistics: assessment('amount', 'critical').statistics,
        warnings: ['n is small'],
        profile_id: 'profile-1',
        baseline: { name: 'fraud-v7', version: '1', hash: 'ab'.repeat(32) },
        offsets: { 'fraud.scored/0': 8192 },
        excused: ['fraud.scored/1'],
        config_revision: 1,
        complete: true,
        sampling: null,
        published_at: '2001-01-01T02:00:00.000Z',
      },
    ],
    next_cursor: null,
  });
});

test('detail=true adds the distributions', async () => {
  const { store, list } = await setUp();
  await publish(store, publication(0));
  const { items } = await list('field=amount&detail=true');
  expect(items[0]?.detail).toEqual(assessment('amount', 'critical').detail);
});

test('null or an empty value asks for the stream as a whole, or for all events together', async () => {
  const { store, list } = await setUp();
  await publish(
    store,
    publication(0, {
      assessments: [
        assessment(null, 'insufficient_data'),
        assessment('amount', 'ok'),
        assessment('amount', 'warning', { segment: 'EU' }),
      ],
    }),
  );
  const verdicts = async (query: string) => (await list(query)).items.map((item) => item.verdict);
  for (const none of ['null', '']) {
    expect(await verdicts(`field=${none}`)).toEqual(['insufficient_data']);
    expect(await verdicts(`field=amount&segment=${none}`)).toEqual(['ok']);
  }
  expect(await verdicts('segment=EU')).toEqual(['warning']);
});

test('filters narrow: verdict, time, revisions, order', async () => {
  const { store, list } = await setUp();
  await publish(store, publication(0), publication(1), publication(2));
  await publish(store, publication(1, { revision: 2 }));
  const starts = async (query: string) =>
    (await list(`field=amount&${query}`)).items.map(
      ({ window, revision }) => `${window.start.slice(11, 13)}r${revision}`,
    );
  expect(await starts('')).toEqual(['02r1', '01r2', '00r1']);
  expect(await starts('order=asc')).toEqual(['00r1', '01r2', '02r1']);
  expect((await starts('revisions=all')).length).toBe(4);
  expect(await starts('verdict=ok')).toEqual([]);
  expect(await starts('from=2001-01-01T02:00:00Z')).toEqual(['02r1']);
  expect(await starts('to=2001-01-01T01:00:00%2B00:00')).toEqual(['00r1']);
  expect(await starts('from=2001-01-01&to=2001-01-02')).toHaveLength(3);
});

test('cursors lead through all pages, each item once', async () => {
  const { store, list } = await setUp();
  await publish(store, ...[0, 1, 2, 3, 4].map((hour) => publication(hour)));
  const seen: string[] = [];
  let cursor: string | null = '';
  let pages = 0;
  while (cursor !== null) {
    const page: Listing = await list(`limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
    seen.push(...page.items.map(({ window, field }) => `${window.start} ${field}`));
    cursor = page.next_cursor;
    pages += 1;
  }
  expect(pages).toBe(4);
  expect(new Set(seen).size).toBe(10);
  expect(seen).toHaveLength(10);
});

const REFUSED: readonly (readonly [query: string, path: string, detail: RegExp])[] = [
  ['limit=0', 'limit', /limit must be >= 1, got 0/],
  ['limit=1001', 'limit', /limit must be <= 1000, got 1001/],
  ['limit=ten', 'limit', /limit must be integer, got "ten"/],
  ['limit=1.5', 'limit', /limit must be integer/],
  ['limit=1&limit=2', 'limit', /limit must be integer/],
  ['detail=maybe', 'detail', /detail must be boolean, got "maybe"/],
  ['verdict=critcal', 'verdict', /must be one of ok, warning, critical/],
  ['revisions=newest', 'revisions', /must be one of latest, all/],
  ['montior=fraud', 'montior', /a parameter must be one of namespace, monitor/],
  ['from=yesterday', 'from', /from must be an ISO 8601 date/],
  ['from=2001-02-30', 'from', /from must be an ISO 8601 date/],
  ['to=2001-01-01T00:00:00+01:00', 'to', /to must be an ISO 8601 date/],
  ['from=2001-01-02&to=2001-01-01', 'from', /from must be before to/],
  ['cursor=made-up', 'cursor', /cursor must be/],
];

test('what cannot be read is refused by name, with what it must be', async () => {
  const { app } = await setUp();
  for (const [query, path, detail] of REFUSED) {
    expect(await ask(app, `${URL}?${query}`), query).toMatchObject({
      status: 400,
      type: 'application/problem+json',
      body: { code: 'PLB_QUERY_INVALID', path, detail: expect.stringMatching(detail) },
    });
  }
});

test('a refusal names what was probably meant', async () => {
  const { app } = await setUp();
  const fix = async (query: string) =>
    ((await ask(app, `${URL}?${query}`)).body as { fix?: string }).fix;
  expect(await fix('montior=fraud')).toBe('Did you mean "monitor"?');
  expect(await fix('verdict=critcal')).toBe('Did you mean "critical"?');
  expect(await fix('to=2001-01-01T00:00:00+01:00')).toContain('%2B');
});

test('a name that nothing has is said to be wrong instead of an empty list', async () => {
  const { app, store, list } = await setUp();
  expect((await list('monitor=fraud')).items).toEqual([]);
  expect(await ask(app, `${URL}?monitor=fruad`)).toMatchObject({
    status: 404,
    body: { code: 'PLB_NOT_FOUND', path: 'monitor', detail: expect.stringContaining('"fraud"') },
  });
  await publish(store, publication(0));
  expect(await ask(app, `${URL}?monitor=fraud&field=amonut`)).toMatchObject({
    status: 404,
    body: { path: 'field', detail: expect.stringContaining('"amount"') },
  });
  expect((await list('monitor=fraud&field=amount&verdict=ok')).items).toEqual([]);
});

test('a figure that is no number is null, never NaN', async () => {
  const { store, list } = await setUp();
  await publish(
    store,
    publication(0, {
      assessments: [
        assessment('amount', 'ok', {
          statistics: { ks: { statistic: Number.NaN, log10_p: Number.NEGATIVE_INFINITY } },
        }),
      ],
    }),
  );
  expect((await list('field=amount')).items[0]).toMatchObject({
    statistics: { ks: { statistic: null, log10_p: null } },
  });
});
