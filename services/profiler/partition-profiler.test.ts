import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBlock } from '#libs/profiles/block.ts';
import { definitionOf, EVERY_KIND } from '#libs/profiles/testing/layouts.ts';
import { rowArbitrary } from '#libs/profiles/testing/rows.ts';
import type { LogRecord, OutgoingRecord } from '#libs/transport/port.ts';
import { createEventReader } from './event-reader.ts';
import { PartitionProfiler } from './partition-profiler.ts';
import { batchOf, END, logRecord, PROBE } from './testing/log.ts';

const BLOCK = 8;
const FINE = definitionOf(EVERY_KIND, { blockSize: BLOCK });
const COARSE = definitionOf(EVERY_KIND, { blockSize: BLOCK, paneMs: 86_400_000 });
const FUTURE = logRecord('{"t": "2100-01-01T00:00:00Z"}', { timestamp: 1000 });
const BAD = logRecord('{"t":', { timestamp: 2000 });

function profilerAt(position: number, definitions = [FINE]): PartitionProfiler {
  return new PartitionProfiler({
    place: { topic: 'flights', partition: 3, epoch: 2 },
    topicId: 'id-of-the-topic',
    ...{ definitions, blockSize: BLOCK, position, blockPartitions: 4 },
    read: createEventReader({ ...FINE.reading, maxAheadMs: Number.MAX_SAFE_INTEGER }, definitions),
  });
}

function event(t: string, timestamp = 3000): LogRecord {
  return logRecord(JSON.stringify({ t, x: 1 }), { timestamp });
}

function texts(records: readonly OutgoingRecord[]): string[] {
  return records.map(({ key, value }) =>
    [key, value].map((bytes) => Buffer.from(bytes ?? []).toString('hex')).join(' '),
  );
}

const recordArbitrary = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(rowArbitrary, fc.nat(10_000))
      .map(([row, timestamp]) => logRecord(JSON.stringify(row), { timestamp })),
  },
  fc.constantFrom(PROBE, END, FUTURE, BAD, logRecord(null, { timestamp: 5 })),
);

