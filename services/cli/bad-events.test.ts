import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEmbeddedTransport } from '#libs/transport/embedded/open-embedded-transport.ts';
import {
  configText,
  createLab,
  FIRST_EVENT,
  type Order,
  orders,
  toLines,
  trainingRows,
} from './testing/lab.ts';
import { addressIn, eventually } from './testing/run-cli.ts';
import { launch } from './testing/run-in-process.ts';

const HOUR = 3_600_000;
const EVENTS = 3000;
const lab = createLab();

beforeAll(() => {
  lab.write('train.ndjson', toLines(trainingRows()));
});
afterAll(() => lab.remove());

interface Evaluation {
  readonly window: { readonly start: string; readonly end: string };
  readonly field: string;
  readonly verdict: string;
}

interface Stream {
  readonly condition: string;
  readonly reason: string;
  readonly tallies: Readonly<Record<string, number>>;
}

/** What a service that has read its whole source says, and what it wrote. */
interface Findings {
  readonly stream: Stream;
  readonly evaluations: readonly Evaluation[];
  readonly metrics: string;
  readonly ready: number;
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** Starts a service on a configuration; asks it when its input is over. */
async function serve(
  name: string,
  options: {
    readonly source: string;
    readonly time?: string;
    readonly until?: string;
    readonly said?: string;
  },
): Promise<Findings> {
  const file = lab.write(`${name}.yaml`, configText({ data: name, ...options }));
  const command = launch('start', '-c', file, '--log-level', 'error');
  try {
    const url = await eventually('an address', () => addressIn(command.out()));
    const json = async (path: string) => (await fetch(url + path)).json();
    const stream = await eventually('the end of the input', async () => {
      const { items } = (await json('/api/v1/streams')) as { items: { status: Stream }[] };
      return items[0]?.status.condition === 'ended' ? items[0].status : undefined;
    });
    await eventually('a line about the stream', () => command.out().includes('stream orders: '));
    const evaluations: Evaluation[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = (await json(
        `/api/v1/evaluations?limit=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      )) as { items: Evaluation[]; next_cursor: string | null };
      evaluations.push(...page.items);
      cursor = page.next_cursor ?? null;
    }
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const ready = (await fetch(`${url}/readyz`)).status;
    command.interrupt();
    return { stream, evaluations, metrics, ready, ...(await command.outcome) };
  } finally {
    command.interrupt();
    await command.outcome;
  }
}

/** What two runs over the same events must agree on: everything but offsets, revisions and times. */
function content(evaluations: readonly Evaluation[]): readonly unknown[] {
  const own = new Set(['offsets', 'excused', 'revision', 'config_revision', 'published_at']);
  return evaluations
    .map((evaluation) =>
      JSON.stringify(
        Object.fromEntries(Object.entries(evaluation).filter(([key]) => !own.has(key))),
      ),
    )
    .toSorted();
}

const utf8 = (text: string) => Buffer.from(text);
const stamp = new Date(FIRST_EVENT).toISOString();
/** Lines that are no usable events, with the reason by which each is counted; `null` for no event. */
const BAD: readonly (readonly [Buffer, string | null])[] = [
  [utf8('{"ts": "2024-01-15T00:00:00Z", "amount": '), 'bad_malformed'],
  [utf8('certainly not JSON'), 'bad_malformed'],
  [utf8('\u0000\u0000\u0000'), 'bad_malformed'],
  [utf8(`{"ts":"${stamp}","amount":NaN}`), 'bad_malformed'],
  [Buffer.from([0xff, 0xfe, 0xfa, 0x20, 0x7b]), 'bad_malformed'],
  [
    Buffer.concat([utf8(`{"ts":"${stamp}","country":"`), Buffer.from([0xff]), utf8('"}')]),
    'bad_malformed',
  ],
  [utf8(`${'['.repeat(400_000)}${']'.repeat(400_000)}`), 'bad_not_an_object'],
  [utf8('[1,2,3]'), 'bad_not_an_object'],
  [utf8('"a text"'), 'bad_not_an_object'],
  [utf8('42'), 'bad_not_an_object'],
  [utf8('null'), 'bad_not_an_object'],
  [utf8(`{"ts":"${stamp}","pad":"${'x'.repeat(5_000_000)}"}`), 'bad_too_large'],
  [utf8('{"amount":5,"country":"de"}'), 'bad_no_time'],
  [utf8('{"ts":null,"amount":5}'), 'bad_no_time'],
  [utf8(`{"__proto__":{"ts":"${stamp}"},"amount":5}`), 'bad_no_time'],
  [utf8('{"ts":"yesterday","amount":5}'), 'bad_bad_time'],
  [utf8('{"ts":"2024-13-45T99:00:00Z","amount":5}'), 'bad_bad_time'],
  [utf8('{"ts":{},"amount":5}'), 'bad_bad_time'],
  [utf8('{"ts":1e400,"amount":5}'), 'bad_bad_time'],
  [utf8(`{"ts":"${new Date(Date.now() + 3652 * 24 * HOUR).toISOString()}","amount":5}`), 'future'],
  [utf8(''), null],
  [utf8('   \t'), null],
];

function lines(pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(pieces.flatMap((piece) => [piece, utf8('\n')]));
}

test('bad events are counted by reason, and the others evaluated as without them', async () => {
  const good = orders(EVENTS, { from: FIRST_EVENT }).map((order) => utf8(JSON.stringify(order)));
  lab.write('good.ndjson', lines(good));
  const every = Math.floor(EVENTS / BAD.length);
  const mixed = good.flatMap((event, i) => {
    const bad = i % every === 7 ? BAD[Math.floor(i / every)]?.[0] : undefined;
    return bad === undefined ? [event] : [bad, event];
  });
  lab.write('mixed.ndjson', lines(mixed));
  const without = await serve('without', { source: 'good.ndjson' });
  const withBad = await serve('with-bad', { source: 'mixed.ndjson' });

  expect(without.evaluations.length).toBeGreaterThan((EVENTS / 60) * 2);
  expect(content(withBad.evaluations)).toEqual(content(without.evaluations));
  expect(without.stream.tallies).toEqual({ events: EVENTS });
  const expected: Record<string, number> = { events: EVENTS };
  for (const [, reason] of BAD) {
    if (reason !== null) expected[reason] = (expected[reason] ?? 0) + 1;
  }
  expect(withBad.stream.tallies).toEqual(expected);
  for (const [reason, count] of Object.entries(expected)) {
    const label = /^bad_(.*)$/.exec(reason)?.[1];
    if (label === undefined) continue;
    expect(withBad.metrics).toContain(
      `plumbline_events_bad_total{namespace="default",stream="orders",reason="${label}"} ${count}\n`,
    );
  }
  expect([withBad.code, withBad.ready]).toEqual([0, 200]);
  expect(withBad.out).toContain(`matched amount, country; none unmatched`);

  const transport = await openEmbeddedTransport({ directory: lab.at('with-bad/log') });
  try {
    const { records } = await transport.read({ topic: 'orders.bad', partition: 0, offset: 0 }, 1e8);
    const decoder = new TextDecoder();
    const told = records.map(({ headers }) => `bad_${decoder.decode(headers['plumbline-reason'])}`);
    const uncounted = BAD.flatMap(([, reason]) => (reason?.startsWith('bad_') ? [reason] : []));
    expect(told.toSorted()).toEqual(uncounted.toSorted());
    const large = records.find(({ value }) => (value?.length ?? 0) > 5_000_000);
    expect(decoder.decode(large?.headers['plumbline-place'])).toMatch(/^orders\/\d\/\d+$/);
  } finally {
    await transport.close();
  }
});

test('values of a wrong type and deep nesting spoil their own field only', async () => {
  const rows = orders(600, { from: FIRST_EVENT });
  const odd = rows.map((row, i) => {
    if (i === 60) return { ...row, country: 5 };
    if (i === 61) return { ...row, country: ['de'] };
    if (i === 62) return { ...row, country: { is: 'de' } };
    return row;
  });
  const deep = `{"ts":"${rows[63]!.ts}","amount":${rows[63]!.amount},"country":"${rows[63]!.country}","deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  const text = odd.map((row, i) => utf8(i === 63 ? deep : JSON.stringify(row)));
  lab.write('usual.ndjson', toLines(rows));
  lab.write('odd.ndjson', lines(text));
  const usual = await serve('usual', { source: 'usual.ndjson' });
  const found = await serve('odd', { source: 'odd.ndjson' });
  const amounts = ({ evaluations }: Findings) =>
    content(evaluations.filter(({ field }) => field === 'amount').map(withoutAdjusted));
  expect(amounts(found)).toEqual(amounts(usual));
  expect(found.stream.tallies).toEqual({ events: 600 });
  const spoilt = found.evaluations.filter(
    ({ field, verdict }) => field === 'country' && verdict === 'critical',
  );
  expect(spoilt.map(({ window }) => window.start)).toEqual([
    new Date(FIRST_EVENT + HOUR).toISOString(),
  ]);
});

/** Adjustment for multiple tests looks at all fields of a window at once. */
function withoutAdjusted(evaluation: Evaluation): Evaluation {
  return JSON.parse(
    JSON.stringify(evaluation, (key, value) => (key === 'p_adjusted' ? undefined : value)),
  );
}

test('a clock ten years ahead in old data makes no windows in between', async () => {
  const inYear = (order: Order, year: string) => ({ ...order, ts: order.ts.replace('2024', year) });
  const strays = 6;
  const jumping = orders(EVENTS, { from: FIRST_EVENT }).flatMap((order, i) =>
    i % (EVENTS / strays) === 100
      ? [inYear(order, '2010'), inYear(order, '2020')]
      : [inYear(order, '2010')],
  );
  lab.write('jumping.ndjson', toLines(jumping));
  const { stream, evaluations } = await serve('jumping', { source: 'jumping.ndjson' });
  expect(stream.tallies).toEqual({ events: EVENTS + strays });
  const starts = new Set(evaluations.map(({ window }) => window.start));
  const ahead = [...starts].filter((start) => start.startsWith('2020'));
  expect(ahead).toHaveLength(strays);
  const old = [...starts].filter((start) => start.startsWith('2010-01'));
  expect(old).toHaveLength(EVENTS / 60);
  expect(starts.size).toBe(old.length + ahead.length);
});

test('a path at which no event has a time is said at the start', async () => {
  lab.write('timeless.ndjson', toLines(orders(100, { from: FIRST_EVENT })));
  const { out, stream, evaluations } = await serve('timeless', {
    ...{ source: 'timeless.ndjson', time: '$.when' },
  });
  expect(out).toContain('NONE CAN BE READ with time $.when: of the first ones no_time');
  expect(out).toContain('an event has ts, amount, country');
  expect(stream.tallies).toEqual({ bad_no_time: 100 });
  expect(evaluations).toEqual([]);
});

test('a source without any event is said at the start', async () => {
  lab.write('nothing.ndjson', '\n\n');
  const { out } = await serve('nothing', { source: 'nothing.ndjson' });
  expect(out).toContain('stream orders: the input is over, WITHOUT ANY EVENT');
});
