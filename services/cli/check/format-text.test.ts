import { describe, expect, test } from 'vitest';
import { exitCode } from './exit-code.ts';
import { formatText } from './format-text.ts';
import { sampleField, sampleFields, sampleReport } from './report-fixture.ts';

const plain = { colours: false };

describe('the text of a check', () => {
  test('has a field a line, the worst first, and the counts', () => {
    expect(formatText(sampleReport(), plain)).toBe(
      `CRITICAL amount   ks 0.27 (limit 0.20, p<1e-9)  n 50,000  m 41,802   median 41 → 63
OK       country  psi 0.01 (limit 0.10)
NO DATA  tenure   m 12, needs 100
1 critical, 1 ok, 1 undecided
`,
    );
  });

  test('aligns what it says of several fields', () => {
    const { amount, country } = sampleFields();
    const rate = {
      statistic: 0.12,
      p_value: 0.0031,
      p_adjusted: 0.0062,
      baseline: 0.001,
      current: 0.121,
      threshold: { warning: 0.01, critical: 0.5 },
      verdict: 'warning',
    } as const;
    const card = sampleField({
      n: 9,
      m: 1_000_000,
      verdict: 'warning',
      statistics: { missing_rate: rate },
    });
    const noise = sampleField({
      statistics: {
        psi: { ...country!.statistics.psi!, statistic: 0.3, p_adjusted: 0.2, p_value: 0.1 },
      },
    });
    const text = formatText(sampleReport({}, { amount: amount!, card, noise }), plain);
    expect(text.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      'CRITICAL amount  ks 0.27 (limit 0.20, p<1e-9)  n 50,000  m 41,802  median 41 → 63',
      'WARNING  card  missing_rate 0.1% → 12% (limit 1 point, p=0.0062)  n 9  m 1,000,000',
      'OK  noise  psi 0.30 (limit 0.10, p=0.2: may be noise)',
      '1 critical, 1 warning, 1 ok',
      '',
    ]);
    const [first = '', second = ''] = text.split('\n');
    expect(first.indexOf('n 50,000')).toBe(second.indexOf('n 9'));
    expect(first.indexOf('m 41,802')).toBe(second.indexOf('m 1,000,000'));
  });

  test('says what is not a field: notes and the number of rows', () => {
    const volume = {
      verdict: 'critical',
      reason_code: 'volume_low',
      reason: '200 events, usual 480: 42% (limit 50%).',
      statistics: {},
    } as const;
    const notes = ['Column only in the current data, not compared: "extra".'];
    const fields = { country: sampleField() };
    expect(formatText(sampleReport({ volume, notes }, fields), plain)).toBe(
      `OK       country  psi 0.01 (limit 0.10)
CRITICAL (rows)   200 events, usual 480: 42% (limit 50%)
note: Column only in the current data, not compared: "extra".
1 critical, 1 ok
`,
    );
    const open = { ...volume, verdict: 'insufficient_data', reason: 'Part of a day.' } as const;
    expect(formatText(sampleReport({ volume: open }, fields), plain)).toBe(
      `OK       country  psi 0.01 (limit 0.10)
note: Rows not judged: Part of a day.
1 ok
`,
    );
  });

  test('colours the verdict only, where colours are wanted', () => {
    const coloured = formatText(sampleReport(), { colours: true });
    expect(coloured).toContain('\u001b[31mCRITICAL\u001b[0m amount');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal is told.
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(formatText(sampleReport(), plain));
  });

  test('keeps a name from steering the terminal or filling the screen', () => {
    const fields = { '\u001b[2Jevil\nname': sampleField(), ['x'.repeat(500)]: sampleField() };
    const lines = formatText(sampleReport({}, fields), plain).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines.join('')).not.toContain('\u001b');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(100);
  });
});

describe('the exit code', () => {
  const fieldOf = (verdict: 'ok' | 'warning' | 'critical' | 'insufficient_data') =>
    sampleField({ verdict });
  const code = (
    verdicts: readonly Parameters<typeof fieldOf>[0][],
    {
      failOn = 'critical',
      allowInsufficient = false,
    }: { failOn?: 'warning' | 'critical'; allowInsufficient?: boolean } = {},
  ) =>
    exitCode(
      {
        ...sampleReport(
          {},
          Object.fromEntries(verdicts.map((verdict, i) => [`f${i}`, fieldOf(verdict)])),
        ),
        failOn,
      },
      { allowInsufficient },
    );

  test('is 1 for drift at or above the level, which wins over what is undecided', () => {
    expect(code(['ok', 'critical'])).toBe(1);
    expect(code(['insufficient_data', 'critical'])).toBe(1);
    expect(code(['warning', 'ok'])).toBe(0);
    expect(code(['warning', 'ok'], { failOn: 'warning' })).toBe(1);
  });

  test('is 3 where nothing drifted and a field is undecided, unless that is allowed', () => {
    expect(code(['ok', 'insufficient_data'])).toBe(3);
    expect(code(['warning', 'insufficient_data'])).toBe(3);
    expect(code(['ok', 'insufficient_data'], { allowInsufficient: true })).toBe(0);
    expect(code(['ok'])).toBe(0);
  });

  test('counts the number of rows as drift, but not as undecided', () => {
    const volume = { reason_code: '', reason: '', statistics: {} };
    const of = (verdict: 'critical' | 'insufficient_data') =>
      exitCode(sampleReport({ volume: { ...volume, verdict } }, { a: sampleField() }), {
        allowInsufficient: false,
      });
    expect(of('critical')).toBe(1);
    expect(of('insufficient_data')).toBe(0);
  });
});
