import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { loadConfigFile } from '#libs/config/load-config-file.ts';
import { openEmbeddedTransport } from '#libs/transport/embedded/open-embedded-transport.ts';
import { openKafkaTransport } from '#libs/transport/kafka/open-kafka-transport.ts';
import type { OutgoingRecord, Transport } from '#libs/transport/port.ts';
import { syntheticRecord } from '../exactness/synthetic-record.ts';
import { createLab, toLines } from '../testing/lab.ts';
import { addressIn, endAll, eventually, spawnCli } from '../testing/run-cli.ts';
import { launch, type Outcome } from '../testing/run-in-process.ts';

const lab = createLab();
const { at } = lab;
afterAll(() => {
  endAll();
  lab.remove();
});
const run = (...args: readonly string[]): Promise<Outcome> => launch(...args).outcome;

const encoder = new TextEncoder();
const COUNT = 6000;
const FIRST = Date.now() - COUNT * 10_000 - 3_600_000;

/** Scored payments, ten seconds apart; the last third has higher amounts. */
const EVENTS = Array.from({ length: COUNT }, (_, i) => ({
  event_id: `pay-${i}`,
  ts: new Date(FIRST + i * 10_000).toISOString(),
  model_version: 'v7',
  payment: { amount: (((i * 7919) % 1009) / 10) * (i > 4000 ? 2 : 1), currency: 'EUR' },
  country: ['de', 'fr', 'us'][((i * 31) % 7) % 3],
  score: ((i * 31) % 997) / 997,
}));

beforeAll(() => {
  lab.write('events.ndjson', toLines(EVENTS));
  lab.write('train.csv', csvOf(EVENTS.slice(0, 3000)));
});

/** Training data as a team would export it: one column that no event has, one that is no number. */
function csvOf(events: typeof EVENTS): string {
  const rows = events.map(({ ts, country, score }, i) => `${ts},${country},${score},${i % 9},x`);
  return ['ts,country,score,weekday,event_id', ...rows].join('\n');
}

/** Starts the configuration until each window has been judged; answers the evaluations. */
async function evaluationsOf(
  config: string,
  enough: (items: readonly Evaluation[]) => boolean,
): Promise<{ readonly items: readonly Evaluation[]; readonly out: string }> {
  lab.write('started.yaml', `${readFileSync(config, 'utf8')}server: { port: 0 }\n`);
  const service = spawnCli(['start', '-c', at('started.yaml'), '--log-level', 'warn']);
  try {
    const address = await eventually('the server is up', () => addressIn(service.out()));
    const items = await eventually('the windows are judged', async () => {
      const answer = await fetch(`${address}/api/v1/evaluations?limit=1000`);
      const { items } = (await answer.json()) as { items: readonly Evaluation[] };
      return enough(items) ? items : undefined;
    });
    return { items, out: service.out() };
  } finally {
    service.kill('SIGTERM');
    await service.exit;
  }
}

interface Evaluation {
  readonly field: string | null;
  readonly verdict: string;
  readonly reason_code: string;
}

const judged = (items: readonly Evaluation[]) =>
  items.some(({ field, verdict }) => field === 'payment.amount' && verdict === 'critical');

