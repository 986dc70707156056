import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildBaseline } from '#libs/baselines/build-baseline.ts';
import { inferFields } from '#libs/baselines/infer-fields.ts';
import { rowsTable } from '#libs/baselines/readers/rows.ts';
import { parseConfig } from '#libs/config/parse-config.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { proposeStream, type StreamProposal } from './propose-stream.ts';
import { renderConfig } from './render-config.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

function eventsOf(rows: readonly object[]) {
  return rows.map((row, i) => ({
    row,
    timestamp: NOW - (rows.length - i) * 1000,
    key: `${i % 7}`,
  }));
}

function render(stream: StreamProposal): string {
  return renderConfig({
    name: 'orders',
    origin: 'topic orders at kafka:9092',
    transport: { kind: 'kafka', kafka: { brokers: ['kafka:9092'], tls: { ca_file: 'ca.pem' } } },
    topics: ['orders'],
    stream,
    baseline: {
      ...{ kind: 'sample', name: 'orders-baseline', file: 'b.ndjson', timed: true, events: 3 },
      range: { from: 0, to: NOW },
    },
    window: { windowMs: 3_600_000, paneMs: 900_000, events: 12.5 },
    byModelVersion: false,
  });
}

/** What a user can expect of whatever is written. */
async function expectUsable(stream: StreamProposal, rows: readonly object[]): Promise<void> {
  const outcome = parseConfig(render(stream), { source: '/tmp/plumbline.yaml' });
  expect(outcome).toMatchObject({ ok: true });
  if (!outcome.ok) return;
  const { streams, baselines, monitors } = outcome.config;
  expect(streams.map(({ timePath }) => timePath)).toEqual([stream.time.path]);
  const [monitor] = monitors;
  expect(monitor?.fields).toMatchObject({ kind: 'listed' });
  if (monitor?.fields.kind !== 'listed') return;
  const overrides = [...(baselines[0]?.fields ?? []), ...monitor.fields.fields];
  const source = rowsTable(rows);
  const { fields } = await inferFields(source, {
    time: stream.time.path,
    overrides: Object.fromEntries(overrides.map(({ name, ...rest }) => [name, rest])),
  });
  const built = await buildBaseline({ source, fields, time: stream.time.path });
  const watched = new Map(built.baseline.fields.map((field) => [field.spec.name, field]));
  for (const field of stream.fields) {
    const { spec, missing } = watched.get(field.name)!;
    expect(spec).toMatchObject({ path: field.path, type: field.type, role: field.role });
    expect(missing).toBe(Math.round(field.missing * rows.length));
  }
}

/** Any UTF-16, well formed or not. */
const anyText = (maxLength: number) =>
  fc
    .array(fc.oneof(fc.integer({ min: 0, max: 127 }), fc.integer({ min: 0, max: 0xffff })), {
      maxLength,
    })
    .map((codes) => String.fromCharCode(...codes));
const anyName = fc.oneof(
  fc.constantFrom('id', 'ts', 'model', 'a.b', 'a', '$', '*', '#', 'x: y', "it's", '__proto__', ''),
  fc.constantFrom(
    'yes',
    'null',
    '1',
    '[0]',
    '{',
    '- a',
    'constructor',
    'toString',
    'model_version',
  ),
  anyText(6),
);
const anyValue = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom('de', 'fr', 'v1.2', '007', '12.5', '# no comment', 'a\nb: c'),
  anyText(40),
  fc.array(fc.integer(), { maxLength: 3 }),
);
const { shape: anyShape } = fc.letrec<{ shape: object }>((tie) => ({
  shape: fc.dictionary(anyName, fc.oneof({ depthSize: 'small' }, anyValue, tie('shape')), {
    maxKeys: 6,
    noNullPrototype: true,
  }),
}));

test('whatever events hold, the configuration is valid and its baseline can be built', async () => {
  let proposed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyShape, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 4 }),
      async (shapes, times) => {
        const rows = Array.from({ length: shapes.length * times }, (_, i) => ({
          ...shapes[i % shapes.length],
          ts: new Date(NOW - (200 - i) * 1000).toISOString(),
        }));
        let stream: StreamProposal;
        try {
          stream = proposeStream(eventsOf(rows), { time: '$.ts' });
        } catch (error) {
          expect(error).toMatchObject({ code: 'PLB_SAMPLE_UNUSABLE' });
          return;
        }
        proposed += 1;
        await expectUsable(stream, rows);
      },
    ),
    { seed: 4, numRuns: 120 },
  );
  expect(proposed).toBeGreaterThan(60);
});

