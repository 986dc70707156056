import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { FIVE_MINUTES } from './fixtures/five-minutes.ts';
import { parseConfig } from './parse-config.ts';
import { formatProblems, type Problem } from './problem.ts';

const SOURCE = '/etc/plumbline/plumbline.yaml';

const EVERYTHING = readFileSync(new URL('fixtures/everything.yaml', import.meta.url), 'utf8');

function accept(text: string | Uint8Array) {
  const outcome = parseConfig(text, { source: SOURCE });
  if (!outcome.ok) throw new Error(formatProblems(outcome.problems, SOURCE));
  return outcome;
}

function refuse(text: string | Uint8Array): readonly Problem[] {
  const outcome = parseConfig(text, { source: SOURCE });
  if (outcome.ok) throw new Error('accepted');
  return outcome.problems;
}

describe('where Plumbline keeps and finds things', () => {
  it('is SQLite and the embedded log unless said otherwise', () => {
    const { config } = accept('instance: x');
    expect(config).toMatchObject({ store: { kind: 'sqlite' }, transport: { kind: 'embedded' } });
  });

  it('may be PostgreSQL, by reference', () => {
    const { config } = accept('store: { postgres: { url: { env: DB }, ca_file: ca.pem } }');
    expect(config.store).toEqual({
      kind: 'postgres',
      url: { env: 'DB' },
      schema: 'plumbline',
      poolSize: 8,
      caFile: '/etc/plumbline/ca.pem',
    });
  });

  it('takes tokens from a file or an endpoint', () => {
    const withLogin = (login: string) =>
      accept(`kafka: { brokers: [k:1], sasl: { mechanism: oauthbearer, ${login} } }`).config
        .transport;
    expect(withLogin('token: { file: t }')).toMatchObject({
      sasl: { mechanism: 'oauthbearer', token: { file: '/etc/plumbline/t' } },
    });
    const endpoint = 'url: https://l/t, client_id: c, client_secret: { env: S }, scope: s';
    expect(withLogin(`token_endpoint: { ${endpoint} }`)).toMatchObject({
      sasl: {
        tokenEndpoint: {
          ...{ url: 'https://l/t', clientId: 'c', clientSecret: { env: 'S' }, scope: 's' },
        },
      },
    });
  });
});

describe('the file that a newcomer writes in five minutes', () => {
  const { config, documents } = accept(FIVE_MINUTES);

  it('is understood', () => {
    expect(config.transport).toEqual({
      kind: 'kafka',
      brokers: ['kafka:9092'],
      tls: { kind: 'on' },
      sasl: { mechanism: 'scram-sha-512', username: 'plumb', password: { env: 'KAFKA_PW' } },
      sessionTimeoutMs: 30_000,
      requestTimeoutMs: 30_000,
      blocksPartitions: 8,
    });
    expect(config.streams).toMatchObject([
      { name: 'scored', topics: ['fraud.scored'], timePath: '$.ts', modelVersionPath: '$.model' },
    ]);
    expect(config.baselines).toMatchObject([
      { name: 'fraud-v7', file: '/etc/plumbline/train.parquet', modelVersion: 'v7' },
    ]);
    expect(config.monitors).toMatchObject([
      {
        name: 'fraud',
        stream: 'scored',
        baseline: { kind: 'by_model_version' },
        fields: { kind: 'auto' },
        thresholds: [
          {
            field: 'amount',
            statistics: { ks: { kind: 'limit', warning: 0.1, critical: 0.2 } },
          },
        ],
        notify: ['oncall'],
      },
    ]);
    expect(config.channels).toEqual([
      { namespace: 'default', name: 'oncall', type: 'pagerduty', routingKey: { env: 'PD_KEY' } },
    ]);
  });

  it('has the defaults of the manual', () => {
    expect(config).toMatchObject({
      instance: 'plumbline',
      dataDirectory: '/etc/plumbline/.plumbline',
      server: { host: '127.0.0.1', port: 8080 },
    });
    const [stream] = config.streams;
    expect(stream).toMatchObject({
      codec: 'json',
      partitions: 4,
      maxEventBytes: 1_048_576,
      maxAheadMs: 600_000,
      idleAfterMs: 30_000,
      blockSize: 8192,
      publishEveryMs: 5000,
    });
    expect(stream).not.toHaveProperty('stalledAfterMs');
    expect(config.monitors[0]).toMatchObject({
      windowMs: 3_600_000,
      hopMs: 3_600_000,
      paneMs: 3_600_000,
      latenessMs: 360_000,
      volume: { kind: 'default' },
      sequential: [],
      minSamples: 100,
      significance: 0.01,
      evidence: 'auto',
      resolution: 2048,
      bins: { default: { kind: 'count', count: 10 }, fields: [] },
      zeroFill: { kind: 'half_observation' },
      missingAsBin: false,
      persistence: { count: 1, of: 1 },
      notifyMaxAgeMs: 86_400_000,
      retention: { panesMs: 35 * 86_400_000, evaluationsMs: 400 * 86_400_000 },
    });
  });

  it('becomes documents without defaults, with absolute files', () => {
    expect(documents.map(({ kind, name }) => `${kind}/${name}`)).toEqual([
      'stream/scored',
      'baseline/fraud-v7',
      'monitor/fraud',
      'channel/oncall',
    ]);
    expect(documents[1]?.document).toEqual({
      file: '/etc/plumbline/train.parquet',
      model_version: 'v7',
    });
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(config.monitors[0]?.thresholds[0]?.statistics)).toBe(true);
    expect(Object.isFrozen(documents[0]?.document)).toBe(true);
  });
});