describe('from a file of events', () => {
  test('one command gives a configuration that is valid, starts, and finds the drift', async () => {
    const out = at('file.yaml');
    const made = await run('init', '--file', at('events.ndjson'), '--events', '3000', '-o', out);
    expect(made.err).toBe('');
    expect(made.code).toBe(0);
    expect(made.out).toContain('sampled 3,000 records of events.ndjson');
    expect(made.out).toMatch(/^payment\.amount +numeric +feature +0 % /m);
    expect(made.out).toMatch(/^\$\.event_id +the id of the event itself$/m);
    expect(made.out).toContain(`\n  npx plumbline start -c ${out}\n`);
    expect(readFileSync(at('events-baseline.ndjson'), 'utf8')).toBe(toLines(EVENTS.slice(0, 3000)));
    expect((await run('validate', out)).out).toContain('is valid: 1 stream, 1 baseline, 1 monitor');
    const { items, out: said } = await evaluationsOf(out, judged);
    expect(said).toContain('baseline events-v7: version');
    expect(said).toContain('3,000 rows, built');
    expect(said).toContain(
      'matched country, payment.amount, payment.currency, score; none unmatched',
    );
    expect(items.filter(({ verdict }) => verdict === 'critical').length).toBeGreaterThan(0);
    for (const { field, verdict } of items) {
      if (verdict === 'critical') expect(field).toBe('payment.amount');
    }
  });

  test('a file of training data is taken as it is, and only what both have is watched', async () => {
    const out = at('trained.yaml');
    const made = await run(
      ...['init', '--file', at('events.ndjson'), '--baseline', at('train.csv'), '-o', out],
      ...['--name', 'payments', '--model-version', 'v7'],
    );
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toContain('sampled 2,000 records');
    expect(made.out).toMatch(/^\$\.payment\.amount +the baseline lacks it$/m);
    expect(existsSync(at('payments-baseline.ndjson'))).toBe(false);
    const { config } = await loadConfigFile(out);
    expect(config.baselines).toMatchObject([
      { name: 'payments-v7', file: at('train.csv'), timePath: '$.ts', modelVersion: 'v7' },
    ]);
    expect(config.monitors).toMatchObject([
      {
        baseline: { kind: 'by_model_version' },
        fields: { fields: [{ name: 'country' }, { name: 'score', role: 'score' }] },
      },
    ]);
    const { out: said } = await evaluationsOf(out, (items) => items.length > 0);
    expect(said).toContain('3,000 rows, built');
  });

  test('a baseline of another version than the events is not mixed up with them', async () => {
    const out = at('other.yaml');
    await run(
      ...['init', '--file', at('events.ndjson'), '--baseline', at('train.csv'), '-o', out],
      ...['--model-version', 'v6'],
    );
    const { config } = await loadConfigFile(out);
    expect(config.monitors).toMatchObject([{ baseline: { kind: 'named', name: 'events-v6' } }]);
  });

  test('to standard output goes nothing but the configuration', async () => {
    const made = await run(
      ...['init', '--file', at('events.ndjson'), '--baseline', at('train.csv'), '-o', '-'],
    );
    expect(made.code).toBe(0);
    expect(made.err).toContain('sampled 2,000 records');
    lab.write('piped.yaml', made.out);
    expect(await run('validate', at('piped.yaml'))).toMatchObject({ code: 0 });
  });

  test('what is there is not replaced without --force', async () => {
    const precious = lab.write('precious.yaml', 'mine');
    const command = ['init', '--file', at('events.ndjson'), '-o', precious, '--name', 'precious'];
    const refused = await run(...command);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toMatch(/^PLB_FILE_EXISTS Cannot write .*precious\.yaml: it is there/);
    expect(refused.err).toContain('--force');
    expect(readFileSync(precious, 'utf8')).toBe('mine');
    expect(existsSync(at('precious-baseline.ndjson'))).toBe(false);
    expect(await run(...command, '--force')).toMatchObject({ code: 0 });
    expect(readFileSync(precious, 'utf8')).toContain('monitors:');
    const again = await run(...command.slice(0, 4), at('new.yaml'), '--name', 'precious');
    expect(again.err).toContain('precious-baseline.ndjson: it is there already');
  });

  test('events over several lines of a record become one line of the baseline', async () => {
    const out = at('odd.yaml');
    const odd = EVENTS.slice(0, 50).map((event) => `${JSON.stringify(event)}\r\n\r\n`);
    lab.write('odd.ndjson', `${odd.join('')}{"broken": \n[1]\n`);
    const made = await run('init', '--file', at('odd.ndjson'), '-o', out);
    expect(made.out).toContain('skipped: 1 no JSON, 1 no JSON object');
    expect(readFileSync(at('odd-baseline.ndjson'), 'utf8')).toBe(toLines(EVENTS.slice(0, 50)));
  });
});

