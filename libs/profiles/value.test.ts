import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spec } from './testing/layouts.ts';
import {
  compileCategoryReader,
  compileNumericReader,
  compilePresenceReader,
  compileTimeReader,
  INFINITE,
  MISSING,
  WRONG_TYPE,
} from './value.ts';

const plain = compileNumericReader(spec('x', 'numeric'));
const coercing = compileNumericReader(spec('x', 'numeric', { coerce: true }));

describe('compileNumericReader', () => {
  it.each([
    [1.5, 1.5],
    [-0, 0],
    [2 ** 53 + 2, 2 ** 53 + 2],
    [-1e300, -1e300],
    [5e-324, 5e-324],
    [12n, 12],
    [-(2n ** 60n), -(2 ** 60)],
    [2n ** 2000n, INFINITE],
    [-(2n ** 2000n), INFINITE],
    [Number.NaN, MISSING],
    [Number.POSITIVE_INFINITY, INFINITE],
    [Number.NEGATIVE_INFINITY, INFINITE],
    [undefined, MISSING],
    [null, MISSING],
    [true, WRONG_TYPE],
    ['', WRONG_TYPE],
    [{}, WRONG_TYPE],
    [[1], WRONG_TYPE],
    [new Date(0), WRONG_TYPE],
  ])('reads %o as %d, with or without coercion', (source, expected) => {
    expect(plain(source)).toBe(expected);
    expect(coercing(source)).toBe(expected);
  });

  it.each([
    ['1', 1],
    [' -1.50e3 ', -1500],
    ['.5', 0.5],
    ['5.', 5],
    ['+7', 7],
    ['-0', 0],
    ['1e999', INFINITE],
    ['-1e999', INFINITE],
    ['1e-999', 0],
  ])('reads the text %o as %d only with coercion', (source, expected) => {
    expect(plain(source)).toBe(WRONG_TYPE);
    expect(coercing(source)).toBe(expected);
  });

  it.each([
    ' ',
    '.',
    '-',
    '1,5',
    '1 2',
    '0x10',
    '1e',
    'e5',
    '1.2.3',
    'NaN',
    'Infinity',
    '١',
    '1n',
    '--1',
  ])('takes the text %o for no number', (source) => {
    expect(coercing(source)).toBe(WRONG_TYPE);
  });

  it('refuses a megabyte of digits and blanks at once', () => {
    for (const text of [
      '1'.repeat(1e6),
      ' '.repeat(1e6),
      `1${' '.repeat(1e6)}`,
      '1e'.padEnd(1e6, '1'),
    ]) {
      expect(coercing(`${text}x`)).toBe(WRONG_TYPE);
    }
  });

  it('reads every finite number back from its text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(coercing(String(value))).toBe(value + 0);
      }),
      { seed: 41 },
    );
  });
});

describe('circular values', () => {
  it.each([
    [24, 0],
    [-1, 23],
    [-24, 0],
    [-0, 0],
    [47.5, 23.5],
    [-5e-324, 0],
    [-1e-17, 0],
    [7e200, Number(BigInt(7e200) % 24n)],
    [-7e200, Number(24n - (BigInt(7e200) % 24n))],
    [2 ** 53 + 2, Number((2n ** 53n + 2n) % 24n)],
  ])('reduces %d by 24 to %d', (value, expected) => {
    expect(compileNumericReader(spec('x', 'circular', { period: 24 }))(value)).toBe(expected);
  });

  it('lie in [0, period), and whole periods change nothing', () => {
    const period = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), period, (value, length) => {
        const read = compileNumericReader(spec('x', 'circular', { period: length }));
        const reduced = read(value) as number;
        expect(Object.is(reduced, -0)).toBe(false);
        expect(reduced >= 0 && reduced < length).toBe(true);
        expect(read(reduced)).toBe(reduced);
        expect(read(length * 1024)).toBe(0);
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it('leave codes alone', () => {
    const read = compileNumericReader(spec('x', 'circular', { period: 24 }));
    expect([null, Infinity, 'x'].map(read)).toEqual([MISSING, INFINITE, WRONG_TYPE]);
  });

  it.each([undefined, 0, -24, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuse the period %o',
    (period) => {
      const field = spec('x', 'circular', period === undefined ? {} : { period });
      expect(() => compileNumericReader(field)).toThrow(/x: period must be above 0/);
    },
  );
});

describe('derived values', () => {
  it.each([
    ['absolute', -3, 3],
    ['absolute', Number.NEGATIVE_INFINITY, INFINITE],
    ['absolute', 'x', WRONG_TYPE],
    ['log', Math.E, 1],
    ['log', 1, 0],
    ['log', 0, INFINITE],
    ['log', -0, INFINITE],
    ['log', -1, MISSING],
    ['log', null, MISSING],
    ['length', '', 0],
    ['length', 'äöü', 3],
    ['length', [1, 2], 2],
    ['length', null, MISSING],
    ['length', Number.NaN, MISSING],
    ['length', 5, WRONG_TYPE],
    ['length', { length: 5 }, WRONG_TYPE],
    ['hour_of_day', '2001-01-31T18:59:59Z', 18],
    ['hour_of_day', '1969-12-31T23:30:00Z', 23],
    ['hour_of_day', 3_600, 1],
    ['hour_of_day', 'soon', WRONG_TYPE],
    ['hour_of_day', undefined, MISSING],
    ['hour_of_day', Number.NaN, MISSING],
    ['hour_of_day', new Date(Number.NaN), WRONG_TYPE],
    ['day_of_week', '1970-01-01', 3],
    ['day_of_week', '1969-12-29', 0],
    ['day_of_week', '1969-12-28', 6],
    ['day_of_week', '2024-02-29T23:59:59Z', 3],
  ] as const)('%s of %o is %d', (derive, source, expected) => {
    expect(compileNumericReader(spec('x', 'numeric', { derive }))(source)).toBe(expected);
  });

  it('of a time agree with Date, and with the reader for parsed times', () => {
    const hour = spec('h', 'circular', { derive: 'hour_of_day', period: 24 });
    const day = spec('d', 'numeric', { derive: 'day_of_week' });
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        const weekday = (date.getUTCDay() + 6) % 7;
        expect(compileNumericReader(hour)(date)).toBe(date.getUTCHours());
        expect(compileNumericReader(day)(date)).toBe(weekday);
        expect(compileTimeReader(hour)?.(date.getTime())).toBe(date.getUTCHours());
        expect(compileTimeReader(day)?.(date.getTime())).toBe(weekday);
      }),
      { seed: 43 },
    );
    expect(compileTimeReader(spec('x', 'numeric', { derive: 'length' }))).toBeUndefined();
    expect(compileTimeReader(spec('x', 'numeric'))).toBeUndefined();
  });
});

