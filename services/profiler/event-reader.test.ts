import fc from 'fast-check';
import { expect, test } from 'vitest';
import { definitionOf, EVERY_KIND } from '#libs/profiles/testing/layouts.ts';
import type { LogRecord } from '#libs/transport/port.ts';
import { createEventReader } from './event-reader.ts';
import { END, logRecord, PROBE } from './testing/log.ts';

const NOW = Date.UTC(2024, 0, 15, 12);
const { reading } = definitionOf(EVERY_KIND);
const read = createEventReader({ ...reading, maxEventBytes: 100, maxAheadMs: 600_000 }, []);

/** The time of each event, or why it is not counted; the times come first. */
function outcomes(records: readonly LogRecord[]): (number | string)[] {
  const { times, rows, refused } = read(records);
  return [...Array.from(rows, (row) => times[row]!), ...refused.map(({ what }) => what)];
}

/** What became of a value that was written at `NOW`. */
function outcome(value: string | null, headers?: Readonly<Record<string, string>>): string {
  const record = logRecord(value, { timestamp: NOW, ...(headers ? { headers } : {}) });
  const [found] = outcomes([record]);
  return typeof found === 'number' ? new Date(found).toISOString() : found!;
}

test.each([
  ['{"t": "2024-01-15T11:00:00Z"}', '2024-01-15T11:00:00.000Z'],
  ['{"t": 1705316400}', '2024-01-15T11:00:00.000Z'],
  ['{"t": 1e999}', 'bad_time'],
  ['{"t": true}', 'bad_time'],
  ['{"t": "+012000-01-01T00:00:00Z"}', 'bad_time'],
  ['{"t": null}', 'no_time'],
  ['{"x": 1}', 'no_time'],
  ['[{"t": 1}]', 'not_an_object'],
  ['null', 'not_an_object'],
  ['{"t": 1', 'malformed'],
  ['', 'empty'],
  [null, 'empty'],
  [`{"t": 1, "pad": "${'x'.repeat(100)}"}`, 'too_large'],
])('%s is %s', (value, expected) => {
  expect(outcome(value)).toBe(expected);
});

test('bytes that are not UTF-8 are malformed', () => {
  const value = Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
  expect(outcomes([{ ...logRecord(''), value }])).toEqual(['malformed']);
});

test('an event is future from the first millisecond beyond max_ahead on', () => {
  const at = (time: number) => outcome(JSON.stringify({ t: time }));
  expect(at(NOW + 600_000)).toBe('2024-01-15T12:10:00.000Z');
  expect(at(NOW + 600_001)).toBe('future');
});

test('an event of exactly the largest size is read', () => {
  const frame = '{"t": 1, "pad": ""}';
  const sized = (bytes: number) =>
    outcome(frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`));
  expect(sized(100)).toBe('1970-01-01T00:00:01.000Z');
  expect(sized(101)).toBe('too_large');
});

test.each([
  ['synthetic=true', true],
  ['a=b,synthetic=true', true],
  ['a=b , synthetic = true ;ttl=3,c=d', true],
  ['synthetic=false', false],
  ['synthetic=true1', false],
  ['notsynthetic=true', false],
  ['x=synthetic=true', false],
  ['', false],
])('baggage %j is synthetic: %s', (baggage, expected) => {
  expect(outcome('{"t": 1}', { baggage }) === 'synthetic').toBe(expected);
});

test('what ends the input ends it, whatever else the record says', () => {
  const both = { ...END, value: PROBE.value, headers: { ...PROBE.headers, ...END.headers } };
  expect(outcomes([END, both])).toEqual(['end', 'end']);
});

test('many records are read as each one alone', () => {
  const piece = fc.constantFrom(
    ...['{"t": 1}', '{"t":1,"x":{"y":2}}', '{"t":"', '"}', '{', '}', ',', '[', ']', ' ', '1'],
    ...['{"t": 2},{"t": 3}', '\ufeff{"t": 4}', '{"t":5,"x":"}"}', 'null'],
  );
  const value = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom('{"t": 1}', '{"t": 2, "x": "a"}') },
    fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join('')),
  );
  const record = fc.oneof(
    { weight: 8, arbitrary: value.map((text) => logRecord(text)) },
    fc.constantFrom(PROBE, END),
  );
  fc.assert(
    fc.property(fc.array(record, { maxLength: 40 }), (records) => {
      const singly = records.flatMap((record) => outcomes([record]));
      expect(outcomes(records)).toEqual([
        ...singly.filter((outcome) => typeof outcome === 'number'),
        ...singly.filter((outcome) => typeof outcome === 'string'),
      ]);
    }),
    { seed: 1, numRuns: 500 },
  );
});