/** What stands in a topic beside events: checks of Plumbline's own, tombstones, what is no JSON. */
const NOISE: readonly OutgoingRecord[] = [
  syntheticRecord({}),
  { value: null },
  { value: encoder.encode('not json') },
  { value: encoder.encode('[1]') },
  { value: encoder.encode(JSON.stringify({ ...EVENTS[0], ts: 'soon' })) },
];

async function fill(log: Transport, topic: string, partitions: number): Promise<void> {
  await log.ensureTopic({ topic, partitions, cleanup: 'delete' });
  const records = EVENTS.map((event, i) => ({
    partition: i % partitions,
    key: encoder.encode(event.country!),
    // Time passes in the log as it did for the events.
    timestamp: FIRST + i * 10_000 + 500,
    value: encoder.encode(JSON.stringify(event, null, i % 2 === 0 ? 1 : 0)),
  }));
  await log.send(topic, [...NOISE.map((record) => ({ ...record, partition: 0 })), ...records]);
}

describe('from the embedded log', () => {
  const data = () => at('data');

  beforeAll(async () => {
    mkdirSync(join(data(), 'log'), { recursive: true });
    const log = await openEmbeddedTransport({ directory: join(data(), 'log') });
    await fill(log, 'fraud.scored', 3);
    await log.ensureTopic({ topic: 'empty', partitions: 2, cleanup: 'delete' });
    await log.ensureTopic({ topic: 'words', partitions: 1, cleanup: 'delete' });
    await log.send('words', [{ value: encoder.encode('avro?') }]);
    await log.close();
  });

  test('a topic is sampled, whatever stands between its events, and then watched', async () => {
    const out = at('log.yaml');
    const made = await run('init', '--topic', 'fraud.scored', '--data', data(), '-o', out);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toContain(
      'sampled 6,005 records of topic fraud.scored in data in 3 partitions',
    );
    expect(made.out).toContain(
      'skipped: 1 synthetic, 1 without a value, 1 no JSON, 1 no JSON object, 1 with an unusable event time',
    );
    expect(made.out).toMatch(/^key +\$\.country$/m);
    const rows = readFileSync(at('fraud.scored-baseline.ndjson'), 'utf8').trimEnd().split('\n');
    expect(rows.map((row) => JSON.parse(row) as unknown)).toEqual(EVENTS);
    const { config } = await loadConfigFile(out);
    expect(config.streams).toMatchObject([
      { topics: ['fraud.scored'], timePath: '$.ts', keyPath: '$.country', idPath: '$.event_id' },
    ]);
    // 360 an hour: six hours hold enough, and sixteen of them are cut into panes of an hour or less.
    expect(config.monitors).toMatchObject([{ windowMs: 6 * 3_600_000, paneMs: 900_000 }]);
    const { out: said } = await evaluationsOf(out, (items) => items.length > 0);
    expect(said).toContain('6,000 rows, built');
  });

  test('a part of a topic is the newest, from the same time on in all partitions', async () => {
    const out = at('part.yaml');
    const made = await run(
      ...['init', '-t', 'fraud.scored', '--data', data(), '-o', out],
      ...['--name', 'part', '--events', '900'],
    );
    expect(made.out).toMatch(/sampled 90\d of 6,005 records/);
    const rows = readFileSync(at('part-baseline.ndjson'), 'utf8').trimEnd().split('\n');
    const events = rows.map((row) => JSON.parse(row) as { event_id: string });
    // A contiguous end of the log: its panes hold all events that there were.
    expect(events.map(({ event_id }) => event_id)).toEqual(
      EVENTS.slice(-events.length).map(({ event_id }) => event_id),
    );
    expect(events.length).toBeGreaterThan(850);
  });

  test.each([
    [['-t', 'fraud-scored'], 'PLB_TRANSPORT_TOPIC', 'did you mean "fraud.scored"?'],
    [['-t', 'nothing'], 'PLB_TRANSPORT_TOPIC', 'there is no such topic'],
    [['-t', 'empty'], 'PLB_SAMPLE_UNUSABLE', 'topic empty in data: it is empty'],
    [['-t', 'words'], 'PLB_SAMPLE_UNUSABLE', 'of 1 sampled records none is an event (malformed 1)'],
    [['-t', 'fraud.scored', '--time', '$.when'], 'PLB_SAMPLE_UNUSABLE', 'times are at $.ts'],
  ])('%j is refused', async (args, code, piece) => {
    const made = await run(
      ...['init', ...args, '--data', data(), '-o', at('refused.yaml'), '--name', 'refused'],
    );
    expect(made).toMatchObject({ code: 2, out: '' });
    expect(made.err).toContain(code);
    expect(made.err).toContain(piece);
    expect(existsSync(at('refused.yaml'))).toBe(false);
  });

  test('a log that a server has is not opened', async () => {
    const log = await openEmbeddedTransport({ directory: join(data(), 'log') });
    onTestFinished(() => log.close());
    const made = await run('init', '-t', 'words', '--data', data(), '-o', at('locked.yaml'));
    expect(made.code).toBe(2);
    expect(made.err).toContain('PLB_STORE_LOCKED');
  });
});