describe('a sampling share', () => {
  const streamWith = (share: string) =>
    `streams: { s: { topics: [t], time: $.ts, sampling: { share: ${share} } } }`;

  it('of one is no sampling', () => {
    expect(accept(streamWith('1')).config.streams[0]).not.toHaveProperty('sampling');
    expect(accept(streamWith('0.001')).config.streams[0]).toMatchObject({
      sampling: { share: 0.001 },
    });
  });

  it.each(['0', '-0.1', '1.5', '10%', '.inf'])('of %s is refused', (share) => {
    expect(refuse(streamWith(share))).toMatchObject([{ path: 'streams.s.sampling.share' }]);
  });
});

it('divides by one field into twenty segments unless said otherwise', () => {
  const [monitor] = accept(`${FIVE_MINUTES}`).config.monitors;
  expect(monitor).not.toHaveProperty('segments');
  const divided = FIVE_MINUTES.replace(
    'fields: auto',
    'fields: auto\n    segments: { by: country }',
  );
  expect(divided).not.toBe(FIVE_MINUTES);
  expect(accept(divided).config.monitors[0]?.segments).toEqual({
    ...{ by: ['country'], most: 20, minRows: 500 },
  });
});

describe('a file that says everything', () => {
  const { config } = accept(EVERYTHING);

  it('is resolved as it says', () => {
    expect(config.transport).toEqual({ kind: 'embedded' });
    expect(config.streams[0]).toMatchObject({
      timePath: '$.date',
      source: { file: '/etc/plumbline/flights.ndjson', format: 'ndjson' },
      stalledAfterMs: 900_000,
      deadLetterTopic: 'flights.bad',
      sampling: { share: 0.25 },
    });
    expect(config.baselines[0]).toMatchObject({
      file: '/etc/data/flights.parquet',
      fromMs: Date.UTC(2001, 0, 1),
      toMs: Date.UTC(2001, 1, 1),
      paneMs: 1_800_000,
      derive: [
        { name: 'hour', derivation: 'hour_of_day', path: '$.date' },
        { name: 'day', derivation: 'day_of_week', path: '$.date' },
        { name: 'note', derivation: 'length', path: '$.note' },
        { name: 'off', derivation: 'absolute', path: '$.delay' },
        { name: 'scale', derivation: 'log', path: '$.distance' },
      ],
    });
    expect(config.monitors[0]).toMatchObject({
      hopMs: 21_600_000,
      paneMs: 3_600_000,
      latenessMs: 0,
      fields: { kind: 'listed', fields: [{ name: 'delay', role: 'feature' }, { name: 'origin' }] },
      segments: { by: ['origin', 'hour'], most: 5, minRows: 50 },
      thresholds: [
        {
          field: 'delay',
          statistics: {
            ks: { kind: 'off' },
            psi: { kind: 'limit', warning: 0.1, critical: 0.25 },
            wasserstein: { kind: 'limit', critical: 15 },
          },
        },
        {
          field: 'hour',
          statistics: {
            kuiper: { kind: 'limit', critical: 0.2 },
            chi_squared: { kind: 'limit', warning: 40 },
          },
        },
        {
          field: '*',
          statistics: {
            missing_rate: { kind: 'limit', warning: 0.01, critical: 0.05 },
            unseen_rate: { kind: 'limit', critical: 0.05 },
            out_of_range_rate: { kind: 'off' },
            invalid_rate: { kind: 'limit', warning: 0 },
          },
        },
      ],
      volume: {
        kind: 'band',
        warning: { low: 0.7, high: 1.5 },
        critical: { low: 0.5, high: 2 },
      },
      sequential: [
        {
          ...{ field: 'delay', statistic: 'ks', detector: 'page_hinkley', verdict: 'critical' },
          options: { delta: 0.01, lambda: 0.1, alpha: 0.9999, minInstances: 10 },
        },
        {
          ...{ field: 'hour', statistic: 'kuiper', detector: 'cusum', verdict: 'warning' },
          options: { mean: 0.02, sd: 0.005, k: 0.5, h: 4 },
        },
        {
          ...{ field: '*', statistic: 'psi', detector: 'adwin', verdict: 'warning' },
          options: { delta: 0.01, minWindow: 3, clock: 1 },
        },
        {
          ...{ field: '*', statistic: 'missing_rate', detector: 'ewma', verdict: 'warning' },
          options: { mean: 0, sd: 0.001, lambda: 0.2, width: 3 },
        },
      ],
      bins: {
        default: { kind: 'count', count: 20 },
        fields: [{ field: 'delay', bins: { kind: 'edges', edges: [0, 15, 60] } }],
      },
      zeroFill: { kind: 'epsilon', epsilon: 0.0001 },
      notify: ['oncall', 'team', 'alerts', 'hook', 'mail'],
    });
    expect(config.channels.map(({ type }) => type)).toEqual([
      'pagerduty',
      'slack',
      'alertmanager',
      'webhook',
      'email',
    ]);
    expect(config.channels[1]).toMatchObject({
      webhookUrl: { file: '/etc/plumbline/secrets/slack' },
    });
  });

  it('makes the same documents again, also from JSON and in another order of keys', () => {
    const { documents } = accept(EVERYTHING);
    const value: unknown = JSON.parse(JSON.stringify(accept(EVERYTHING).documents));
    expect(documents).toEqual(value);
    const [stream] = documents;
    const shuffled = Object.fromEntries(Object.entries(stream?.document ?? {}).toReversed());
    const again = accept(JSON.stringify({ streams: { flights: shuffled } }));
    expect(JSON.stringify(again.documents[0])).toBe(JSON.stringify(stream));
  });
});

