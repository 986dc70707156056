import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from './timestamp.ts';

const two = (value: number) => String(value).padStart(2, '0');

describe('parseTimestamp of text', () => {
  it('agrees with Date for every moment and precision', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        const iso = date.toISOString();
        const time = date.getTime();
        const seconds = Math.floor(time / 1000) * 1000;
        const minutes = Math.floor(time / 60_000) * 60_000;
        const [day, clock] = iso.split('T') as [string, string];
        const bare = iso.slice(0, -1);
        expect(parseTimestamp(iso)).toBe(time);
        expect(parseTimestamp(bare)).toBe(time);
        expect(parseTimestamp(bare.replace('T', ' '))).toBe(time);
        expect(parseTimestamp(bare.replace('.', ','))).toBe(time);
        expect(parseTimestamp(`${bare.replace('T', ' ')} UTC`)).toBe(time);
        expect(parseTimestamp(iso.toLowerCase())).toBe(time);
        expect(parseTimestamp(`${bare}999999Z`)).toBe(time);
        expect(parseTimestamp(`${day}T${clock.slice(0, 8)}Z`)).toBe(seconds);
        expect(parseTimestamp(`${day}T${clock.slice(0, 5)}`)).toBe(minutes);
        expect(parseTimestamp(`${day}T${clock.slice(0, 5)}Z`)).toBe(minutes);
        expect(parseTimestamp(day)).toBe(Date.parse(day));
        expect(parseTimestamp(day.slice(0, -3))).toBe(Date.parse(day.slice(0, -3)));
      }),
      { seed: 51, numRuns: 500 },
    );
  });

  it('agrees with Date on offsets in all their forms', () => {
    const offset = fc.record({
      sign: fc.constantFrom('+', '-'),
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.integer({ min: 0, max: 59 }),
    });
    const date = fc.date({
      min: new Date('1600-01-01'),
      max: new Date('2400-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, offset, (moment, { sign, hour, minute }) => {
        const bare = moment.toISOString().slice(0, -1);
        const expected = Date.parse(`${bare}${sign}${two(hour)}:${two(minute)}`);
        expect(expected).not.toBeNaN();
        for (const text of [bare, bare.replace('T', ' '), `${bare}00`]) {
          expect(parseTimestamp(`${text}${sign}${two(hour)}:${two(minute)}`)).toBe(expected);
          expect(parseTimestamp(`${text}${sign}${two(hour)}${two(minute)}`)).toBe(expected);
        }
        const whole = Date.parse(`${bare}${sign}${two(hour)}:00`);
        expect(parseTimestamp(`${bare}${sign}${two(hour)}`)).toBe(whole);
      }),
      { seed: 52, numRuns: 300 },
    );
  });

  it('knows the days of every month of every kind of year', () => {
    for (const year of [0, 4, 100, 400, 1900, 1970, 1999, 2000, 2001, 2024, 2100, 9999]) {
      for (let month = 0; month <= 13; month++) {
        for (let day = 0; day <= 32; day++) {
          const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
          const date = new Date(0);
          date.setUTCFullYear(year, month - 1, day);
          const exists =
            date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month <= 12;
          const expected = exists && month >= 1 && day >= 1 ? date.getTime() : Number.NaN;
          expect([text, parseTimestamp(text)]).toEqual([text, expected]);
          expect([text, parseTimestamp(`${text}T00:00:00Z`)]).toEqual([text, expected]);
        }
      }
    }
  });

  it.each([
    ['2001-01-31T24:00:00Z', '2001-02-01T00:00:00Z'],
    ['2001-01-31T24:00', '2001-02-01T00:00:00Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
    ['2016-12-31T23:59:60.250Z', '2017-01-01T00:00:00.250Z'],
    ['-000001-01-01T00:00:00Z', '-000001-01-01T00:00:00Z'],
    ['+275760-09-13T00:00:00Z', '+275760-09-13T00:00:00Z'],
    ['2001-01-31T10:00:00.1Z', '2001-01-31T10:00:00.100Z'],
    ['2001-01-31T10:00:00.0009Z', '2001-01-31T10:00:00.000Z'],
  ])('reads %s as %s', (text, same) => {
    expect(parseTimestamp(text)).toBe(Date.parse(same));
  });

  it.each([
    ...['', ' ', '1', '2001', '20010131', '20010131T101010Z', 'May 7', 'now', 'NaN', '2001-1-31'],
    ...['2001-01-31T', '2001-01-31T10', '2001-01-31T10:', '2001-01-31T1:00:00Z', '2001/01/31'],
    ...['2001-01-31X10:00:00Z', '2001-01-31T10-00-00Z', '2001-01-31T25:00:00Z', '2001-01-31Z'],
    ...[
      '2001-01-31T24:00:01Z',
      '2001-01-31T24:01:00Z',
      '2001-01-31T10:60:00Z',
      '2001-01-31T10:00:61Z',
    ],
    ...[
      '2001-01-31T10:00:00.Z',
      '2001-01-31T10:00:00+',
      '2001-01-31T10:00:00+1',
      '2001-01-31T10:00:00 ',
    ],
    ...['2001-01-31T10:00:00+24:00', '2001-01-31T10:00:00-01:60', '2001-01-31T10:00:00ZZ'],
    ...['2001-01-31T10:00:00+01:00Z', '2001-01-31T10:00:00 PST', '2001-01-31T10:00 (comment)'],
    ...[
      '2001-01-31T10:00:00+01:0x',
      '2001-01-31T10:00:00+01-00',
      '2001-01-31T10:00:0xZ',
      ' 2001-01-31',
    ],
    ...[
      '-000000-01-01',
      '+275760-09-14',
      '12001-01-31',
      '+2001-01-31',
      '２００１-01-31',
      '2001-01-31\n',
    ],
    ...['200a-01-31T10:00:00Z', '2001-01-31T10:00:00.12a', '2001-01-31T-1:00:00Z'],
  ])('takes %o for no time', (text) => {
    expect(parseTimestamp(text)).toBeNaN();
  });

  it('never reads text of another shape, in whatever time zone', () => {
    const alphabet = fc.constantFrom(...'0123456789-+:.TZtz ,/aU');
    const shape =
      /^([+-]\d{6}|\d{4})-\d\d(-\d\d)?([Tt ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|z| UTC|[+-]\d\d(:?\d\d)?)?)?$/;
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 32 }), (text) => {
        for (const full of [text, `2001-01-31${text}`, `2001-01-31T10:00:00${text}`]) {
          if (!shape.test(full)) expect(parseTimestamp(full)).toBeNaN();
        }
      }),
      { seed: 53, numRuns: 2000 },
    );
  });
});

describe('parseTimestamp of other values', () => {
  it('tells units of numbers by size', () => {
    const time = Date.UTC(2001, 0, 31, 18, 20);
    for (const value of [time / 1000, time, time * 1000, time * 1e6, BigInt(time) * 1_000_000n]) {
      expect(parseTimestamp(value)).toBe(time);
    }
    expect(parseTimestamp(-1.5)).toBe(-1500);
    expect(parseTimestamp(99_999_999_999)).toBe(99_999_999_999_000);
    expect(parseTimestamp(1e11)).toBe(1e11);
    expect(parseTimestamp(-1e11)).toBe(-1e11);
    expect(parseTimestamp(1e14)).toBe(1e11);
    expect(parseTimestamp(1e17)).toBe(1e11);
    expect(parseTimestamp(1e20)).toBeNaN();
    expect(parseTimestamp(-0)).toBe(0);
  });

  it('takes dates as they are, and nothing else', () => {
    expect(parseTimestamp(new Date(5))).toBe(5);
    for (const value of [
      new Date(Number.NaN),
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      2n ** 2000n,
      ...[null, undefined, true, {}, [], ['2001-01-31'], Symbol('now')],
    ]) {
      expect(parseTimestamp(value)).toBeNaN();
    }
  });
});
