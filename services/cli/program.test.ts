import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from '#libs/store/sqlite/open-sqlite-store.ts';
import { configText, createLab, orders, toLines, trainingRows } from './testing/lab.ts';
import { addressIn, eventually } from './testing/run-cli.ts';
import { launch, type Outcome } from './testing/run-in-process.ts';

const lab = createLab();
const { at } = lab;
const run = (...args: readonly string[]): Promise<Outcome> => launch(...args).outcome;

beforeAll(() => {
  const rows = trainingRows();
  const csv = (row: { ts: string; amount: number; country: string }) =>
    `${row.ts},${row.amount},${row.country}\n`;
  const header = 'ts,amount,country\n';
  lab.write('train.ndjson', toLines(rows));
  lab.write('train.csv', header + rows.slice(0, 500).map(csv).join(''));
  lab.write('other.csv', header + rows.slice(0, 400).map(csv).join(''));
  lab.write('ragged.csv', `${header}2024-01-01,1,de\n2024-01-01,1,de,extra\n`);
  lab.write('empty.csv', '');
  lab.write('empty.parquet', '');
  lab.write('header.csv', header);
  lab.write('truncated.parquet', `PAR1${'x'.repeat(500)}`);
  lab.write('text.parquet', 'ts,amount\n'.repeat(20));
  lab.write('truncated.csv.gz', gzipSync(header.repeat(1000)).subarray(0, 20));
  lab.write(
    'binary.csv',
    Uint8Array.from({ length: 5000 }, (_, i) => (i * 37 + 7) % 256),
  );
  lab.write('noextension', header);
  lab.write('events.ndjson', toLines(orders(10, { from: 0 })));
});
afterAll(() => lab.remove());