describe('panes', () => {
  it.each([
    ['1h', '7m', 60_000],
    ['1d', '6h', 21_600_000],
    ['90m', '1h', 1_800_000],
  ])('of window %s and hop %s are their greatest common divisor', (window, hop, paneMs) => {
    const text = FIVE_MINUTES.replace('window: 1h', `window: ${window}\n    hop: ${hop}`);
    expect(accept(text).config.monitors[0]?.paneMs).toBe(paneMs);
  });

  it('of a window longer than the default retention are kept long enough', () => {
    const text = FIVE_MINUTES.replace('window: 1h', 'window: 60d');
    expect(accept(text).config.monitors[0]?.retention.panesMs).toBe(66 * 86_400_000);
  });
});

describe('YAML', () => {
  it('anchors, merge keys, comments and a byte-order mark are fine', () => {
    const text = `\uFEFF# monitors of one team
streams: { s: { topics: [t], time: $.ts } }
baselines: { b: { file: b.csv } }
monitors:
  one: &common { stream: s, baseline: b, window: 1h, owner: us }
  two: { <<: *common, window: 2h }
`;
    const { config } = accept(text);
    expect(config.monitors).toMatchObject([
      { name: 'one', windowMs: 3_600_000, owner: 'us' },
      { name: 'two', windowMs: 7_200_000, owner: 'us' },
    ]);
  });

  it('points at the text that an anchor or a merge key brought in', () => {
    const problems = refuse(`streams: { s: { topics: [t], time: $.ts } }
baselines: { b: { file: b.csv } }
monitors:
  one: &common
    stream: s
    baseline: b
    window: 1x
  two: { <<: *common }
  three: *common
`);
    expect(problems.map(({ path, line, column }) => [path, line, column])).toEqual([
      ['monitors.one.window', 7, 13],
      ['monitors.two.window', 7, 13],
      ['monitors.three.window', 7, 13],
    ]);
  });

  it.each([
    ['an empty file', '', 1, 1, /empty file/],
    ['only a comment', '# nothing\n', 1, 1, /empty file/],
    ['a list', '- a\n- b\n', 1, 1, /must be a map .*got a list/],
    ['a text', 'hello', 1, 1, /must be a map .*got "hello"/],
    ['a tab', 'streams:\n\ts: 1\n', 2, 1, /tabs are not allowed/],
    ['an open quote', 'instance: "abc\n', 2, 1, /closing/],
    ['a second colon', 'instance: a: b', 1, 11, /a second/],
    ['an unknown anchor', 'streams: *x', 1, 10, /no anchor &x/],
    ['two documents', 'instance: a\n---\ninstance: b', 2, 1, /one YAML document/],
    ['a tag', 'instance: !secret x', 1, 11, /tags/],
    ['a map as a key', '? { a: 1 }\n: 2', 1, 3, /key must be a text/],
    ['deep nesting', '['.repeat(20_000), 1, undefined, /nested too deeply/],
    ['an alias bomb', bomb(), 1, 1, /anchor at most 1000 times/],
  ])('%s has a clear outcome', (_, text, line, column, reason) => {
    const [problem] = refuse(text);
    expect(problem).toMatchObject({ line, ...(column === undefined ? {} : { column }) });
    expect(problem?.reason).toMatch(reason);
  });

  it.each([
    ['a file of 5 MB', Buffer.alloc(5_000_000, 'a'), /at most 1024 KiB, got 4883 KiB/],
    ['Latin-1', Buffer.from('instance: caf\xe9', 'latin1'), /UTF-8/],
    ['UTF-16', Buffer.from('\ufeffinstance: a', 'utf16le'), /UTF-8/],
  ])('%s has a clear outcome', (_, bytes, reason) => {
    expect(refuse(bytes)).toMatchObject([{ line: 1, column: 1 }]);
    expect(refuse(bytes)[0]?.reason).toMatch(reason);
  });

  it('finds duplicate keys beside everything else', () => {
    const text = FIVE_MINUTES.replace('window: 1h', 'window: 1h\n    window: 2h\n    owne: x');
    expect(refuse(text)).toMatchObject([
      {
        path: 'monitors.fraud.window',
        line: 11,
        column: 5,
        reason: 'duplicate key; first given at line 10',
      },
      { path: 'monitors.fraud.owne', line: 12, column: 5, suggestion: 'owner' },
    ]);
  });
});

