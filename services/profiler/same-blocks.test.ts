import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeJson } from '#libs/codecs/json.ts';
import { documentArbitrary } from '#libs/codecs/testing/documents.ts';
import { BlockBuilder } from '#libs/profiles/block-builder.ts';
import type { FieldSpec } from '#libs/profiles/field.ts';
import { compilePath } from '#libs/profiles/json-path.ts';
import type { FieldLayout } from '#libs/profiles/layout.ts';
import { eventRows } from '#libs/profiles/testing/event-rows.ts';
import { definitionOf, layoutOf, numericLayout, spec } from '#libs/profiles/testing/layouts.ts';
import { parseTimestamp } from '#libs/profiles/timestamp.ts';
import { createEventReader } from './event-reader.ts';
import { PartitionProfiler } from './partition-profiler.ts';
import { batchOf, logRecord } from './testing/log.ts';

/** As far back as a calendar goes that shows four digits. */
const EARLIEST = Date.UTC(0, 0, 1) - 1900 * 366 * 86_400_000;
const NOW = Date.UTC(2030, 0, 1);
const PLACE = { topic: 'flights', partition: 3, epoch: 0 };
const KNOTS = [-2, -1.5, 0, 1, 2, 3, 12, 1e10];
const PATHS = ['$.n', '$.s', '$.b', '$.o.n', "$['o'].s", '$.list[0]', '$.t', "$['é']"];

/** Every way to read a value, of every path. */
const FIELDS: FieldLayout[] = PATHS.flatMap((path, i) => {
  const field = (type: FieldSpec['type'], rest: Partial<FieldSpec> = {}) =>
    spec(`${type} ${i} ${JSON.stringify(rest)}`, type, { ...rest, path });
  const numeric = (rest: Partial<FieldSpec>, type: 'numeric' | 'circular' = 'numeric') =>
    numericLayout(KNOTS, field(type, rest));
  const categorical = (type: FieldSpec['type'], rest: Partial<FieldSpec> = {}): FieldLayout => ({
    kind: 'categorical',
    spec: field(type, rest),
    categories: type === 'boolean' ? ['false', 'true'] : ['', '1', '3', 'a', 'true', 'é'],
    folded: type === 'boolean' ? [] : ['rare', '😀'],
  });
  const derivations = ['hour_of_day', 'day_of_week', 'length', 'absolute', 'log'] as const;
  return [
    ...[numeric({}), numeric({ coerce: true }), numeric({ period: 24 }, 'circular')],
    ...derivations.map((derive) => numeric({ derive })),
    numeric({ derive: 'hour_of_day', period: 24 }, 'circular'),
    ...[categorical('categorical'), categorical('categorical', { coerce: true })],
    ...derivations.map((derive) => categorical('categorical', { derive })),
    ...[categorical('boolean'), categorical('boolean', { coerce: true })],
    { kind: 'rates', spec: field('id') } as const,
    { kind: 'rates', spec: field('timestamp') } as const,
  ];
});
const DEFINITION = definitionOf(layoutOf(FIELDS), { blockSize: 256, paneMs: 86_400_000 });

const time = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('"2024-01-15T11:00:00Z"', '"2024-01-16 03:04:05.678"') },
  { weight: 2, arbitrary: fc.date({ noInvalidDate: true }).map((date) => JSON.stringify(date)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('1705316400', '1e999', '"2024-01-15"', '"\\u0032024-01-15"'),
  },
  { weight: 1, arbitrary: fc.constantFrom('null', '"soon"', '{}', '"2024-13-01T00:00:00Z"') },
);
/** Documents most of which have a time, behind their other members or before them. */
const value = fc.tuple(documentArbitrary, time, fc.nat(2)).map(([document, at, where]) => {
  const text = Buffer.from(document).toString('latin1');
  if (where === 0 || !text.startsWith('{') || !text.endsWith('}')) return document;
  const inner = text.slice(1, -1);
  const comma = inner.trim() === '' ? '' : ',';
  const written = where === 1 ? `{"t":${at}${comma}${inner}}` : `{${inner}${comma}"t":${at}}`;
  return Buffer.from(written, 'latin1');
});

/** The block as it comes out when each event is parsed, and each value read from its object. */
function blockByRows(values: readonly Uint8Array[]): Uint8Array {
  const builder = new BlockBuilder(DEFINITION, PLACE);
  builder.begin(0);
  const rows: object[] = [];
  const times: number[] = [];
  const timeOf = compilePath(DEFINITION.reading.time);
  for (const bytes of values) {
    const decoded =
      bytes.length === 0 ? ({ kind: 'bad', reason: 'empty' } as const) : decodeJson(bytes);
    if (decoded.kind === 'bad') {
      builder.addUncounted(decoded.reason);
      continue;
    }
    const source = timeOf(decoded.event);
    const at = parseTimestamp(source);
    if (source === undefined || source === null) builder.addUncounted('no_time');
    else if (!(at >= EARLIEST && at < Date.UTC(10_000, 0, 1))) {
      builder.addUncounted('bad_time');
    } else if (at > NOW + DEFINITION.reading.maxAheadMs) builder.addUncounted('future');
    else {
      rows.push(decoded.event);
      times.push(at);
    }
  }
  builder.noteTimestamp(NOW);
  builder.addEvents(eventRows(DEFINITION.layout, { rows, times: Float64Array.from(times) }));
  builder.ended = false;
  builder.advance(values.length);
  return builder.encode();
}

test('blocks have the bytes that they would have if every event was parsed to an object', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
      const profiler = new PartitionProfiler({
        ...{ place: PLACE, topicId: undefined, definitions: [DEFINITION], blockSize: 256 },
        read: createEventReader(DEFINITION.reading, [DEFINITION]),
        ...{ position: 0, blockPartitions: 1 },
      });
      const records = values.map((bytes) => ({
        ...logRecord('', { timestamp: NOW }),
        value: bytes,
      }));
      profiler.add(batchOf(records, { from: 0 }));
      const [block] = profiler.open();
      expect(Buffer.from(block!.value!).equals(blockByRows(values))).toBe(true);
    }),
    { seed: 3, numRuns: 150 },
  );
});
