import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
// By its public name: what the package exports is what is tested.
import { Baseline, type Comparison, compare, evaluate, PlumblineError, Profile } from 'plumbline';
import { afterAll, describe, expect, test } from 'vitest';
import { normal, uniform } from '#libs/detectors/judge-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumbline-compare-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function columnsOf(count: number, seed: number, shift = 0) {
  const random = uniform(seed);
  return {
    amount: Float64Array.from({ length: count }, () => 50 + shift + 10 * normal(random)),
    country: Array.from({ length: count }, () => ['at', 'ch', 'de'][Math.floor(random() * 3)]!),
    active: Array.from({ length: count }, () => random() < 0.5),
  };
}

const verdicts = ({ fields }: Comparison) =>
  Object.fromEntries(Object.entries(fields).map(([name, { verdict }]) => [name, verdict]));

async function codeOf(work: () => Promise<unknown>): Promise<PlumblineError> {
  const error = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof PlumblineError) return error;
  throw new Error('no coded error', { cause: error });
}

/** Largest distance between two empirical distribution functions, from its definition. */
function ksOf(first: readonly number[], second: readonly number[]): number {
  const share = (values: readonly number[], x: number) =>
    values.filter((value) => value <= x).length / values.length;
  return Math.max(
    ...[...first, ...second].map((x) => Math.abs(share(first, x) - share(second, x))),
  );
}

function everyNumber(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap(everyNumber)
    : [];
}

describe('compare', () => {
  test('the same data twice is ok in all, with p = 1', async () => {
    const data = columnsOf(2000, 1);
    const comparison = await compare(data, data);
    expect(comparison.verdict).toBe('ok');
    expect(verdicts(comparison)).toEqual({ active: 'ok', amount: 'ok', country: 'ok' });
    expect(comparison.fields.amount!.statistics.ks).toMatchObject({ statistic: 0, p_value: 1 });
    expect(comparison.fields.country!.statistics.psi).toMatchObject({ statistic: 0, p_value: 1 });
    expect(comparison.notes).toEqual([]);
  });

  test('finds what moved, says so, and leaves the rest alone', async () => {
    const comparison = await compare(columnsOf(5000, 2), columnsOf(4000, 3, 6));
    expect(verdicts(comparison)).toEqual({ active: 'ok', amount: 'critical', country: 'ok' });
    expect(comparison.verdict).toBe('critical');
    const { amount } = comparison.fields;
    expect(amount).toMatchObject({ type: 'numeric', n: 5000, m: 4000 });
    expect(amount!.missing).toEqual({ baseline: 0, current: 0 });
    expect(amount!.reason).toMatch(/KS 0\.2\d \(limit 0\.20\), n = 4,000.*Median 50\.2 → 55\.9/);
    expect(amount!.statistics.ks).toMatchObject({ evidence: 'iid', verdict: 'critical' });
  });

  test('ks is the distance of all distinct values, however many there are', async () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), {
      minLength: 1,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(values, values, async (first, second) => {
        const { fields } = await compare(
          { x: first },
          { x: second },
          { fields: { x: { type: 'numeric' } } },
        );
        const { x } = fields;
        // Values in one open cell count as distinct, those equal to each other too.
        const own = second.filter((value) => !first.includes(value));
        if (new Set(own).size < own.length) return;
        expect(x!.statistics.ks!.statistic).toBeCloseTo(ksOf(first, second), 12);
        expect(x!.statistics.ks!.error_bound).toBeUndefined();
      }),
      { seed: 7, numRuns: 100 },
    );
    const many = columnsOf(6000, 4).amount;
    const { fields } = await compare({ many }, { many: many.subarray(0, 3000) });
    const expected = ksOf(Array.from(many.subarray(0, 3000)), Array.from(many));
    expect(fields.many!.statistics.ks!.statistic).toBeCloseTo(expected, 12);
  });

  test('psi and chi_squared can be computed again from the bins', async () => {
    const { fields } = await compare(columnsOf(3000, 5), columnsOf(2000, 6, 3));
    for (const { bins, statistics } of Object.values(fields)) {
      const psi = bins.reduce(
        (sum, { baseline: p, current: q }) => sum + (q - p) * Math.log(q / p),
        0,
      );
      expect(statistics.psi!.statistic).toBeCloseTo(psi, 10);
      const n = bins.reduce((sum, bin) => sum + bin.baseline_count, 0);
      const m = bins.reduce((sum, bin) => sum + bin.current_count, 0);
      const chi = bins.reduce((sum, { baseline_count: b, current_count: w }) => {
        const [eb, ew] = [((b + w) * n) / (n + m), ((b + w) * m) / (n + m)];
        return sum + (b - eb) ** 2 / eb + (w - ew) ** 2 / ew;
      }, 0);
      expect(statistics.chi_squared!.statistic).toBeCloseTo(chi, 8);
    }
  });

  test('every number is finite, whatever the data', async () => {
    const cell = fc.oneof(
      fc.double(),
      fc.constantFrom(null, undefined, 'a', 'b', true, 0, 1, 1e300, -1e300, 5e-324),
    );
    const column = (length: number) => fc.array(cell, { minLength: length, maxLength: length });
    await fc.assert(
      fc.asyncProperty(column(40), column(40), column(7), async (a, b, c) => {
        for (const current of [
          { a: b, b: a },
          { a: c, b: c },
        ]) {
          const comparison = await compare(
            { a, b, k: a.map(() => 1) },
            { ...current, k: current.a },
          ).catch((error: unknown) => {
            if (error instanceof PlumblineError) return null;
            throw error;
          });
          const odd = everyNumber(comparison).filter((value) => !Number.isFinite(value));
          expect(odd).toEqual([]);
          // No NaN that JSON would turn into null.
          expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
        }
      }),
      { seed: 8, numRuns: 60 },
    );
  });

  test('p-values that a double cannot hold have a logarithm', async () => {
    const { fields } = await compare(columnsOf(20_000, 9), columnsOf(20_000, 10, 30));
    const ks = fields.amount!.statistics.ks!;
    expect(ks.p_value).toBeLessThan(2.3e-308);
    expect(ks.log10_p).toBeLessThan(-308);
  });
});

