import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, decodeBlock } from './block.ts';
import { BlockBuilder } from './block-builder.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { UNSEEN_LIMIT } from './category-table.ts';
import type { CategoricalCounts, Profile } from './counts.ts';
import { decodeProfile } from './decode-profile.ts';
import { encodeProfile } from './encode-profile.ts';
import { decodePane, encodePane, paneStart } from './pane.ts';
import { createProfile, mergeProfile, subtractProfile } from './profile.ts';
import { eventRows } from './testing/event-rows.ts';
import { definitionOf, EVERY_KIND, SEGMENTED, SEGMENTED_BY_TWO, spec } from './testing/layouts.ts';
import { countRows, plain, type Row, rowArbitrary, timesOf } from './testing/rows.ts';

const PLACE = { topic: 'flights', partition: 0, epoch: 0 };
const rows = fc.array(rowArbitrary, { minLength: 1, maxLength: 40 });
const cuts = fc.array(fc.nat(40), { maxLength: 6 });

/** The record of one block, whose events come in batches that end at the cuts. */
function recordOf(
  definition: ReturnType<typeof definitionOf>,
  all: readonly Row[],
  { ends = [], mostPlaces = 1000 }: { ends?: readonly number[]; mostPlaces?: number } = {},
): Uint8Array {
  const builder = new BlockBuilder(definition, PLACE, { mostPlaces });
  builder.begin(0);
  let from = 0;
  for (const to of [...ends, all.length].sort((a, b) => a - b)) {
    if (to > all.length || to <= from) continue;
    const part = all.slice(from, to);
    builder.addEvents(eventRows(definition.layout, { rows: part, times: timesOf(part) }));
    from = to;
  }
  builder.advance(all.length);
  return builder.encode();
}

function expectedPanes(layout: typeof SEGMENTED, all: readonly Row[]): unknown[] {
  const times = timesOf(all);
  const byPane = Map.groupBy(all, (_, i) => paneStart(times[i]!, 3_600_000) + 0);
  return [...byPane]
    .sort(([a], [b]) => a - b)
    .map(([start, own]) => ({ start, profile: plain(countRows(layout, own)) }));
}

function panesOf({ panes }: Block): unknown[] {
  return panes.map(({ start, profile }) => ({ start: start + 0, profile: plain(profile) }));
}

describe.each([
  ['one field', SEGMENTED],
  ['two fields', SEGMENTED_BY_TWO],
])('segments by %s', (_, layout) => {
  const definition = definitionOf(layout, { blockSize: 8192 });

  it('count each segment of each pane as if its rows were counted one by one', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const block = decodeBlock(definition, recordOf(definition, all));
        expect(panesOf(block)).toEqual(expectedPanes(layout, all));
      }),
      { seed: 511, numRuns: 50 },
    );
  });

  it('give the same bytes however events were batched, and however few were kept one by one', () => {
    const few = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(rows, cuts, few, (all, ends, mostPlaces) => {
        const whole = recordOf(definition, all);
        expect(recordOf(definition, all, { ends })).toEqual(whole);
        expect(recordOf(definition, all, { ends, mostPlaces })).toEqual(whole);
      }),
      { seed: 512, numRuns: 50 },
    );
  });

  it('merge in any order and grouping to the counts, and the bytes, of the whole', () => {
    fc.assert(
      fc.property(rows, rows, rows, (a, b, c) => {
        const [x, y, z] = [a, b, c].map((part) => countRows(layout, part)) as [
          Profile,
          Profile,
          Profile,
        ];
        const total = createProfile(layout);
        for (const part of [z, x, y]) mergeProfile(total, part);
        const whole = countRows(layout, [...a, ...b, ...c]);
        expect(plain(total)).toEqual(plain(whole));
        expect(encodePane(layout, total)).toEqual(encodePane(layout, whole));
        subtractProfile(total, y);
        const rest = countRows(layout, [...a, ...c]);
        expect(plain(total)).toEqual(plain(rest));
        expect(encodePane(layout, total)).toEqual(encodePane(layout, rest));
        expect(plain(decodePane(layout, encodePane(layout, rest)))).toEqual(plain(rest));
      }),
      { seed: 513, numRuns: 50 },
    );
  });

  it('sum to the whole: every event is in one segment, every value in one cell', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const { events, fields, segments } = countRows(layout, all);
        const seen = segments!.profiles.filter((each) => each !== null);
        expect(seen.reduce((sum, each) => sum + each.events, 0)).toBe(events);
        for (const [i, field] of layout.segments!.fields.entries()) {
          const at = layout.fields.findIndex(({ spec }) => spec.name === field.spec.name);
          const whole = fields[at]!;
          const parts = seen.map((each) => each.fields[i]!);
          const sum = (count: (counts: typeof whole) => number) =>
            parts.reduce((total, counts) => total + count(counts), 0);
          expect(sum(({ missing }) => missing)).toBe(whole.missing);
          expect(sum(({ wrongType }) => wrongType)).toBe(whole.wrongType);
          const usable = (counts: typeof whole) =>
            counts.kind === 'rates' ? counts.present : counts.cells.reduce((a, b) => a + b, 0);
          expect(sum(usable)).toBe(usable(whole));
        }
      }),
      { seed: 514, numRuns: 100 },
    );
  });
});