describe('proposeStream', () => {
  const rows = Array.from({ length: 2000 }, (_, i) => ({
    event_id: `e-${i}`,
    ts: new Date(NOW - (2000 - i) * 1000).toISOString(),
    created_at: NOW - (2000 - i) * 1000 - 5,
    model: { name: 'fraud', version: 'v7' },
    amount: ((i * 7919) % 1009) / 10,
    customer: `${i % 7}`,
    features: { age: i % 80 },
    label: i % 2,
  }));

  test('tells what the events are read by, and leaves that out of the fields', () => {
    const { time, otherTimes, modelVersion, id, key, fields } = proposeStream(eventsOf(rows));
    expect(time).toMatchObject({ path: '$.ts', shape: 'ISO 8601 text', usable: 1 });
    expect(otherTimes.map(({ path }) => path)).toEqual(['$.created_at']);
    expect(modelVersion).toEqual({ path: '$.model.version', versions: ['v7'], certain: true });
    expect(id).toBe('$.event_id');
    expect(key).toBe('$.customer');
    expect(fields.map(({ path }) => path)).toEqual([
      ...['$.model.name', '$.amount', '$.customer', '$.features.age', '$.label'],
    ]);
  });

  test('what it writes is what a person would have written', async () => {
    const stream = proposeStream(eventsOf(rows));
    await expectUsable(stream, rows);
    const text = render(stream);
    expect(text).toContain('    time: $.ts\n    model_version: $.model.version # so far v7\n');
    expect(text).toContain('\n      amount: { type: numeric }\n');
    expect(text).toContain('features.age: { type: numeric, path: $.features.age }\n');
    expect(text).toContain('label: { type: categorical, role: label } #');
    expect(text).toContain('      #   $.event_id: the id of the event itself\n');
  });

  test('of two paths with one name the first is taken, and the baseline is told which', async () => {
    const twins = Array.from({ length: 40 }, (_, i) => ({
      ts: new Date(NOW - (40 - i) * 1000).toISOString(),
      'a.b': i % 3,
      a: { b: i },
      // Nothing to watch, but ids for the baseline.
      'c.d': `u${i}`,
      c: { d: `w${i}` },
    }));
    const stream = proposeStream(eventsOf(twins));
    expect(stream.fields.map(({ path }) => path)).toEqual(["$['a.b']"]);
    expect(stream.leftOut.find(({ path }) => path === '$.a.b')?.reason).toContain("$['a.b']");
    await expectUsable(stream, twins);
  });

  test('the time that the user names is taken, and refused where no event has one', () => {
    expect(proposeStream(eventsOf(rows), { time: 'created_at' }).time.path).toBe('$.created_at');
    const refused = () => proposeStream(eventsOf(rows), { time: '$.when' });
    expect(refused).toThrow('none of 2000 sampled events has a usable time there');
    expect(fixOf(refused)).toContain('times are at $.ts (ISO 8601 text, 100 % of the events)');
  });

  test('without an event time it says what there is instead', () => {
    const unnamed = eventsOf(rows.map(({ amount, label }) => ({ amount, label })));
    expect(() => proposeStream(unnamed)).toThrow('of $.amount, $.label none holds a usable time');
    const doubtful = eventsOf(
      rows.map(({ amount, created_at }) => ({ amount, expires: created_at })),
    );
    expect(() => proposeStream(doubtful)).toThrow(
      'perhaps $.expires (milliseconds since 1970, 100 % of the events)',
    );
    expect(fixOf(() => proposeStream(doubtful))).toBe('name it with --time PATH');
  });

  test('events of which nothing could be watched are refused with the reasons', () => {
    const bare = eventsOf(rows.map(({ ts, event_id }) => ({ ts, event_id })));
    expect(() => proposeStream(bare)).toThrow('$.event_id (the id of the event itself)');
  });
});

function fixOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof PlumblineError) return error.detail.fix;
  }
  throw new Error('nothing was refused');
}