describe('the command line', () => {
  test.each([
    [[], 'no topic is named'],
    [['--topic', 'a b'], 'Cannot use --topic: it must be a topic'],
    [['--topic', 't', '--brokers', 'kafka'], 'Cannot use --brokers: it must be host:port'],
    [['--topic', 't', '--data', 'd', '--brokers', 'k:1'], 'Cannot use --brokers beside --data'],
    [['--file', 'f', '--tls'], 'Cannot use --tls beside --file'],
    [['--file', 'f', '--data', 'd'], 'Cannot use --data beside --file'],
    [['--file', 'f', '-t', 'a', '-t', 'b'], 'a file is read into one'],
    [['-t', 't', '--time', '$.a[*]'], 'Cannot use --time: it must be a JSON path'],
    [['-t', 't', '--name', 'My Name'], 'Cannot use --name'],
    [['-t', 't', '--username', 'u'], '--sasl-mechanism must be given'],
    [['-t', 't', '--sasl-mechanism', 'scram-sha-521'], 'Cannot use --sasl-mechanism'],
    [['-t', 't', '--sasl-mechanism', 'plain', '--username', 'u'], '--password-env'],
    [['-t', 't', '--password', 'secret'], "unknown option '--password'"],
    [['-t', 't', '--events', '0'], 'a whole number from 1 to 1,000,000'],
    [['--file', at('none.ndjson')], 'there is no such file'],
    [['-t', 't', '--data', at('nowhere')], 'Plumbline has kept no log there yet'],
    [['--file', at('events.ndjson'), '-o', at('no/such/c.yaml')], 'there is no'],
    [['--file', at('events.ndjson'), '--baseline', at('no.csv')], 'there is no such file'],
  ])('%j is refused in words', async (args, piece) => {
    const made = await run('init', '-o', at('never.yaml'), ...args);
    expect(made.err).toContain(piece);
    expect(made).toMatchObject({ code: 2, out: '' });
    expect(made.err).not.toMatch(/^ +at /m);
    expect(existsSync(at('never.yaml'))).toBe(false);
  });

  test('its help has examples and the exit codes', async () => {
    const { code, out } = await run('init', '--help');
    expect(code).toBe(0);
    expect(out).toMatch(/Examples:\n {2}\$ plumbline init /);
    expect(out).toMatch(/Exit codes: 0 [\s\S]*\b2\b/);
  });

  test('brokers that are not there are named, and what else can be done', async () => {
    const out = lab.write('away.yaml', 'mine');
    const made = await run('init', '-t', 't', '--brokers', '127.0.0.1:1', '-o', out);
    expect(made).toMatchObject({ code: 2, out: '' });
    expect(made.err).toContain('PLB_TRANSPORT_UNAVAILABLE');
    expect(made.err).toContain('127.0.0.1:1');
    expect(made.err).toContain('sample from a file of events with --file');
    expect(made.err).toContain('connecting to 127.0.0.1:1 …');
    // Both at once, so that mending one is not followed by the other.
    expect(made.err).toMatch(/^PLB_FILE_EXISTS Cannot write .*away\.yaml: it is there/m);
    expect(readFileSync(out, 'utf8')).toBe('mine');
  });
});

