import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLab } from './testing/lab.ts';
import { endAll, spawnCli } from './testing/run-cli.ts';
import { launch } from './testing/run-in-process.ts';

const lab = createLab();
const ROWS = 600;

/** Numbers 0 to 99 and three categories, in an order that is always the same. */
function rows(count: number, { shift = 0 } = {}): string[][] {
  return Array.from({ length: count }, (_, i) => [
    String(((i * 37) % 100) + shift),
    ['at', 'ch', 'de'][(i * 7) % 3]!,
    String(i % 2 === 0),
  ]);
}

function csv(table: readonly (readonly string[])[], header = 'amount,country,active', end = '\n') {
  return `${[header, ...table.map((row) => row.join(','))].join(end)}${end}`;
}

beforeAll(() => {
  lab.write('train.csv', csv(rows(ROWS)));
  lab.write('same.csv', csv(rows(ROWS).reverse()));
  lab.write('moved.csv', csv(rows(ROWS, { shift: 40 })));
  lab.write('few.csv', csv(rows(12)));
});
afterEach(() => endAll());
afterAll(() => lab.remove());

/** A check in this process, of files of the lab. */
async function check(baseline: string, current: string, ...more: readonly string[]) {
  return launch('check', '--baseline', lab.at(baseline), '--current', lab.at(current), ...more)
    .outcome;
}

/** A check in a process of its own, as a build server runs it. */
async function checkProcess(baseline: string, current: string, ...more: readonly string[]) {
  const args = ['check', '--baseline', lab.at(baseline), '--current', lab.at(current), ...more];
  const command = spawnCli(args, { env: { NO_COLOR: '' } });
  const { code } = await command.exit;
  return { code, out: command.out(), err: command.err() };
}

describe('a process', () => {
  test('ends with 0 where nothing moved, 1 for drift, 3 where it cannot tell, 2 for no file', async () => {
    const [same, moved, few, absent] = await Promise.all([
      checkProcess('train.csv', 'same.csv'),
      checkProcess('train.csv', 'moved.csv'),
      checkProcess('train.csv', 'few.csv'),
      checkProcess('train.csv', 'absent.csv'),
    ]);
    expect(same).toEqual({
      code: 0,
      out: 'OK       active   psi 0 (limit 0.10)\nOK       amount   ks 0 (limit 0.10)\nOK       country  psi 0 (limit 0.10)\n3 ok\n',
      err: '',
    });
    expect(moved.code).toBe(1);
    expect(moved.out).toMatch(
      /^CRITICAL amount +ks 0\.40 \(limit 0\.20, p<1e-9\) {2}n 600 {2}m 600 {3}median 49 → 89\n/,
    );
    expect(moved.out).toMatch(/\n1 critical, 2 ok\n$/);
    expect(few.code).toBe(3);
    expect(few.out).toContain('NO DATA  amount   m 12, needs 100\n');
    expect(absent).toMatchObject({ code: 2, out: '' });
    expect(absent.err).toMatch(
      /^PLB_FILE_NOT_FOUND Cannot open .*absent\.csv: there is no such file/,
    );
    // No colours where nobody looks, although nobody forbade them.
    expect(moved.out).not.toContain('\u001b');
  });

  test('writes no data directory', () => {
    expect(readdirSync(lab.folder)).not.toContain('.plumbline');
  });
});

describe('what fails', () => {
  test('is up to --fail-on and --allow-insufficient', async () => {
    const config = lab.write(
      'lenient.yaml',
      'thresholds: { amount: { ks: { warning: 0.3, critical: 0.9 }, out_of_range_rate: off } }\n',
    );
    expect((await check('train.csv', 'moved.csv', '-c', config)).code).toBe(0);
    expect((await check('train.csv', 'moved.csv', '-c', config, '--fail-on', 'warning')).code).toBe(
      1,
    );
    expect((await check('train.csv', 'few.csv', '--allow-insufficient')).code).toBe(0);
    const enough = lab.write('enough.yaml', 'min_samples: 10\n');
    expect((await check('train.csv', 'few.csv', '--config', enough)).code).toBe(0);
    expect((await check('train.csv', 'moved.csv', '--fail-on', 'ok')).code).toBe(2);
  });

  test('a configuration with a slip is refused by path, place and the right name', async () => {
    const config = lab.write('slip.yaml', 'fields:\n  amount: { type: numric }\n');
    const { code, err } = await check('train.csv', 'same.csv', '-c', config);
    expect(code).toBe(2);
    expect(err).toContain(
      `${config}:2:19 fields.amount.type: must be one of`.slice(
        0,
        `${config}:2:19 fields.amount.type`.length,
      ),
    );
    expect(err).toContain('did you mean "numeric"?');
    const foreign = lab.write(
      'foreign.yaml',
      'thresholds: { amuont: { ks: { critical: 0.3 } } }\n',
    );
    expect((await check('train.csv', 'same.csv', '-c', foreign)).err).toContain(
      "Did you mean 'amount'?",
    );
    expect((await check('train.csv', 'same.csv', '-c', lab.at('no.yaml'))).code).toBe(2);
  });

  test('only the fields of the configuration are compared', async () => {
    const config = lab.write('one.yaml', 'fields: { country: { type: categorical } }\n');
    expect(await check('train.csv', 'moved.csv', '-c', config)).toMatchObject({
      code: 0,
      out: 'OK       country  psi 0 (limit 0.10)\n1 ok\n',
    });
  });
});

