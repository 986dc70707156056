import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BAD_REASONS, type Block, decodeBlock } from './block.ts';
import { BlockBuilder, type Uncounted } from './block-builder.ts';
import { UNSEEN_LIMIT } from './category-table.ts';
import type { CategoricalCounts, Profile } from './counts.ts';
import { paneStart } from './pane.ts';
import { createProfile, mergeProfile } from './profile.ts';
import { eventRows } from './testing/event-rows.ts';
import { definitionOf, EVERY_KIND } from './testing/layouts.ts';
import { countRows, plain, type Row, rowArbitrary, timesOf } from './testing/rows.ts';

const PLACE = { topic: 'flights', partition: 0, epoch: 0 };
const SMALL = definitionOf(EVERY_KIND, { blockSize: 16 });
const LARGE = definitionOf(EVERY_KIND, { blockSize: 8192 });

/** What stands at one offset of the log. */
type Entry =
  | { readonly kind: 'event'; readonly row: Row; readonly timestamp: number }
  | { readonly kind: 'uncounted'; readonly what: Uncounted };

const entry: fc.Arbitrary<Entry> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('event' as const),
      row: rowArbitrary,
      timestamp: fc.nat(1e6),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('uncounted' as const),
      what: fc.constantFrom(
        ...BAD_REASONS,
        'synthetic' as const,
        'sampled_out' as const,
        'other_version' as const,
        'future' as const,
        'end' as const,
      ),
    }),
  },
);
const log = fc.array(entry, { minLength: 1, maxLength: 60 });
const cuts = fc.array(fc.nat(60), { maxLength: 8 });

/** Gives the entries of [from, to) to a builder, as one batch. */
function feed(
  builder: BlockBuilder,
  entries: readonly Entry[],
  [from, to]: readonly [number, number],
): void {
  const part = entries.slice(from, to);
  const rows: Row[] = [];
  for (const each of part) {
    if (each.kind === 'uncounted') builder.addUncounted(each.what);
    else {
      rows.push(each.row);
      builder.noteTimestamp(each.timestamp);
    }
  }
  builder.addEvents(eventRows(EVERY_KIND, { rows, times: timesOf(rows) }));
  builder.advance(to);
  const last = part.at(-1);
  if (last !== undefined) builder.ended = last.kind === 'uncounted' && last.what === 'end';
}

/** Records of all blocks of a log that is read in batches that end at the cuts. */
function records(
  entries: readonly Entry[],
  ends: readonly number[],
  reused = new BlockBuilder(SMALL, PLACE),
): Uint8Array[] {
  const size = SMALL.blockSize;
  const borders = new Set(
    [...ends, entries.length].filter((end) => end > 0 && end <= entries.length),
  );
  for (let border = size; border < entries.length; border += size) borders.add(border);
  const written: Uint8Array[] = [];
  let from = 0;
  reused.begin(0);
  for (const to of [...borders].sort((a, b) => a - b)) {
    feed(reused, entries, [from, to]);
    from = to;
    if (to % size === 0 || to === entries.length) {
      written.push(reused.encode());
      reused.begin(to);
    }
  }
  return written;
}

function panesOf(rows: readonly Row[]): { start: number; profile: unknown }[] {
  const starts = timesOf(rows).map((time) => paneStart(time, SMALL.paneMs));
  return [...new Set(starts)]
    .sort((a, b) => a - b)
    .map((start) => ({
      start: start + 0,
      profile: plain(
        countRows(
          EVERY_KIND,
          rows.filter((_, i) => starts[i] === start),
        ),
      ),
    }));
}

function rowsOf(entries: readonly Entry[]): Row[] {
  return entries.flatMap((each) => (each.kind === 'event' ? [each.row] : []));
}

function oneRecord(entries: readonly Entry[]): Uint8Array {
  const builder = new BlockBuilder(LARGE, PLACE);
  builder.begin(0);
  feed(builder, entries, [0, entries.length]);
  return builder.encode();
}

function oneBlock(entries: readonly Entry[]): Block {
  return decodeBlock(LARGE, oneRecord(entries));
}

