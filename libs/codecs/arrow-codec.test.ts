import {
  Bool,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int8,
  Int32,
  Int64,
  LargeUtf8,
  List,
  makeData,
  Null,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Table,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  tableToIPC,
  Uint16,
  Uint64,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createColumns } from '#libs/profiles/value-column.ts';
import { ArrowCodec } from './arrow-codec.ts';

/** A stream of one batch with these columns. */
function stream(columns: Readonly<Record<string, Vector>>): Uint8Array {
  return tableToIPC(new Table(columns), 'stream');
}

function reading(paths: readonly string[], time = paths[0]!) {
  const columns = createColumns(paths);
  const codec = new ArrowCodec({ columns, time });
  return (values: readonly Uint8Array[]) => {
    const outcomes = codec.decode(values);
    const rows = outcomes.reduce<number>((sum, rows) => sum + (Number(rows) || 0), 0);
    return {
      outcomes,
      rows: Array.from({ length: rows }, (_, row) =>
        paths.map((path) => columns.get(path)!.get(row)),
      ),
    };
  };
}

/** What comes out of a column of these values. */
function column(values: readonly unknown[], type: DataType): unknown[] {
  const { rows } = reading(['$.c'])([stream({ c: vectorFromArray([...values], type) })]);
  return rows.map(([value]) => value);
}