function bomb(): string {
  const lines = ['a0: &a0 [x]'];
  for (let level = 1; level < 12; level += 1) {
    lines.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  }
  return lines.join('\n');
}

/** What YAML gives a meaning, and a few that it gives none. */
const YAML_CHARACTERS = [
  ...'{}[],:#&*!|>\'"%@`?-~<= \n\t\r.019axé\0\u2028',
  '- ',
  ': ',
  '<<',
  '\n  ',
];

describe('anything at all', () => {
  const garbage = fc.anything({ withNullPrototype: true, maxDepth: 5 });

  it('as text gives problems or a configuration, never a crash', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...YAML_CHARACTERS), maxLength: 100 }),
        (text) => {
          expect(parseConfig(text, { source: SOURCE })).toHaveProperty('ok');
        },
      ),
      { seed: 2, numRuns: 300 },
    );
  });

  it('as bytes gives problems or a configuration, never a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(parseConfig(bytes, { source: SOURCE })).toHaveProperty('ok');
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('in place of any one value gives a problem at or below it, or is accepted', () => {
    const original = everythingAsJson();
    const paths = pathsOf(original);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 4 }), (path, value) => {
        const document: unknown = structuredClone(original);
        replaceAt(document, { path, value });
        const outcome = parseConfig(JSON.stringify(document), { source: SOURCE });
        if (outcome.ok) return;
        expect(outcome.problems.length).toBeGreaterThan(0);
        for (const problem of outcome.problems) {
          expect(problem.line).toBeGreaterThanOrEqual(1);
          expect(problem.reason).not.toBe('');
        }
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it('under any key is refused', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), garbage, (key, value) => {
        let text: string;
        try {
          text = stringify({ [`x-${key}`]: value });
        } catch {
          return; // not expressible in YAML
        }
        if (value !== undefined) expect(parseConfig(text, { source: SOURCE }).ok).toBe(false);
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

function everythingAsJson(): unknown {
  const { documents, config } = accept(EVERYTHING);
  const sections: Record<string, Record<string, unknown>> = {};
  for (const { kind, name: resource, document } of documents) {
    sections[`${kind}s`] = { ...sections[`${kind}s`], [resource]: document };
  }
  return { instance: config.instance, data: resolve(config.dataDirectory), ...sections };
}

function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

function replaceAt(
  target: unknown,
  { path, value }: { readonly path: readonly string[]; readonly value: unknown },
): void {
  let container = target as Record<string, unknown>;
  for (const key of path.slice(0, -1)) container = container[key] as Record<string, unknown>;
  container[path.at(-1) ?? ''] = value;
}