describe('BlockBuilder', () => {
  it('writes the same bytes however the same records were batched, also when it is used again', () => {
    const used = new BlockBuilder(SMALL, PLACE);
    fc.assert(
      fc.property(log, cuts, (entries, ends) => {
        const whole = records(entries, []);
        expect(records(entries, ends, used)).toEqual(whole);
        expect(records(entries, [...entries.keys()], used)).toEqual(whole);
      }),
      { seed: 111, numRuns: 100 },
    );
  });

  it('counts each pane as if its rows were counted one by one', () => {
    fc.assert(
      fc.property(log, (entries) => {
        const { panes } = oneBlock(entries);
        const found = panes.map(({ start, profile }) => ({ start, profile: plain(profile) }));
        expect(found).toEqual(panesOf(rowsOf(entries)));
      }),
      { seed: 112, numRuns: 150 },
    );
  });

  it('makes blocks that add up to the whole in any order', () => {
    fc.assert(
      fc.property(log, cuts, fc.infiniteStream(fc.nat()), (entries, ends, random) => {
        const blocks = records(entries, ends).map((bytes) => decodeBlock(SMALL, bytes));
        const shuffled = blocks
          .map((block) => ({ block, key: random.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ block }) => block);
        const panes = new Map<number, Profile>();
        for (const { start, profile } of shuffled.flatMap((block) => block.panes)) {
          const target = panes.get(start) ?? createProfile(EVERY_KIND);
          mergeProfile(target, profile);
          panes.set(start, target);
        }
        const merged = [...panes]
          .sort(([a], [b]) => a - b)
          .map(([start, profile]) => ({ start: start + 0, profile: plain(profile) }));
        expect(merged).toEqual(panesOf(rowsOf(entries)));
        expect(blocks.map(({ index, from, to }) => [index, from, to])).toEqual(
          blocks.map((_, i) => [i, i * 16, Math.min(entries.length, (i + 1) * 16)]),
        );
      }),
      { seed: 113, numRuns: 100 },
    );
  });

  it('tells the progress of its range', () => {
    fc.assert(
      fc.property(log, (entries) => {
        const { progress } = oneBlock(entries);
        const of = (what: Uncounted) =>
          entries.filter((each) => each.kind === 'uncounted' && each.what === what).length;
        const events = entries.filter((each) => each.kind === 'event');
        const timestamps = events.map(({ timestamp }) => timestamp);
        const last = entries.at(-1)!;
        expect(progress).toEqual({
          events: events.length,
          synthetic: of('synthetic'),
          otherVersion: of('other_version'),
          future: of('future'),
          sampledOut: of('sampled_out'),
          bad: Object.fromEntries(BAD_REASONS.map((reason) => [reason, of(reason)])),
          highest: [...timesOf(rowsOf(entries))].sort((a, b) => b - a).slice(0, 4),
          firstTimestamp: events.length === 0 ? Number.NaN : Math.min(...timestamps),
          lastTimestamp: events.length === 0 ? Number.NaN : Math.max(...timestamps),
          ended: last.kind === 'uncounted' && last.what === 'end',
        });
      }),
      { seed: 114, numRuns: 150 },
    );
  });

  it('can be written while it grows, and stays as it is', () => {
    fc.assert(
      fc.property(log, fc.nat(60), (entries, cut) => {
        const at = Math.min(cut, entries.length - 1);
        const builder = new BlockBuilder(LARGE, PLACE);
        builder.begin(0);
        feed(builder, entries, [0, at]);
        if (at > 0) {
          const open = builder.encode();
          expect(builder.encode()).toEqual(open);
          expect(open).toEqual(oneRecord(entries.slice(0, at)));
        }
        feed(builder, entries, [at, entries.length]);
        expect(builder.encode()).toEqual(oneRecord(entries));
      }),
      { seed: 115, numRuns: 100 },
    );
  });

  it('writes the same bytes however few events it keeps one by one', () => {
    const few = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(log, few, cuts, (entries, mostPlaces, ends) => {
        const builder = () => new BlockBuilder(SMALL, PLACE, { mostPlaces });
        expect(records(entries, ends, builder())).toEqual(records(entries, ends));
        const whole = new BlockBuilder(LARGE, PLACE, { mostPlaces });
        whole.begin(0);
        feed(whole, entries, [0, entries.length]);
        expect(whole.encode()).toEqual(oneRecord(entries));
        expect(whole.encode()).toEqual(oneRecord(entries));
      }),
      { seed: 116, numRuns: 100 },
    );
  });

  it('begins in the middle of a block, after a commit there', () => {
    const builder = new BlockBuilder(SMALL, PLACE);
    builder.begin(37);
    expect(builder.limit).toBe(48);
    builder.advance(48);
    expect(builder.range).toEqual({ ...PLACE, index: 2, from: 37, to: 48 });
    expect(decodeBlock(SMALL, builder.encode())).toMatchObject({
      index: 2,
      from: 37,
      to: 48,
      panes: [],
    });
  });

  it('counts only the rows that it is given', () => {
    const rows: Row[] = [0, 1, 2, 3].map((id) => ({ t: '2001-01-01T00:00:00Z', x: id, id }));
    const builder = new BlockBuilder(SMALL, PLACE);
    builder.begin(0);
    const all = eventRows(EVERY_KIND, { rows, times: timesOf(rows) });
    builder.addEvents({ ...all, rows: Int32Array.of(1, 3) });
    builder.addEvents({ ...all, rows: Int32Array.of() });
    builder.advance(2);
    const [pane] = decodeBlock(SMALL, builder.encode()).panes;
    expect(plain(pane!.profile)).toEqual(plain(countRows(EVERY_KIND, [rows[1]!, rows[3]!])));
  });

  it('holds a full block of many panes, and of one', () => {
    for (const stepMs of [0, 1, 40 * 60_000]) {
      const rows: Row[] = Array.from({ length: 8192 }, (_, i) => ({
        t: new Date(Date.UTC(2001, 0, 1) + ((i * 7919) % 8192) * stepMs).toISOString(),
        x: (i % 5) - 2.5 + i / 8192,
        c: i % 3 === 0 ? 'a' : `new ${i % 100}`,
      }));
      const entries = rows.map((row): Entry => ({ kind: 'event', row, timestamp: 0 }));
      const { panes } = oneBlock(entries);
      const total = createProfile(EVERY_KIND);
      for (const { profile } of panes) mergeProfile(total, profile);
      expect(panes.length).toBe(
        new Set(timesOf(rows).map((time) => paneStart(time, SMALL.paneMs))).size,
      );
      const expected = countRows(EVERY_KIND, rows);
      for (const [i, counts] of total.fields.entries()) {
        // The names of more unseen values than are kept depend on the order of merges.
        if (counts.kind === 'categorical')
          Object.assign(counts, names(expected.fields[i] as CategoricalCounts));
      }
      expect(plain(total)).toEqual(plain(expected));
    }
  });

  it('keeps the most frequent of too many unseen categories, whatever their order', () => {
    const rows: Row[] = Array.from({ length: 300 }, (_, i) => ({
      t: '2001-01-01T00:00:00Z',
      c: `v${i < 200 ? i : i % 10}`,
    }));
    const entries = rows.map((row): Entry => ({ kind: 'event', row, timestamp: 0 }));
    expect(oneRecord(entries.toReversed())).toEqual(oneRecord(entries));
    const counts = oneBlock(entries).panes[0]!.profile.fields[3] as CategoricalCounts;
    expect(counts.unseenValues.size).toBe(UNSEEN_LIMIT);
    expect(counts.unseenValues.get('v9')).toBe(11);
    expect(counts.unseenBeyond).toBe(200 - UNSEEN_LIMIT);
  });

  it('reads a field of the event time as it reads any other field', () => {
    // Times near 1970 as numbers would be taken for seconds.
    const rows: Row[] = ['1970-01-02T05:00:00Z', '1969-12-31T23:00:00Z'].map((t) => ({ t }));
    const block = oneBlock(rows.map((row): Entry => ({ kind: 'event', row, timestamp: 0 })));
    expect(
      block.panes.map(({ profile }) => [...(profile.fields[2] as { cells: Float64Array }).cells]),
    ).toEqual([
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
      [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    ]);
  });
});

function names({ unseenValues, unseenBeyond }: CategoricalCounts): Partial<CategoricalCounts> {
  return { unseenValues, unseenBeyond };
}
