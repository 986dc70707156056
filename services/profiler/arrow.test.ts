import {
  Bool,
  type DataType,
  Dictionary,
  Field,
  Float64,
  Int32,
  Struct,
  Table,
  TimestampMillisecond,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { loadCodec } from '#libs/codecs/codec.ts';
import { decodeBlock } from '#libs/profiles/block.ts';
import { defineProfile, type ProfileDefinition } from '#libs/profiles/definition.ts';
import { definitionOf, layoutOf, numericLayout, spec } from '#libs/profiles/testing/layouts.ts';
import { plain } from '#libs/profiles/testing/rows.ts';
import { createEventReader } from './event-reader.ts';
import { PartitionProfiler } from './partition-profiler.ts';
import { batchOf, logRecord } from './testing/log.ts';

const NOW = Date.UTC(2030, 0, 1);
const JSON_PROFILE = definitionOf(
  layoutOf([
    numericLayout([-2, 0, 1, 2.5]),
    numericLayout(
      [0, 6, 12, 18],
      spec('hour', 'circular', { path: '$.t', derive: 'hour_of_day', period: 24 }),
    ),
    numericLayout([0, 1, 2], spec('inner', 'numeric', { path: '$.o.n' })),
    {
      kind: 'categorical',
      spec: spec('c', 'categorical'),
      categories: ['a', 'é'],
      folded: ['rare'],
    },
    { kind: 'categorical', spec: spec('d', 'categorical'), categories: ['a', 'b'], folded: [] },
    {
      kind: 'categorical',
      spec: spec('flag', 'boolean'),
      categories: ['false', 'true'],
      folded: [],
    },
    { kind: 'rates', spec: spec('t', 'timestamp') },
    { kind: 'rates', spec: spec('id', 'id') },
  ]),
);
const ARROW_PROFILE = defineProfile({
  ...JSON_PROFILE,
  reading: { ...JSON_PROFILE.reading, codec: 'arrow' },
});

interface Event {
  readonly t: number | null;
  readonly x: number | null;
  readonly o: { readonly n: number | null } | null;
  readonly c: string | null;
  readonly d: string | null;
  readonly flag: boolean | null;
  readonly id: number;
}

const TYPES: Readonly<Record<keyof Event, DataType>> = {
  t: new TimestampMillisecond(),
  x: new Float64(),
  o: new Struct([new Field('n', new Float64())]),
  c: new Utf8(),
  d: new Dictionary(new Utf8(), new Int32()),
  flag: new Bool(),
  id: new Int32(),
};

const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null, freq: 6 });
const event: fc.Arbitrary<Event> = fc.record({
  t: fc.option(fc.integer({ min: -1e8, max: 1e9 }), { nil: null, freq: 15 }),
  x: orNull(
    fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0, 1, 2.5)),
  ),
  o: orNull(fc.record({ n: orNull(fc.integer({ min: -1, max: 3 })) })),
  c: orNull(fc.constantFrom('a', 'é', 'rare', 'new', '', '😀')),
  d: orNull(fc.constantFrom('a', 'b', 'other')),
  flag: orNull(fc.boolean()),
  id: fc.nat(100),
});

function asJson(one: Event): Uint8Array {
  return new TextEncoder().encode(
    JSON.stringify({ ...one, t: one.t === null ? null : new Date(one.t).toISOString() }),
  );
}

function asArrow(events: readonly Event[]): Uint8Array {
  const names = Object.keys(TYPES) as (keyof Event)[];
  const columns = names.map((name) => [
    name,
    vectorFromArray(
      events.map((one) => one[name]),
      TYPES[name],
    ),
  ]);
  return tableToIPC(new Table(Object.fromEntries(columns)), 'stream');
}

function profile(definition: ProfileDefinition, values: readonly Uint8Array[]) {
  const profiler = new PartitionProfiler({
    place: { topic: 'flights', partition: 3, epoch: 0 },
    ...{ topicId: undefined, definitions: [definition], blockSize: definition.blockSize },
    read: createEventReader(definition.reading, [definition]),
    ...{ position: 0, blockPartitions: 1 },
  });
  const records = values.map((value) => ({ ...logRecord('', { timestamp: NOW }), value }));
  const { bad } = profiler.add(batchOf(records, { from: 0 }));
  const { progress, panes, to } = decodeBlock(definition, profiler.open()[0]!.value!);
  const counted = panes.map((pane) => ({ start: pane.start, profile: plain(pane.profile) }));
  return { progress, panes: counted, to, bad };
}

beforeAll(() => loadCodec('arrow'));

test('the same events give the same panes, as JSON and as Arrow, in any number a record', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 30 }), sizes, (events, cuts) => {
      const records: Uint8Array[] = [];
      for (let from = 0; from < events.length; ) {
        const part = events.slice(from, from + cuts[records.length % cuts.length]!);
        records.push(asArrow(part));
        from += part.length;
      }
      const json = profile(JSON_PROFILE, events.map(asJson));
      const arrow = profile(ARROW_PROFILE, records);
      expect(arrow.panes).toEqual(json.panes);
      expect(arrow.progress).toEqual(json.progress);
      expect(arrow.to).toBe(records.length);
    }),
    { seed: 4, numRuns: 150 },
  );
});

test('bad records and bad rows are counted by reason', () => {
  const usual: Event = { t: 0, x: 1, o: null, c: 'a', d: 'a', flag: true, id: 1 };
  const without = tableToIPC(new Table({ x: vectorFromArray([1], new Float64()) }), 'stream');
  const some = asArrow([
    usual,
    { ...usual, t: null },
    { ...usual, t: null },
    { ...usual, t: NOW + 1e9 },
  ]);
  const found = profile(ARROW_PROFILE, [some, Buffer.from('{"t":0}'), without, asArrow([usual])]);
  expect(found.progress).toMatchObject({ events: 2, future: 1, bad: { malformed: 1, no_time: 3 } });
  expect(found.bad.map(({ record, reason, events }) => [record.offset, reason, events])).toEqual([
    [0, 'no_time', 2],
    [1, 'malformed', 1],
    [2, 'no_time', 1],
  ]);
});

test('how events are encoded is part of what a profile is', () => {
  expect(ARROW_PROFILE.id).not.toBe(JSON_PROFILE.id);
});