describe('columns of only one side', () => {
  const before = columnsOf(500, 11);

  test('one that is gone is critical, however few rows there are', async () => {
    const { country: _, ...rest } = columnsOf(300, 12);
    for (const current of [rest, { amount: [50], active: [true] }]) {
      const { fields, verdict } = await compare(before, current);
      expect(verdict).toBe('critical');
      expect(fields.country).toMatchObject({
        verdict: 'critical',
        reason_code: 'column_missing',
        reason: 'The current data has no such column.',
        m: 0,
        missing: { baseline: 0, current: 1 },
      });
    }
  });

  test('unless missing values do not decide: then it cannot be told', async () => {
    const { country: _, ...rest } = columnsOf(300, 12);
    const thresholds = { country: { missing_rate: 'off' } } as const;
    const { fields, verdict } = await compare(before, rest, { thresholds });
    expect(fields.country).toMatchObject({ verdict: 'insufficient_data', m: 0 });
    expect(verdict).toBe('insufficient_data');
  });

  test('a derived field names the column that it is read from', async () => {
    const derive = { size: { absolute: '$.amount' } } as const;
    const { fields } = await compare(before, { country: before.country }, { derive });
    expect(fields.size!.reason).toBe(
      'The current data has no such column "amount", which it is read from.',
    );
  });

  test('one of the baseline that cannot be compared is a note, a doubtful one has a warning', async () => {
    const lists = before.active.map(() => [1]);
    const nothing = before.active.map(() => null);
    const codes = before.active.map((_, i) => i % 3);
    const data = { ...before, lists, nothing, codes };
    const { notes, fields, verdict } = await compare(data, data);
    expect(verdict).toBe('ok');
    expect(notes).toEqual([
      'Column "lists" of the baseline is not compared: arrays are left out; name an element by its path, such as $.list[0].',
      'Column "nothing" of the baseline is not compared: no sampled row has a value: left out.',
    ]);
    expect(fields.codes!.warnings).toContain(
      'Baseline: only 3 distinct integers; if they are codes, set type: categorical.',
    );
  });

  test('one that is new is a note', async () => {
    const { notes, verdict } = await compare(before, { ...before, extra: before.active });
    expect(verdict).toBe('ok');
    expect(notes).toEqual(['Column only in the current data, not compared: "extra".']);
  });
});

describe('few values', () => {
  const before = columnsOf(500, 13);

  test('are no verdict, but for rates', async () => {
    const few = columnsOf(12, 14);
    const { fields, verdict } = await compare(before, few);
    expect(verdict).toBe('insufficient_data');
    expect(fields.amount).toMatchObject({
      verdict: 'insufficient_data',
      reason: '12 values, needs 100.',
      needs: 100,
      m: 12,
    });
    const nothing = { ...columnsOf(300, 15), amount: new Float64Array(300).fill(Number.NaN) };
    expect(verdicts(await compare(before, nothing)).amount).toBe('critical');
    expect(verdicts(await compare(before, few, { min_samples: 10 })).amount).toBe('ok');
  });

  test('no rows, and one row on either side', async () => {
    const none = await compare(before, { amount: [], country: [], active: [] });
    expect(none.verdict).toBe('insufficient_data');
    expect(none.fields.amount!.reason).toBe('The current data has no rows.');
    const one = { amount: [3], country: ['x'], active: [true] };
    expect((await compare(one, one)).verdict).toBe('insufficient_data');
    expect((await codeOf(() => compare({ amount: [] }, one))).code).toBe('PLB_BASELINE_EMPTY');
  });
});