describeOnKafka(
  'from Kafka',
  (kafka) => {
    test('a topic is sampled over an encrypted login, and the configuration has no secret', async () => {
      const { certificates, users } = kafka();
      const plain = await openKafkaTransport({ brokers: kafka().listener('plain') });
      onTestFinished(() => plain.close());
      await fill(plain, 'fraud.scored', 3);
      const out = at('kafka.yaml');
      process.env.INIT_TEST_PW = users.admin.password;
      onTestFinished(() => {
        delete process.env.INIT_TEST_PW;
      });
      const made = await run(
        ...['init', '-t', 'fraud.scored', '-o', out, '--name', 'kafka'],
        ...['--brokers', kafka().listener('sasl-tls').join(',')],
        ...['--ca-file', lab.write('ca.pem', certificates.authority)],
        ...['--sasl-mechanism', 'scram-sha-512', '--username', users.admin.username],
        ...['--password-env', 'INIT_TEST_PW'],
      );
      expect(made.code, made.err).toBe(0);
      expect(made.out).toContain('export INIT_TEST_PW=…');
      expect(readFileSync(out, 'utf8')).not.toContain(users.admin.password);
      const rows = readFileSync(at('kafka-baseline.ndjson'), 'utf8').trimEnd().split('\n');
      expect(rows.map((row) => JSON.parse(row) as unknown)).toEqual(EVENTS);
      const { out: said } = await evaluationsOf(out, (items) => items.length > 0);
      expect(said).toContain('6,000 rows, built');
    });

    test('a listener that hangs up on strangers may want a login', async () => {
      const brokers = kafka().listener('sasl-tls').join(',');
      const made = await run(
        'init',
        '-t',
        'fraud.scored',
        '--brokers',
        brokers,
        '-o',
        at('no.yaml'),
      );
      expect(made).toMatchObject({ code: 2, out: '' });
      expect(made.err).toMatch(
        /PLB_TRANSPORT_UNAVAILABLE[\s\S]*fix: .*a login.*--sasl-mechanism.*--tls/,
      );
    });

    test.each([
      ['a topic of a similar name', 'fraud_scored', 'admin-secret', 'did you mean "fraud.scored"?'],
      ['a wrong password', 'fraud.scored', 'not-the-secret', 'PLB_TRANSPORT_AUTHENTICATION'],
    ])('%s is told, and nothing is written', async (_, topic, password, piece) => {
      const { certificates, users } = kafka();
      const out = at('kafka-refused.yaml');
      const made = await run(
        ...['init', '-t', topic, '-o', out, '--name', 'kafka-refused'],
        ...['--brokers', kafka().listener('sasl-tls').join(',')],
        ...['--ca-file', lab.write('ca.pem', certificates.authority)],
        ...['--sasl-mechanism', 'plain', '--username', users.admin.username],
        ...['--password-file', lab.write('password', `${password}\n`)],
      );
      expect(made).toMatchObject({ code: 2, out: '' });
      expect(made.err).toContain(piece);
      expect(made.err).not.toContain(password);
      expect(existsSync(out)).toBe(false);
    });
  },
  { security: ['plain', 'sasl-tls'] },
);