describe('segments', () => {
  const row = (c: unknown, rest: Partial<Row> = {}): Row => ({ t: '2001-01-01', c, ...rest });

  it('put missing, foreign and unseen values together into the rest', () => {
    const { segments } = countRows(
      SEGMENTED,
      ['a', 'new', null, 7, undefined, 'b', 'a'].map((c) => row(c)),
    );
    expect(segments!.profiles.map((each) => each?.events ?? 0)).toEqual([1, 2, 0, 0, 4]);
  });

  it('leave a profile without them as it was, to the byte', () => {
    // The figures are of the release before there were segments.
    const all = Array.from(
      { length: 8 },
      (_, i): Row => ({
        t: `2001-01-0${1 + (i % 3)}T0${i}:00:00Z`,
        x: i / 3 - 1.5,
        c: ['a', 'b', 'new', 'rare'][i % 4],
        flag: i % 2 === 0,
        id: i,
      }),
    );
    const definition = definitionOf(EVERY_KIND);
    expect(definition.id).toBe('7006007ba6357fd4605f4bd8e9cc72d4');
    const record = recordOf(definition, all);
    expect(createHash('sha256').update(record).digest('hex')).toMatch(/^3a3ea7c90914671c/);
    expect(encodePane(EVERY_KIND, countRows(EVERY_KIND, all))[4]).toBe(1);
    expect(recordOf(definitionOf(SEGMENTED), [row('a')])[4]).toBe(3);
    expect(encodePane(SEGMENTED, countRows(SEGMENTED, [row('a')]))[4]).toBe(2);
  });

  it('keep no more names of unseen values than the limit, in each', () => {
    const layout = SEGMENTED_BY_TWO;
    const many = Array.from({ length: 200 }, (_, i) =>
      row(`new ${i}`, { x: i % 2 === 0 ? -2 : 5 }),
    );
    const { profiles } = countRows(layout, many).segments!;
    for (const profile of [profiles[0], profiles.at(-1)]) {
      const counts = profile!.fields.find(
        ({ kind }) => kind === 'categorical',
      ) as CategoricalCounts;
      expect(counts.unseen).toBe(100);
      expect(counts.unseenValues.size).toBe(UNSEEN_LIMIT);
    }
  });

  it.each([
    ['a segment that does not exist', [1, 5]],
    ['more segments than bytes', [200]],
    ['a segment without events', [1, 0, 0]],
    ['no segment, where there are events', [0]],
  ])('refuse %s', (_, damage) => {
    const writer = new ByteWriter();
    const { segments, ...whole } = countRows(SEGMENTED, [row('a')]);
    encodeProfile(writer, whole);
    for (const byte of damage) writer.varint(byte);
    for (let i = 0; i < 40; i++) writer.byte(0);
    expect(() => decodeProfile(new ByteReader(writer.finish()), SEGMENTED)).toThrow(
      expect.objectContaining({ code: 'PLB_WIRE_MALFORMED' }),
    );
    expect(segments?.profiles).toHaveLength(5);
  });

  it('refuse to be combined with a profile without them', () => {
    const target = createProfile(SEGMENTED);
    expect(() => mergeProfile(target, createProfile(EVERY_KIND))).toThrow(/different segments/);
  });

  it('cannot be made by an id', () => {
    const by = [spec('id', 'id')];
    const layout = { ...SEGMENTED, segments: { ...SEGMENTED.segments!, by } };
    expect(() => new BlockBuilder(definitionOf(layout), PLACE)).toThrow(/few values, got type id/);
  });
});