describe('sources', () => {
  const rows = Array.from({ length: 400 }, (_, i) => ({
    id: i % 20,
    when: new Date(Date.UTC(2024, 0, 1) + i * 3_600_000).toISOString(),
    text: ['a, "b"', 'c\nd', 'é'][i % 3]!,
  }));
  const csv = (end: string) =>
    `\uFEFFid,when,text${end}${rows
      .map(({ id, when, text }) => `${id},${when},"${text.replaceAll('"', '""')}"`)
      .join(end)}${end}`;

  test('of any kind with the same rows give the same counts', async () => {
    async function* passing() {
      yield* rows;
    }
    const columns = {
      id: Int32Array.from(rows, ({ id }) => id),
      when: rows.map(({ when }) => when),
      text: rows.map(({ text }) => text),
    };
    const baseline = await Baseline.from(rows);
    const sources = [
      rows.values(),
      passing(),
      columns,
      file('rows.ndjson', rows.map((row) => `${JSON.stringify(row)}\r\n`).join('')),
      file('rows.csv', csv('\n')),
      file('crlf.csv', csv('\r\n')),
    ];
    for (const source of sources) {
      const profile = await Profile.of(baseline, source);
      expect(profile.counts).toEqual(baseline.cells.total);
      expect([...profile.columns].sort()).toEqual(['id', 'text', 'when']);
    }
    for (const source of [passing(), columns, file('rows.csv', csv('\r\n'))]) {
      expect((await Baseline.from(source)).hash).toBe(baseline.hash);
    }
  });

  test.each([
    ['a list that is none', { a: [1], b: 3 }, 'no list under "b"'],
    ['columns of two lengths', { a: [1], b: [1, 2] }, 'all must be as long as a (1), got 2 of b'],
    ['nothing', null, 'got null'],
  ])('%s is refused', async (_, source, message) => {
    const error = await codeOf(() => Baseline.from(source as never));
    expect(error.code).toBe('PLB_CONFIG_INVALID');
    expect(error.message).toContain(message);
  });

  test('an empty file is refused on either side', async () => {
    for (const name of ['empty.csv', 'empty.ndjson', 'empty.parquet']) {
      const empty = file(name, '');
      expect((await codeOf(() => compare(empty, rows))).code).toBe('PLB_BASELINE_EMPTY');
      expect((await codeOf(() => compare(rows, empty))).code).toBe('PLB_BASELINE_EMPTY');
    }
  });
});

describe('profiles', () => {
  test('of parts, merged in any order, are that of the whole', async () => {
    const baseline = await Baseline.from(columnsOf(1000, 16));
    const all = columnsOf(900, 17, 2);
    const part = (from: number, to: number) => ({
      amount: all.amount.slice(from, to),
      country: all.country.slice(from, to),
      active: all.active.slice(from, to),
    });
    const whole = await Profile.of(baseline, all);
    const [first, second] = [new Profile(baseline), new Profile(baseline)];
    await second.read(part(100, 500));
    await first.read(part(500, 900));
    await first.read(part(0, 100));
    second.merge(first);
    expect(evaluate(second)).toEqual(evaluate(whole));
    expect(second.rows).toBe(900);
    const other = await Baseline.from(columnsOf(10, 18));
    expect(() => second.merge(new Profile(other))).toThrow('of the same baseline');
  });

  test('compare with a baseline that was stored as with the one that was made', async () => {
    const baseline = await Baseline.from(columnsOf(1000, 19), { bins: { amount: [40, 60] } });
    const again = Baseline.decode(baseline.encode(), { bins: { amount: [40, 60] } });
    expect(again.hash).toBe(baseline.hash);
    const current = columnsOf(500, 20, 4);
    const expected = await compare(baseline, current);
    expect(await compare(again, current)).toEqual(expected);
    expect(expected.fields.amount!.bins.map(({ label }) => label)).toEqual([
      '≤ 40',
      '(40, 60]',
      '> 60',
    ]);
  });

  test('a stored baseline takes what fits it, and nothing else', async () => {
    const content = (await Baseline.from(columnsOf(200, 21))).encode();
    const some = Baseline.decode(content, { fields: { amount: { type: 'numeric' } } });
    expect(some.fields.map(({ name }) => name)).toEqual(['amount']);
    const other = () => Baseline.decode(content, { fields: { amount: { type: 'categorical' } } });
    expect(other).toThrow('fields.amount.type: the stored baseline was built with "numeric"');
    expect(() => Baseline.decode(content, { fields: ['amuont'] })).toThrow(
      'the baseline has no such field',
    );
    const baseline = Baseline.decode(content);
    const error = await codeOf(() => compare(baseline, columnsOf(5, 1), { bins: 20 }));
    expect(error.detail).toEqual({ path: 'bins', fix: 'give it to Baseline.from' });
  });
});

describe('with an event time', () => {
  const HOUR = 3_600_000;
  const START = Date.UTC(2024, 0, 1);

  /** Hourly rows of days that differ from each other: what is one day's weather to another's. */
  function weather(days: number, { from = 0, shift = 0 } = {}) {
    const random = uniform(100 + from);
    const rows: { at: string; value: number }[] = [];
    for (let day = from; day < from + days; day++) {
      const level = 5 * normal(random) + shift;
      for (let i = 0; i < 24 * 20; i++) {
        const at = new Date(START + day * 24 * HOUR + i * (HOUR / 20)).toISOString();
        rows.push({ at, value: Math.round(10 * (level + normal(random))) / 10 });
      }
    }
    return rows;
  }

  test('the baseline tells how much a day differs from others by itself', async () => {
    const before = weather(60);
    const day = weather(1, { from: 60, shift: 2 });
    const iid = await compare(before, day, { fields: ['value'] });
    const timed = await compare(before, day, { fields: ['value'], time: 'at' });
    expect(iid.fields.value!.verdict).toBe('critical');
    expect(iid).not.toHaveProperty('volume');
    expect(timed.fields.value!.statistics.ks!.evidence).toBe('reference_windows');
    expect(timed.fields.value!.statistics.ks!.rank!.of).toBeGreaterThanOrEqual(58);
    expect(timed.fields.value!.statistics.ks!.p_value).toBeGreaterThan(0.01);
    expect(timed.volume).toMatchObject({ verdict: 'ok', reason_code: 'within_limits' });
    const far = await compare(before, weather(1, { from: 60, shift: 60 }), { time: 'at' });
    expect(far.fields.value!.verdict).toBe('critical');
    expect(Object.keys(far.fields)).toEqual(['value']);
  });

  test('half the rows are a volume that is critical', async () => {
    const half = weather(1, { from: 60 }).filter((_, i) => i % 2 === 0 || i === 479);
    const { volume, verdict } = await compare(weather(60), half.slice(0, -2).concat(half.at(-1)!), {
      time: '$.at',
      thresholds: { value: { ks: 'off', out_of_range_rate: 'off' } },
    });
    expect(volume).toMatchObject({ verdict: 'critical', reason_code: 'volume_low' });
    expect(verdict).toBe('critical');
  });

  test('a part of a day leaves the volume open, and the fields decided', async () => {
    const part = weather(1, { from: 60 }).filter((_, i) => i % 20 === 3 && i < 200);
    const { volume, verdict } = await compare(weather(60), part, { time: 'at', min_samples: 5 });
    expect(volume).toMatchObject({ reason_code: 'incomplete_window' });
    expect(verdict).not.toBe('insufficient_data');
  });

  test('rows without one are said, a column without any is refused', async () => {
    const rows = weather(2);
    const current = [...weather(1), { at: 'soon', value: 1 }];
    const { notes } = await compare(rows, current, { time: 'at' });
    expect(notes).toEqual(['1 of 481 current rows have no usable event time.']);
    const error = await codeOf(() => compare(rows, [{ value: 1, att: 3 }], { time: 'at' }));
    expect(error.detail).toEqual({
      path: 'time',
      fix: 'name a column with times; it has value, att',
    });
  });

  test('a baseline that has none takes rows as independent, and says so', async () => {
    const content = (await Baseline.from(weather(3), { fields: ['value'] })).encode();
    const baseline = Baseline.decode(content, { time: 'at' });
    const { fields } = await compare(baseline, weather(1));
    expect(fields.value!.warnings).toContain(
      'p-values take rows as independent: the baseline has no event times.',
    );
  });
});

test('thresholds and options are checked like those of a configuration', async () => {
  const rows = columnsOf(200, 22);
  const wrong = await codeOf(() =>
    compare(rows, rows, { thresholds: { amuont: { ks: { critical: 0.3 } } } }),
  );
  expect(wrong.code).toBe('PLB_CONFIG_INVALID');
  expect(wrong.detail.fix).toBe("Did you mean 'amount'?");
  const odd = { min_sample: 3 } as object;
  expect((await codeOf(() => compare(rows, rows, odd))).message).toContain('"min_samples"');
  const off = { amount: { ks: 'off', out_of_range_rate: 'off' } } as const;
  const moved = columnsOf(200, 23, 40);
  expect((await compare(rows, moved, { thresholds: off })).fields.amount!.verdict).toBe('ok');
});