describe('compileCategoryReader', () => {
  const rows = [
    ['a', 'a', 'a'],
    ['', '', ''],
    [null, undefined, undefined],
    [undefined, undefined, undefined],
    [Number.NaN, undefined, undefined],
    [1, null, '1'],
    [-0, null, '0'],
    [1e21, null, '1e+21'],
    [true, null, 'true'],
    [10n, null, '10'],
    [{}, null, null],
    [['a'], null, null],
  ] as const;
  it.each(rows)('reads %o as %o, with coercion as %o', (source, strict, coerced) => {
    expect(compileCategoryReader(spec('c', 'categorical'))(source)).toBe(strict);
    expect(compileCategoryReader(spec('c', 'categorical', { coerce: true }))(source)).toBe(coerced);
  });

  it.each([
    [true, 'true', 'true'],
    [false, 'false', 'false'],
    ['true', null, 'true'],
    ['false', null, 'false'],
    ['yes', null, null],
    [1, null, null],
    [null, undefined, undefined],
    [Number.NaN, undefined, undefined],
  ] as const)('reads the boolean %o as %o, with coercion as %o', (source, strict, coerced) => {
    expect(compileCategoryReader(spec('c', 'boolean'))(source)).toBe(strict);
    expect(compileCategoryReader(spec('c', 'boolean', { coerce: true }))(source)).toBe(coerced);
  });

  it.each([
    ['day_of_week', '1970-01-01', '3'],
    ['hour_of_day', '1970-01-01T05:00:00Z', '5'],
    ['hour_of_day', null, undefined],
    ['hour_of_day', 'x', null],
    ['length', 'abc', '3'],
    ['length', 3, null],
    ['absolute', -2, '2'],
    ['log', 0, null],
  ] as const)('%s of %o is the category %o', (derive, source, expected) => {
    expect(compileCategoryReader(spec('c', 'categorical', { derive }))(source)).toBe(expected);
  });
});

describe('compilePresenceReader', () => {
  it.each([
    ['x', 'present', 'wrong_type'],
    ['', 'present', 'wrong_type'],
    ['2001-01-31', 'present', 'present'],
    [0, 'present', 'present'],
    [5n, 'present', 'present'],
    [false, 'present', 'wrong_type'],
    [null, 'missing', 'missing'],
    [undefined, 'missing', 'missing'],
    [Number.NaN, 'missing', 'missing'],
    [{}, 'wrong_type', 'wrong_type'],
    [[], 'wrong_type', 'wrong_type'],
  ] as const)('finds %o to be %s as an id, %s as a timestamp', (source, id, timestamp) => {
    expect(compilePresenceReader(spec('i', 'id'))(source)).toBe(id);
    expect(compilePresenceReader(spec('t', 'timestamp'))(source)).toBe(timestamp);
  });
});