describe('reports', () => {
  test('JSON has every field by its name', async () => {
    const { code, out } = await check('train.csv', 'moved.csv', '--format', 'json');
    expect(code).toBe(1);
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      verdict: 'critical',
      fields: {
        amount: {
          type: 'numeric',
          n: 600,
          m: 600,
          missing: { baseline: 0, current: 0 },
          verdict: 'critical',
          statistics: { ks: { statistic: 0.4 } },
        },
        country: { verdict: 'ok', statistics: { psi: { statistic: 0, p_value: 1 } } },
      },
    });
    expect(Object.keys(report.fields).sort()).toEqual(['active', 'amount', 'country']);
    expect(report.fields.country.bins.map(({ label }: { label: string }) => label)).toEqual([
      'at',
      'ch',
      'de',
    ]);
    expect(report.fields.amount.statistics.ks.p_value).toBeGreaterThan(0);
    expect(report.baseline).toMatchObject({ source: lab.at('train.csv'), rows: 600 });
  });

  test('a file has the format that its name says, and the text is shown besides', async () => {
    for (const [name, begins] of [
      ['drift.html', '<!doctype html>'],
      ['drift.xml', '<?xml version="1.0"'],
      ['drift.json', '{\n  "fields"'],
      ['drift.txt', 'CRITICAL amount'],
    ] as const) {
      const { code, out } = await check('train.csv', 'moved.csv', '-o', lab.at(name));
      expect(code).toBe(1);
      expect(out).toMatch(/^CRITICAL amount.*\n1 critical, 2 ok\n$/s);
      expect(readFileSync(lab.at(name), 'utf8').startsWith(begins), name).toBe(true);
    }
    const { out } = await check(
      'train.csv',
      'same.csv',
      '-o',
      lab.at('x.html'),
      '--format',
      'json',
    );
    expect(out).toContain('3 ok');
    expect(JSON.parse(readFileSync(lab.at('x.html'), 'utf8'))).toHaveProperty('verdict', 'ok');
  });

  test('never replace what they are about, and need a place to be', async () => {
    const before = readFileSync(lab.at('train.csv'));
    for (const [output, message] of [
      ['train.csv', 'it is the file'],
      ['none/drift.html', 'there is no such file or directory'],
      ['folder', 'it is a directory'],
    ] as const) {
      if (output === 'folder') mkdirSync(lab.at('folder'), { recursive: true });
      const { code, out, err } = await check('train.csv', 'same.csv', '--output', lab.at(output));
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(message);
    }
    expect(readFileSync(lab.at('train.csv'))).toEqual(before);
  });
});