test('blocks do not tell in which batches the records came, nor when unfinished ones were written', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(recordArbitrary, { maxLength: 60 }), cuts, (records, sizes) => {
      const whole = profilerAt(0, [FINE, COARSE]);
      const expected = whole.add(batchOf(records, { from: 0 }));
      const cut = profilerAt(0, [FINE, COARSE]);
      const blocks: OutgoingRecord[] = [];
      for (let from = 0, i = 0; from < records.length; i++) {
        const part = records.slice(from, from + sizes[i % sizes.length]!);
        blocks.push(...cut.add(batchOf(part, { from })).blocks);
        if (i % 2 === 0) cut.open();
        if (i % 4 === 0) cut.openPublished();
        from += part.length;
      }
      expect(texts(blocks)).toEqual(texts(expected.blocks));
      expect(cut.position).toBe(records.length);
      const rest = batchOf([PROBE], { from: records.length });
      cut.add(rest);
      whole.add(rest);
      expect(texts(cut.open())).toEqual(texts(whole.open()));
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('a profiler that begins again at the last committed position writes the same blocks', () => {
  const records = Array.from({ length: 20 }, (_, i) => event(`1970-01-01T0${i % 10}:00:00Z`));
  const first = profilerAt(0);
  const outcome = first.add(batchOf(records, { from: 0 }));
  expect(outcome.committable).toBe(16);
  const open = first.open();
  const again = profilerAt(16);
  again.add(batchOf(records.slice(16), { from: 16 }));
  expect(texts(again.open())).toEqual(texts(open));
});

test('each record of a block says which log it came from', () => {
  const profiler = profilerAt(0);
  profiler.add(batchOf([event('1970-01-01')], { from: 0 }));
  const [record] = profiler.open();
  expect(Buffer.from(record!.key!).toString()).toBe(`${FINE.id}/flights/2/3/open`);
  expect(record!.headers).toEqual({
    'plumbline-topic-id': new TextEncoder().encode('id-of-the-topic'),
  });
  const filling = Array.from({ length: 2 * BLOCK }, () => event('1970-01-01'));
  const { blocks } = profiler.add(batchOf(filling, { from: 1 }));
  const keys = blocks.map(({ key }) => Buffer.from(key ?? []).toString());
  expect(keys).toEqual([0, 1].map((index) => `${FINE.id}/flights/2/3/${index}`));
});

test('an unfinished block is written until it is published, and again only when it has grown', () => {
  const profiler = profilerAt(0);
  expect(profiler.open()).toEqual([]);
  profiler.add(batchOf([event('1970-01-01')], { from: 0 }));
  expect(texts(profiler.open())).toEqual(texts(profiler.open()));
  profiler.openPublished();
  expect(profiler.open()).toEqual([]);
  profiler.add(batchOf([PROBE], { from: 1 }));
  const [wider] = profiler.open();
  expect(decodeBlock(FINE, wider!.value!)).toMatchObject({ from: 0, to: 2, epoch: 2 });
  // A finished block is written by `add`; there is nothing unfinished then.
  const filling = Array.from({ length: 6 }, () => event('1970-01-01'));
  expect(profiler.add(batchOf(filling, { from: 2 })).blocks).toHaveLength(1);
  expect(profiler.open()).toEqual([]);
});

test('offsets without a record are covered', () => {
  const profiler = profilerAt(0);
  const { blocks, committable } = profiler.add(
    batchOf([event('1970-01-01')], { from: 0, next: 20 }),
  );
  expect(committable).toBe(16);
  expect(
    blocks.map(({ value }) => decodeBlock(FINE, value!)).map(({ from, to }) => [from, to]),
  ).toEqual([
    [0, 8],
    [8, 16],
  ]);
  expect(profiler.position).toBe(20);
});

test('every record counts once: as an event, as bad, as future, or as a probe', () => {
  const strict = new PartitionProfiler({
    place: { topic: 'flights', partition: 3, epoch: 0 },
    ...{
      topicId: undefined,
      definitions: [FINE],
      blockSize: BLOCK,
      position: 0,
      blockPartitions: 1,
    },
    read: createEventReader(FINE.reading, [FINE]),
  });
  const records = [
    event('1970-01-01', 4000),
    FUTURE,
    BAD,
    PROBE,
    logRecord('', { timestamp: 9000 }),
    END,
  ];
  const outcome = strict.add(batchOf(records, { from: 0 }));
  expect(outcome).toMatchObject({ synthetic: 1, ended: true, committable: null });
  expect(outcome.bad.map(({ reason, record }) => [reason, record.offset])).toEqual([
    ['malformed', 2],
    ['empty', 4],
  ]);
  const [record] = strict.open();
  expect(record!.headers).toBeUndefined();
  const { progress } = decodeBlock(FINE, record!.value!);
  expect(progress).toMatchObject({ events: 1, synthetic: 1, future: 1, ended: true });
  expect(progress.bad).toMatchObject({ malformed: 1, empty: 1, no_time: 0 });
  // A probe is no sign of life: neither its timestamp (0) nor that of the end counts.
  expect(progress).toMatchObject({ firstTimestamp: 1000, lastTimestamp: 9000 });
});

test('an ended input stays ended behind probes, and goes on with the next event', () => {
  const ended = (records: readonly LogRecord[]) => {
    const profiler = profilerAt(0);
    profiler.add(batchOf(records, { from: 0 }));
    return decodeBlock(FINE, profiler.open()[0]!.value!).progress.ended;
  };
  expect(ended([event('1970-01-01'), END])).toBe(true);
  expect(ended([END, PROBE, PROBE])).toBe(true);
  expect(ended([END, event('1970-01-01')])).toBe(false);
  expect(ended([END, BAD])).toBe(false);
});

test('only events of the profile’s model version are counted', () => {
  const modelVersion = { path: '$.model', value: '7' };
  const versioned = { ...FINE, modelVersion };
  const profiler = profilerAt(0, [versioned]);
  const of = (model: unknown) => logRecord(JSON.stringify({ t: 1, model }), { timestamp: 1 });
  profiler.add(batchOf([of(7), of('7'), of(8), of(null), logRecord('{"t": 1}')], { from: 0 }));
  const { progress } = decodeBlock(versioned, profiler.open()[0]!.value!);
  expect(progress).toMatchObject({ events: 2, otherVersion: 3 });
});