describe('ArrowCodec', () => {
  it.each([
    ['doubles', new Float64(), [1.5, null, -0, Number.NaN, Infinity], undefined],
    ['floats', new Float32(), [1.5, null, -2], undefined],
    ['small integers', new Int8(), [1, null, -128], undefined],
    ['integers', new Int32(), [1, null, -(2 ** 31)], undefined],
    ['unsigned integers', new Uint16(), [1, 65_535], undefined],
    [
      'long integers',
      new Int64(),
      [1n, null, -1n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 63n)],
      [1, null, -1, 2 ** 53 - 1, 2n ** 53n, -(2n ** 63n)],
    ],
    ['long unsigned integers', new Uint64(), [1n, 2n ** 64n - 1n], [1, 2n ** 64n - 1n]],
    ['truth', new Bool(), [true, null, false, ...Array(20).fill(true)], undefined],
    ['texts', new Utf8(), ['a', null, '', 'é😀', 'x'.repeat(1000)], undefined],
    ['long texts', new LargeUtf8(), ['a', null, '', 'é😀'], undefined],
    ['a dictionary', new Dictionary(new Utf8(), new Int8()), ['a', null, 'b', 'a', 'é'], undefined],
    [
      'decimals, as the nearest doubles',
      new Decimal(2, 38, 128),
      [
        Uint32Array.of(7, 0, 0, 0),
        null,
        new Uint32Array(4).fill(2 ** 32 - 1),
        Uint32Array.of(1, 0, 1, 0),
      ],
      // 2⁶⁴ + 1 hundredths
      [0.07, null, -0.01, Number('184467440737095516.17')],
    ],
    ['lists', new List(new Field('item', new Int32())), [[1, 2], null, []], undefined],
  ] as const)('reads %s', (_, type, values, expected) => {
    expect(column(values, type as DataType)).toStrictEqual(expected ?? values);
  });

  it.each([
    ['days', new DateDay(), '2024-02-29'],
    ['milliseconds of a date', new DateMillisecond(), '2024-02-29T12:34:56.789Z'],
    ['seconds', new TimestampSecond(), '1969-12-31T23:59:59Z'],
    ['milliseconds', new TimestampMillisecond(), '1969-12-31T23:59:59.999Z'],
    ['microseconds', new TimestampMicrosecond(), '2024-02-29T12:34:56.789Z'],
    ['nanoseconds', new TimestampNanosecond(), '2024-02-29T12:34:56Z'],
  ])('reads times in %s', (_, type, text) => {
    const time = Date.parse(text);
    expect(column([new Date(time), null], type as DataType)).toEqual([new Date(time), null]);
  });

  it('rounds times down, exactly', () => {
    const nanoseconds = new TimestampNanosecond();
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (time) => {
        const values = BigInt64Array.of(time, time - (time % 1_000_000n), 0n);
        const data = makeData({ type: nanoseconds, data: values, length: 3 });
        const schema = new Schema([new Field('c', nanoseconds)]);
        const root = makeData({ type: new Struct(schema.fields), children: [data], length: 3 });
        const writer = RecordBatchStreamWriter.writeAll([new RecordBatch(schema, root)]);
        const { rows } = reading(['$.c'])([writer.toUint8Array(true)]);
        const down = (value: bigint) =>
          Number((value - (((value % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n);
        expect(rows.map(([value]) => (value as Date).getTime())).toEqual([...values].map(down));
      }),
      { seed: 8, numRuns: 300 },
    );
  });

  it('follows paths into structs and lists, and finds nothing behind a null', () => {
    const type = new Struct([
      new Field('n', new Float64()),
      new Field('s', new Struct([new Field('t', new Utf8())])),
      new Field('l', new List(new Field('item', new Int32()))),
    ]);
    const values = [{ n: 1, s: { t: 'a' }, l: [7, 8] }, null, { n: null, s: null, l: [] }];
    const paths = ['$.o.n', '$.o.s.t', "$['o'].l[-1]", '$.o.missing', '$.o.n.x', '$.o[0]', '$.x'];
    const { rows } = reading(paths)([stream({ o: vectorFromArray(values, type) })]);
    expect(rows).toEqual([
      [1, 'a', 8, undefined, undefined, undefined, undefined],
      [undefined, undefined, undefined, undefined, undefined, undefined, undefined],
      [null, undefined, undefined, undefined, undefined, undefined, undefined],
    ]);
  });

  it('reads the rows of several values, each of several batches, one after the other', () => {
    const read = reading(['$.t', '$.c', '$.d']);
    const part = (texts: readonly string[]) =>
      new Table({
        t: vectorFromArray(texts.map(Number), new Float64()),
        c: vectorFromArray([...texts], new Utf8()),
        d: vectorFromArray([...texts], new Dictionary(new Utf8(), new Int32())),
      });
    const both = tableToIPC(part(['1', '2']).concat(part(['3'])), 'stream');
    const other = tableToIPC(part(['4', '5']), 'stream');
    const expected = (texts: readonly string[]) => texts.map((text) => [Number(text), text, text]);
    expect(read([both, Buffer.from('no'), other])).toEqual({
      outcomes: [3, 'malformed', 2],
      rows: expected(['1', '2', '3', '4', '5']),
    });
    expect(read([other])).toEqual({ outcomes: [2], rows: expected(['4', '5']) });
    expect(read([])).toEqual({ outcomes: [], rows: [] });
  });

  it('takes a column that is missing as absent, but not that of the time', () => {
    const value = stream({
      n: vectorFromArray([1, 2], new Float64()),
      z: vectorFromArray([null], new Null()),
    });
    expect(reading(['$.n', '$.m'])([value]).rows).toEqual([
      [1, undefined],
      [2, undefined],
    ]);
    expect(reading(['$.m', '$.n'])([value]).outcomes).toEqual(['no_time']);
    expect(reading(['$.z'])([value]).outcomes).toEqual(['no_time']);
  });

  it('finds what is no Arrow malformed, wherever it ends, and keeps nothing of it', () => {
    const whole = stream({
      t: vectorFromArray([1, 2, 3], new Float64()),
      c: vectorFromArray(['a', 'b', 'c'], new Utf8()),
    });
    const read = reading(['$.t', '$.c']);
    for (const value of ['', '{"t":1}', '\0'.repeat(64), 'ARROW1']) {
      expect(read([Buffer.from(value)]).outcomes).toEqual(['malformed']);
    }
    for (let length = 0; length < whole.length; length++) {
      const { outcomes, rows } = read([whole.subarray(0, length), whole]);
      // The end of a stream may be left out, and so may batches that were never written.
      expect(['malformed', 0, 3]).toContain(outcomes[0]);
      expect(rows.slice(-3)).toEqual([
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ]);
    }
  });

  it('answers for any bytes, at once', () => {
    const values = [
      stream({
        t: vectorFromArray([1, 2, null], new Float64()),
        c: vectorFromArray(['a', 'b', 'c'], new Utf8()),
      }),
      stream({
        t: vectorFromArray([1, 2, 3], new Float64()),
        c: vectorFromArray(['a', 'b', null], new Dictionary(new Utf8(), new Int32())),
      }),
    ];
    const read = reading(['$.t', '$.c', '$.c[0]', '$.t.x']);
    const change = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(
        fc.constantFrom(...values),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (value, changes) => {
          const bytes = Uint8Array.from(value);
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          const [outcome] = read([bytes]).outcomes;
          expect(
            typeof outcome === 'string' || (outcome! >= 0 && outcome! <= 8 * bytes.length),
          ).toBe(true);
        },
      ),
      { seed: 9, numRuns: 2000 },
    );
  });
});