describe('bad files', () => {
  test.each<[string, string, string | Uint8Array, string, string]>([
    [
      'not Parquet',
      'bad.parquet',
      'amount,country\n1,2\n',
      'PLB_FILE_MALFORMED',
      'it is not a Parquet file',
    ],
    [
      'truncated Parquet',
      'cut.parquet',
      'PAR1 and nothing more',
      'PLB_FILE_MALFORMED',
      'its footer is missing',
    ],
    [
      'truncated gzip',
      'cut.csv.gz',
      gzipSync(csv(rows(999))).subarray(0, 200),
      'PLB_FILE_MALFORMED',
      'truncated',
    ],
    ['an empty file', 'empty.csv', '', 'PLB_BASELINE_EMPTY', 'empty.csv'],
    ['an empty NDJSON file', 'empty.ndjson', '', 'PLB_BASELINE_EMPTY', 'the file is empty'],
    [
      'duplicate columns',
      'twice.csv',
      'a,b,a\n1,2,3\n',
      'PLB_FILE_MALFORMED',
      'two columns have the name "a"',
    ],
    [
      'a quote that is never closed',
      'quote.csv',
      'a,b\n1,"x\n2,y\n',
      'PLB_FILE_MALFORMED',
      'a quote is opened and never closed',
    ],
    [
      'a short row',
      'short.csv',
      'a,b\n1,2\n3\n',
      'PLB_FILE_MALFORMED',
      'as many cells as the header',
    ],
    ['broken JSON', 'broken.ndjson', '{"a":1}\n{"a":\n', 'PLB_FILE_MALFORMED', 'line 2'],
    [
      'UTF-16',
      'wide.csv',
      Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'),
      'PLB_FILE_MALFORMED',
      'it is UTF-16',
    ],
    ['another format', 'data.xlsx', 'x', 'PLB_CONFIG_INVALID', 'the format must be'],
  ])('%s is refused on either side', async (_, name, content, error, message) => {
    lab.write(name, content);
    for (const [baseline, current] of [
      ['train.csv', name],
      [name, 'train.csv'],
    ] as const) {
      const { code, out, err } = await check(baseline, current);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(error);
      expect(err).toContain(message);
    }
  });

  test('a directory, and a name that is neither file nor baseline', async () => {
    mkdirSync(lab.at('directory'), { recursive: true });
    for (const [baseline, current] of [
      ['directory', 'train.csv'],
      ['train.csv', 'directory'],
    ] as const) {
      expect(await check(baseline, current)).toMatchObject({ code: 2, out: '' });
    }
    const { code, err } = await check('nothing', 'train.csv', '--data', lab.at('no-data'));
    expect(code).toBe(2);
    expect(err).toContain('there is no such file, and no baseline of this name');
  });

  test('no rows cannot be a baseline, and leave everything undecided', async () => {
    lab.write('header.csv', 'amount,country,active\n');
    const before = await check('header.csv', 'train.csv');
    expect(before.code).toBe(2);
    expect(before.err).toContain('has no rows');
    const after = await check('train.csv', 'header.csv');
    expect(after.code).toBe(3);
    expect(after.out).toContain('NO DATA  amount   the current data has no rows\n');
    expect((await check('train.csv', 'header.csv', '--allow-insufficient')).code).toBe(0);
  });

  test('a value that changed its type, columns of one side only, one row', async () => {
    lab.write('words.csv', csv(rows(ROWS).map(([, ...rest]) => ['unknown', ...rest])));
    const words = await check('train.csv', 'words.csv');
    expect(words.code).toBe(1);
    expect(words.out).toMatch(
      /^CRITICAL amount +invalid_rate 0% → 100% \(limit 5 points, p<1e-9\)/,
    );
    lab.write('other.csv', csv(rows(ROWS), 'amount,land,active'));
    const other = await check('train.csv', 'other.csv');
    expect(other.code).toBe(1);
    expect(other.out).toContain('CRITICAL country  the current data has no such column\n');
    expect(other.out).toContain('note: Column only in the current data, not compared: "land".\n');
    lab.write('row.csv', csv(rows(1)));
    expect((await check('row.csv', 'row.csv')).code).toBe(3);
  });

  test('a byte order mark, CRLF, quotes with line breaks and gzip change nothing', async () => {
    const quoted = rows(ROWS).map(([amount, country, active]) => [
      amount!,
      `"${country}\n""x"", y"`,
      active!,
    ]);
    lab.write('quoted.csv', csv(quoted));
    lab.write('windows.csv', `\uFEFF${csv(quoted, 'amount,country,active', '\r\n')}`);
    writeFileSync(lab.at('packed.csv.gz'), gzipSync(csv(quoted)));
    for (const name of ['windows.csv', 'packed.csv.gz']) {
      expect((await check('quoted.csv', name)).out).toMatch(/\n3 ok\n$/);
    }
  });

  test('10,000 columns are compared, in every format', async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(',');
    const table = Array.from({ length: 120 }, (_, row) =>
      Array.from({ length: 10_000 }, (_, i) => String((row * 13 + i) % 50)),
    );
    lab.write('many.csv', csv(table, names));
    const { code, out } = await check('many.csv', 'many.csv', '--output', lab.at('many.html'));
    expect(code).toBe(0);
    expect(out).toMatch(/\n10,000 ok\n$/);
    expect(readFileSync(lab.at('many.html')).length).toBeLessThan(10_000_000);
  }, 120_000);
});

describe('a stored baseline', () => {
  test('is compared like the file that it was made of, by its name', async () => {
    const data = ['--data', lab.at('data')];
    const made = await launch(
      'baseline',
      'create',
      'january',
      '--file',
      lab.at('train.csv'),
      ...data,
    ).outcome;
    expect(made.code).toBe(0);
    const of = (baseline: string) =>
      launch('check', '--baseline', baseline, '--current', lab.at('moved.csv'), ...data).outcome;
    const file = await check('train.csv', 'moved.csv');
    expect(await of('january')).toEqual(file);
    const version = /version (\w+)/.exec(made.out)![1];
    expect(await of(`january@${version}`)).toEqual(file);
    const misspelt = await of('januray');
    expect(misspelt.code).toBe(2);
    expect(misspelt.err).toContain('did you mean the baseline "january"?');
    expect((await of('january@nope')).code).toBe(2);
  });
});
