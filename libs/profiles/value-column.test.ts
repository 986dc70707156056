import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from './timestamp.ts';
import { columnOf, createColumns, TEXT, TIME, ValueColumn } from './value-column.ts';

describe('ValueColumn', () => {
  it('gives back what it was given, and forgets it', () => {
    const value = fc.oneof(fc.jsonValue(), fc.double(), fc.constant(undefined), fc.bigInt());
    const column = new ValueColumn();
    fc.assert(
      fc.property(fc.array(value, { maxLength: 600, size: 'max' }), (values) => {
        column.begin(values.length);
        for (const [row, one] of values.entries()) column.set(row, one);
        expect(values.map((_, row) => column.get(row))).toStrictEqual(values);
        expect(values.map((_, row) => column.time(row))).toEqual(values.map(parseTimestamp));
        column.begin(values.length);
        expect(values.every((_, row) => column.get(row) === undefined)).toBe(true);
      }),
      { seed: 141, numRuns: 100 },
    );
  });

  it('keeps its rows when it grows', () => {
    const column = new ValueColumn();
    column.begin(2);
    column.set(0, 1.5);
    column.set(1, 'a');
    column.grow(5000);
    column.set(4999, true);
    expect([0, 1, 2, 4999].map((row) => column.get(row))).toEqual([1.5, 'a', undefined, true]);
  });

  it('reads texts and times from bytes as from strings', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.stringMatching(
        /^20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]:[0-6][0-9](\.[0-9]{0,9})?(Z|[+-][0-9]{2}:[0-9]{2})?$/,
      ),
    );
    fc.assert(
      fc.property(text, fc.string(), (value, before) => {
        const column = new ValueColumn();
        column.begin(1);
        column.bytes = Buffer.from(`${before}${value}9`);
        column.kinds[0] = TEXT;
        column.starts[0] = Buffer.byteLength(before);
        column.ends[0] = column.bytes.length - 1;
        expect(column.get(0)).toBe(Buffer.from(value).toString());
        expect(column.time(0)).toBe(parseTimestamp(value));
      }),
      { seed: 142, numRuns: 1000 },
    );
  });

  it.each([0, -1.5e12, 8.64e15, 8.64e15 + 1, -1e300])('takes %d as a time', (time) => {
    const column = new ValueColumn();
    column.begin(1);
    column.kinds[0] = TIME;
    column.numbers[0] = time;
    expect(column.get(0)).toEqual(new Date(time));
    expect(column.time(0)).toBe(new Date(time).getTime());
  });
});

describe('columns by path', () => {
  it('are the same for spellings of the same path', () => {
    const columns = createColumns(['$.a', "$['a']", 'a', '$.b']);
    expect(columnOf(columns, "$['a']")).toBe(columnOf(columns, '$.a'));
    expect(columnOf(columns, 'a')).toBe(columnOf(columns, '$.a'));
    expect(columnOf(columns, '$.b')).not.toBe(columnOf(columns, '$.a'));
    expect(() => columnOf(columns, '$.c')).toThrow(
      expect.objectContaining({ code: 'PLB_INTERNAL' }),
    );
  });
});