describe('the command line itself', () => {
  test.each([
    [['strat'], ["unknown command 'strat'", 'Did you mean start?']],
    [
      ['start', '--cofnig', 'x'],
      ["unknown option '--cofnig'", 'Did you mean --config?'],
    ],
    [['start'], ["required option '-c, --config <file>' not specified"]],
    [['start', '-c', 'x', '--log-level', 'loud'], ['debug, info, warn, error, silent']],
    [['validate'], ['missing the configuration file']],
    [['validate', 'a', '-c', 'b'], ['name the configuration file once']],
    [['validate', 'a', 'b'], ['too many arguments']],
    [
      ['baseline', 'crate'],
      ["unknown command 'crate'", 'Did you mean create?'],
    ],
    [['demo', '--port', '80.5'], ['a whole number from 0 to 65535']],
    [['demo', '--speed', 'fast'], ['a number of at least 0']],
    [['demo', '--transport', 'kafka', '--data', at('d')], ['on Kafka: --brokers must say where']],
    [
      ['demo', '--transport', 'embedded', '--brokers', 'k:9092', '--data', at('d')],
      ['--brokers must come with --transport kafka, got embedded', 'fix: plumbline demo'],
    ],
    [
      ['demo', '--brokers', 'k,b:9092', '--data', at('d')],
      ['kafka.brokers[0]: must be host:port', 'got "k"'],
    ],
    [['demo', '--transport', 'rabbit'], ['Allowed choices are embedded, kafka']],
    [['demo', '--host', 'a|b', '--data', at('d')], ['server.host: must be a host name']],
    [[], ['Usage: plumbline']],
  ])('%j is refused with exit code 2', async (args, pieces) => {
    const { code, out, err } = await run(...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    for (const piece of pieces) expect(err).toContain(piece);
    expect(err).not.toMatch(/^ +at /m);
  });

  test.each([
    [[]],
    [['start']],
    [['validate']],
    [['demo']],
    [['baseline']],
    [['baseline', 'create']],
    [['baseline', 'list']],
    [['baseline', 'show']],
  ])('the help of %j has an example and the exit codes', async (command) => {
    const { code, out, err } = await run(...command, '--help');
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toMatch(/Examples?:\n {2}\$ plumbline /);
    expect(out).toMatch(/Exit codes:[\s\S]*\b0\b[\s\S]*\b2\b/);
  });
});

describe('configurations', () => {
  const write = (name: string, text: string) => lab.write(`${name}.yaml`, text);
  const usual = () => configText({ data: 'data', source: 'events.ndjson' });
  const refusals: readonly (readonly [string, () => string, readonly string[]])[] = [
    ['a list', () => '- a\n- b\n', ['list.yaml:1:1', 'must be a map', 'got a list']],
    ['empty', () => '', ['empty.yaml:1:1', 'got an empty file']],
    [
      'misspelled',
      () => usual().replace('window:', 'windw:').replace('topics:', 'topcs:'),
      [
        'misspelled.yaml:4:13 streams.orders.topcs: unknown key; did you mean "topics"?',
        'misspelled.yaml:8:46 monitors.hourly.windw: unknown key; did you mean "window"?',
      ],
    ],
    ['not YAML', () => 'a: [', ['YAML syntax']],
    [
      'with a secret',
      () =>
        `kafka: { brokers: [k:9092], sasl: { mechanism: plain, username: u, password: hunter2 } }\n`,
      ['kafka.sasl.password: must be a reference { env: NAME }'],
    ],
  ];
  test.each(
    refusals.flatMap(([name, text, pieces]) => [
      ['validate', name, text, pieces] as const,
      ['start', name, text, pieces] as const,
    ]),
  )('%s refuses one that is %s', async (command, name, text, pieces) => {
    const file = write(name === 'a list' ? 'list' : name.replaceAll(' ', '-'), text());
    const { code, out, err } = await run(
      ...(command === 'start' ? ['start', '-c'] : ['validate']),
      file,
    );
    expect(code).toBe(2);
    expect(out).toBe('');
    for (const piece of pieces) expect(err).toContain(piece);
    expect(err.match(/PLB_CONFIG_INVALID/g)).toHaveLength(1);
    expect(err).not.toContain('hunter2');
    expect(existsSync(at('data'))).toBe(false);
  });

  test.each(['validate', 'start'])('%s names a file that is not there', async (command) => {
    const { code, err } = await run(
      ...(command === 'start' ? ['start', '-c'] : ['validate']),
      at('no.yaml'),
    );
    expect(code).toBe(2);
    expect(err).toContain(`PLB_FILE_NOT_FOUND Cannot read ${at('no.yaml')}: there is no such file`);
  });

  test('validate warns of what only this machine lacks', async () => {
    const file = write(
      'lacking',
      configText({ data: 'data', source: 'no.ndjson', baseline: 'no.csv' }),
    );
    const { code, out, err } = await run('validate', file);
    expect(code).toBe(0);
    expect(out).toBe(`${file} is valid: 1 stream, 1 baseline, 1 monitor, 0 channels\n`);
    expect(err).toBe(
      `warning: baselines.train.file: there is no file ${at('no.csv')} on this machine\n` +
        `warning: streams.orders.source.file: there is no file ${at('no.ndjson')} on this machine\n`,
    );
  });

  test('validate has nothing against Kafka and PostgreSQL', async () => {
    const file = write(
      'elsewhere',
      'kafka: { brokers: [k:9092] }\nstore: { postgres: { url: { env: PG } } }\n' +
        'streams: { orders: { topics: [orders], time: $.ts } }\n',
    );
    expect(await run('validate', file)).toMatchObject({ code: 0, err: '' });
  });

  test.each([
    [
      { baseline: 'no.csv' },
      ['PLB_FILE_NOT_FOUND', 'no.csv', '(baselines.train.file)', 'folder of the configuration'],
    ],
    [
      { baseline: 'truncated.parquet' },
      ['PLB_FILE_MALFORMED', 'truncated', '(baselines.train.file)'],
    ],
    [{ baseline: 'ragged.csv' }, ['line 3 of', 'got 4', '(baselines.train.file)']],
    [{ baseline: 'empty.csv' }, ['PLB_BASELINE_EMPTY', 'no header row', '(baselines.train.file)']],
    [
      { fields: '[amuont, country]' },
      ['PLB_BASELINE_FIELD', '(monitors.hourly.fields)', 'did you mean "amount"?'],
    ],
    [
      { fields: 'auto, segments: { by: contry }' },
      ['PLB_BASELINE_FIELD', '(monitors.hourly.segments.by)', 'nearest name is "country"'],
    ],
    [
      { data: 'train.csv' },
      ['as the data directory: it must be a directory', 'train.csv is a file'],
    ],
    [{ data: '/proc/1/no/such' }, ['as the data directory: ', 'choose a directory']],
  ])('start refuses %j with its place and leaves nothing running', async (change, pieces) => {
    const file = write('broken', configText({ data: 'broken-data', ...change }));
    const { code, out, err } = await run('start', '-c', file);
    expect(code).toBe(2);
    expect(out).toBe('');
    for (const piece of pieces) expect(err).toContain(piece);
    expect(err.match(/PLB_/g)).toHaveLength(1);
    expect(err).not.toMatch(/^ +at |Server listening/m);
  });

  test('start names the nearest field when a newer version of the baseline lacks one', async () => {
    const text = configText({ data: 'replaced', baseline: 'train.csv', fields: '[amount]' });
    const file = write('replaced', text);
    const first = launch('start', '-c', file, '--log-level', 'error');
    await eventually('the first start', () => addressIn(first.out()));
    first.interrupt();
    expect((await first.outcome).code).toBe(0);
    lab.write('renamed.csv', 'ts,amounts\n2024-01-01T00:00:00Z,1\n2024-01-01T01:00:00Z,2\n');
    const made = ['--file', at('renamed.csv'), '--data', at('replaced')];
    expect((await run('baseline', 'create', 'train', ...made)).code).toBe(0);
    const { code, err } = await run('start', '-c', file);
    expect(code).toBe(2);
    expect(err).toMatch(/PLB_BASELINE_FIELD .*amount[^s]/);
    expect(err).toContain('"amounts"');
  });

  test.each<[string, string, readonly string[], readonly string[]]>([
    [
      'several processes on the embedded log and SQLite',
      '',
      ['--workers', '2'],
      ['Cannot start 2 worker processes: the embedded log and the SQLite store serve one process'],
    ],
    [
      'several processes on SQLite',
      'kafka: { brokers: [k:9092] }',
      ['--workers', '2'],
      ['the SQLite store serves one process', 'fix: add store: { postgres:'],
    ],
    [
      'a part of the work on SQLite',
      'kafka: { brokers: [k:9092] }',
      ['--role', 'profiler'],
      ['PLB_SEVERAL_PROCESSES Cannot start a process that is only profiler'],
    ],
    [
      'a part of the work on the embedded log',
      'store: { postgres: { url: { env: PLUMBLINE_NO_SUCH } } }',
      ['--role', 'api'],
      ['the embedded log serves one process', '(kafka)'],
    ],
    [
      'a password that is not set',
      'kafka: { brokers: [k:9092], sasl: { mechanism: plain, username: u, password: { env: PLUMBLINE_NO_SUCH } } }',
      [],
      ['PLB_SECRET_MISSING Cannot read kafka.sasl.password', 'PLUMBLINE_NO_SUCH', 'it is not set'],
    ],
    [
      'a database address that is not set',
      'store: { postgres: { url: { env: PLUMBLINE_NO_SUCH } } }',
      [],
      ['Cannot read store.postgres.url', 'fix: export PLUMBLINE_NO_SUCH'],
    ],
    ['roles for workers', '', ['--workers', '2', '--role', 'api'], ['leave out --role']],
    ['no number of workers', '', ['--workers', 'many'], ['whole number from 0 to 64']],
    ['an unknown role', '', ['--role', 'profilr'], ['got "profilr"']],
  ])('start refuses %s before it makes anything', async (_, more, args, pieces) => {
    const file = write('refused', `${more}\n${configText({ data: 'refused-data' })}`);
    const { code, err } = await run('start', '-c', file, ...args);
    for (const piece of pieces) expect(err).toContain(piece);
    expect(code).toBe(2);
    expect(existsSync(at('refused-data'))).toBe(false);
  });
});

describe('baseline create', () => {
  const create = (name: string, ...args: readonly string[]) =>
    run('baseline', 'create', name, '--data', at('untouched'), ...args);

  test.each<[string, readonly string[], readonly string[]]>([
    ['b', ['--file', at('no.csv')], ['PLB_FILE_NOT_FOUND', 'there is no such file']],
    ['b', ['--file', lab.folder], ['it must be a file, got a directory']],
    ['b', ['--file', at('noextension')], ['the format must be one of parquet, arrow, csv, ndjson']],
    ['b', ['--file', at('empty.csv')], ['PLB_BASELINE_EMPTY']],
    ['b', ['--file', at('empty.parquet')], ['PLB_BASELINE_EMPTY']],
    ['b', ['--file', at('header.csv')], ['PLB_BASELINE_EMPTY', 'no rows']],
    ['b', ['--file', at('ragged.csv')], ['PLB_FILE_MALFORMED Cannot read line 3 of', 'got 4']],
    ['b', ['--file', at('truncated.parquet')], ['PLB_FILE_MALFORMED', 'truncated']],
    ['b', ['--file', at('text.parquet')], ['it is not a Parquet file']],
    ['b', ['--file', at('truncated.csv.gz')], ['the gzip file is truncated']],
    ['b', ['--file', at('train.csv'), '--type', 'amuont=categorical'], ['did you mean "amount"?']],
    [
      'b',
      ['--file', at('train.csv'), '--type', 'amount=categoricl'],
      ['--type amount: it must be numeric', 'did you mean "categorical"?'],
    ],
    [
      'b',
      ['--file', at('train.csv'), '--type', 'amount'],
      ['--type: it must be FIELD=TYPE, got "amount"'],
    ],
    ['b', ['--file', at('train.csv'), '--fields', 'amount, cuontry'], ['did you mean "country"?']],
    [
      'b',
      ['--file', at('train.csv'), '--derive', 'hour=hour_off_day:ts'],
      ['there is no function hour_off_day; did you mean "hour_of_day"?'],
    ],
    [
      'b',
      ['--file', at('train.csv'), '--derive', 'hour=hour_of_day'],
      ['--derive: it must be NAME=FUNCTION:PATH'],
    ],
    ['b', ['--file', at('train.csv'), '--from', '2024-01-02'], ['--from: it needs --time']],
    [
      'b',
      ['--file', at('train.csv'), '--time', 'ts', '--from', 'soon'],
      ['--from: it must be an ISO 8601 time'],
    ],
    [
      'b',
      ['--file', at('train.csv'), '--time', 'ts', '--from', '2024-01-03', '--to', '2024-01-02'],
      ['--to: it must be after from, got 2024-01-02'],
    ],
    [
      'b',
      ['--file', at('train.csv'), '--time', 'ts', '--to', '1999-01-01'],
      ['PLB_BASELINE_EMPTY', 'outside of the time range'],
    ],
    [
      'b',
      ['--file', at('train.csv'), '--time', 'ts', '--pane', '1x'],
      ['--pane: it must be a duration'],
    ],
    ['b', ['--file', at('train.csv'), '--time', 'tss'], ['no usable event time']],
    ['Not/a name', ['--file', at('train.csv')], ['NAME: it must be a name of 1 to 63']],
    ['by_model_version', ['--file', at('train.csv')], ['NAME: it must be another name']],
    ['b', ['--file', at('train.csv'), '--namespace', 'A'], ['--namespace: it must be a name']],
  ])('%s %j is refused, and nothing is made', async (name, args, pieces) => {
    const { code, out, err } = await create(name, ...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    for (const piece of pieces) expect(err).toContain(piece);
    expect(err).not.toMatch(/^ +at /m);
    expect(existsSync(at('untouched'))).toBe(false);
  });

  test('a file that is no text cannot steer the terminal or fill it', async () => {
    const { code, err } = await create('b', '--file', at('binary.csv'));
    expect(code).toBe(2);
    expect(err).not.toMatch(/[\p{Cc}--\n]/v);
    for (const line of err.split('\n')) expect(line.length).toBeLessThanOrEqual(400);
  });
});

describe('baselines', () => {
  const data = () => ['--data', at('store')];
  const json = async (...args: readonly string[]) =>
    JSON.parse((await run(...args, ...data(), '--json')).out);

  test('each format can be made, listed and shown', async () => {
    const options = [
      '--time',
      'ts',
      '--type',
      'amount=categorical',
      '--derive',
      'hour=hour_of_day:$.ts',
    ];
    const created = await json(
      ...['baseline', 'create', 'from.csv', '--file', at('train.csv'), ...options],
      ...[
        '--from',
        '2024-01-01T01:00:00Z',
        '--to',
        '2024-01-01T03:00:00Z',
        '--model-version',
        'v7',
      ],
    );
    expect(created).toMatchObject({ name: 'from.csv', rows: 120, modelVersion: 'v7' });
    expect(created.summary.fields).toMatchObject([
      { name: 'amount', type: 'categorical' },
      { name: 'country', type: 'categorical' },
      { name: 'hour', type: 'circular', distinct: 2 },
    ]);
    const ndjson = await run(
      'baseline',
      'create',
      'lines',
      '--file',
      at('train.ndjson'),
      ...data(),
    );
    expect(ndjson).toMatchObject({ code: 0, err: '' });
    expect(ndjson.out).toContain('rows     20,160');
    const parquet = new URL('../../libs/baselines/fixtures/snappy.parquet', import.meta.url)
      .pathname;
    expect(await run('baseline', 'create', 'columns', '--file', parquet, ...data())).toMatchObject({
      code: 0,
    });

    const listed = await run('baseline', 'list', ...data());
    expect(listed.out.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'NAME',
      'columns',
      'from.csv',
      'lines',
      '',
    ]);
    expect(await json('baseline', 'list')).toHaveLength(3);
    expect(await json('baseline', 'show', 'from.csv')).toEqual(created);
    const near = await run('baseline', 'show', 'lnies', ...data());
    expect(near).toMatchObject({ code: 2, out: '' });
    expect(near.err).toContain('there is no such baseline\n  fix: did you mean "lines"?');
    const version = await run('baseline', 'show', 'lines', 'v9', ...data());
    expect(version.err).toContain('Cannot show lines v9: there is no such baseline');
  });

  test('a version keeps its content', async () => {
    const make = (file: string) =>
      run('baseline', 'create', 'kept', '--file', at(file), '--version-name', 'v1', ...data());
    expect((await make('train.csv')).code).toBe(0);
    const again = await make('other.csv');
    expect(again.code).toBe(2);
    expect(again.err).toContain('PLB_BASELINE_EXISTS');
    expect((await json('baseline', 'show', 'kept')).rows).toBe(500);
  });

  test('looking where nothing is makes nothing', async () => {
    const none = ['--data', at('nowhere')];
    expect(await run('baseline', 'list', ...none)).toMatchObject({ code: 0 });
    expect((await run('baseline', 'show', 'b', ...none)).code).toBe(2);
    expect(existsSync(at('nowhere'))).toBe(false);
  });

  test('a store that has an owner is refused, naming it', async () => {
    const store = await openSqliteStore({ directory: at('owned'), owner: 'a test' });
    try {
      for (const args of [['create', 'b', '--file', at('train.csv')], ['list'], ['show', 'b']]) {
        const { code, out, err } = await run('baseline', ...args, '--data', at('owned'));
        expect([code, out]).toEqual([2, '']);
        expect(err).toContain(`PLB_STORE_LOCKED`);
        expect(err).toContain(`${process.pid} (a test)`);
      }
    } finally {
      await store.close();
    }
  });
});

test('the demo clears no data of another use', async () => {
  await run('baseline', 'create', 'mine', '--file', at('train.csv'), '--data', at('mine'));
  const { code, err } = await run('demo', '--port', '0', '--data', at('mine'));
  expect(code).toBe(2);
  expect(err).toContain('it must be empty or of an earlier demo');
  const listed = await run('baseline', 'list', '--data', at('mine'));
  expect(listed.out).toContain('mine');
  mkdirSync(at('fresh'));
  expect((await run('demo', '--host', '0.0.0.0', '--data', at('fresh'))).err).toContain(
    'PLB_LISTEN_HOST',
  );
  expect(readdirSync(at('fresh'))).toContain('made-by-demo');
});
