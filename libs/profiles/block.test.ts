import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Block,
  type BlockProgress,
  type BlockRange,
  blockKey,
  decodeBlock,
  emptyProgress,
  encodeBlock,
  openBlockKey,
} from './block.ts';
import { encodeProfile } from './encode-profile.ts';
import { definitionOf, EVERY_KIND, layoutOf } from './testing/layouts.ts';
import { countRows, plain, type Row, rowArbitrary } from './testing/rows.ts';

const DEFINITION = definitionOf(EVERY_KIND);
const RANGE: BlockRange = {
  topic: 'flights',
  partition: 3,
  epoch: 1,
  index: 2,
  from: 130,
  to: 192,
};
const coded = (code: string) => expect.objectContaining({ code });
const malformed = coded('PLB_WIRE_MALFORMED');

interface Parts {
  readonly range?: Partial<BlockRange>;
  readonly progress?: Partial<BlockProgress>;
  readonly panes?: readonly (readonly [start: number, rows: readonly Row[]])[];
}

function bytesOf({ range = {}, progress = {}, panes = [] }: Parts): Uint8Array {
  const block = { ...RANGE, ...range, progress: { ...emptyProgress(), ...progress } };
  return encodeBlock(DEFINITION, block, (writer) => {
    writer.varint(panes.length);
    for (const [start, rows] of panes) {
      writer.signed(start);
      encodeProfile(writer, countRows(EVERY_KIND, rows));
    }
  });
}

function decode(parts: Parts): Block {
  return decodeBlock(DEFINITION, bytesOf(parts));
}

const rows = fc.array(rowArbitrary, { maxLength: 8 });

describe('a block', () => {
  it('reads back as what it was', () => {
    const panes = fc.uniqueArray(fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), rows), {
      maxLength: 4,
      selector: ([start]) => start,
    });
    const counter = fc.nat(1e9);
    fc.assert(
      fc.property(
        panes,
        fc.array(counter, { minLength: 10, maxLength: 10 }),
        fc.boolean(),
        (unsorted, counts, ended) => {
          const sorted = unsorted.sort(([a], [b]) => a - b);
          const events = sorted.reduce((total, [, list]) => total + list.length, 0);
          const [synthetic, otherVersion, future, sampledOut, ...bad] = counts as [
            number,
            number,
            number,
            number,
            ...number[],
          ];
          const [empty, too_large, malformed, not_an_object, no_time, bad_time] = bad as [
            number,
            number,
            number,
            number,
            number,
            number,
          ];
          const progress: BlockProgress = {
            ...{ events, synthetic, otherVersion, future, sampledOut, ended },
            bad: { empty, too_large, malformed, not_an_object, no_time, bad_time },
            highest: [9.5, 9.5, -3, -4].slice(0, events),
            firstTimestamp: 1e12,
            lastTimestamp: 1e12 + 0.5,
          };
          const block = decode({ progress, panes: sorted });
          expect(block).toMatchObject({ ...RANGE, progress });
          expect(block.panes.map(({ start }) => start)).toEqual(
            sorted.map(([start]) => start * DEFINITION.paneMs),
          );
          for (const [i, { profile }] of block.panes.entries()) {
            expect(plain(profile)).toEqual(plain(countRows(EVERY_KIND, sorted[i]![1])));
          }
        },
      ),
      { seed: 101, numRuns: 60 },
    );
  });

  it('without an event knows no timestamps', () => {
    expect(decode({}).progress).toEqual(emptyProgress());
  });

  const row: Row = { t: '2001-01-01T00:00:00Z', x: 1 };
  it.each<[string, Parts]>([
    ['an empty range', { range: { from: 150, to: 150 } }],
    ['a range that begins before its block', { range: { from: 127 } }],
    ['a range that ends behind its block', { range: { to: 193 } }],
    ['panes that do not add up', { panes: [[0, [row]]] }],
    [
      'panes that are not in order',
      {
        panes: [
          [1, []],
          [1, []],
        ],
      },
    ],
    ['too few highest times', { progress: { events: 1 }, panes: [[0, [row]]] }],
    ['too many highest times', { progress: { highest: [1] } }],
    [
      'highest times out of order',
      { progress: { events: 2, highest: [1, 2] }, panes: [[0, [row, row]]] },
    ],
    [
      'a highest time that is no number',
      { progress: { events: 1, highest: [Number.NaN] }, panes: [[0, [row]]] },
    ],
    [
      'a highest time without end',
      { progress: { events: 1, highest: [Infinity] }, panes: [[0, [row]]] },
    ],
  ])('with %s is malformed', (_, parts) => {
    expect(() => decode(parts)).toThrow(malformed);
  });

  it('of another profile, baseline or format is told apart', () => {
    const bytes = bytesOf({});
    expect(() => decodeBlock(definitionOf(EVERY_KIND, { paneMs: 1000 }), bytes)).toThrow(
      coded('PLB_WIRE_MISMATCH'),
    );
    expect(() => decodeBlock(definitionOf(layoutOf([])), bytes)).toThrow(
      coded('PLB_WIRE_MISMATCH'),
    );
    bytes[4] = 9;
    expect(() => decodeBlock(DEFINITION, bytes)).toThrow(coded('PLB_WIRE_VERSION'));
  });

  it('that was damaged raises nothing but PLB_WIRE errors, even where the checksum fits', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(rows, damage, fc.option(fc.nat()), fc.boolean(), (events, changes, cut, fits) => {
        const highest = [4, 3, 2, 1].slice(0, events.length);
        const bytes = bytesOf({
          progress: { events: events.length, highest },
          panes: [[5, events]],
        });
        for (const [place, value] of changes) bytes[place % bytes.length] = value;
        const end = cut === null ? bytes.length : 5 + (cut % (bytes.length - 5));
        const shorter = bytes.slice(0, end);
        if (fits && end > 4) {
          const view = new DataView(shorter.buffer);
          view.setUint32(end - 4, crc32(shorter.subarray(0, -4)), true);
        }
        try {
          decodeBlock(DEFINITION, shorter);
        } catch (error) {
          expect(error).toEqual(
            expect.objectContaining({ code: expect.stringMatching(/^PLB_WIRE_/) }),
          );
        }
      }),
      { seed: 102, numRuns: 1500 },
    );
  });
});

/** A block as version 1 wrote it: without the events that sampling left out. */
function bytesOfVersion1(progress: Partial<BlockProgress>): Uint8Array {
  const written = { ...emptyProgress(), ...progress, sampledOut: 0 };
  const bytes = encodeBlock(DEFINITION, { ...RANGE, progress: written }, (w) => w.varint(0));
  const empty = encodeBlock(
    DEFINITION,
    { ...RANGE, progress: { ...written, sampledOut: 1 } },
    (w) => w.varint(0),
  );
  const place = bytes.findIndex((byte, i) => byte !== empty[i]);
  const older = Uint8Array.from([...bytes.subarray(0, place), ...bytes.subarray(place + 1)]);
  older[4] = 1;
  new DataView(older.buffer).setUint32(older.length - 4, crc32(older.subarray(0, -4)), true);
  return older;
}

it('a block of version 1 is read as one without sampling', () => {
  const progress = { synthetic: 3, future: 300, ended: true };
  const block = decodeBlock(DEFINITION, bytesOfVersion1(progress));
  expect(block).toMatchObject({ ...RANGE, progress: { ...emptyProgress(), ...progress } });
});

describe('openBlockKey', () => {
  it('is one for each partition and epoch, and none of a finished block', () => {
    const key = openBlockKey('id', RANGE);
    expect(openBlockKey('id', { ...RANGE, ...{ index: 7, from: 0, to: 9 } })).toBe(key);
    for (const other of [{ topic: 'x' }, { partition: 1 }, { epoch: 3 }]) {
      expect(openBlockKey('id', { ...RANGE, ...other })).not.toBe(key);
    }
    expect(key).not.toBe(blockKey('id', RANGE));
  });
});

describe('blockKey', () => {
  it('is the same for a wider record of the same block only', () => {
    const key = blockKey('id', RANGE);
    expect(blockKey('id', { ...RANGE, ...{ from: 128, to: 160 } })).toBe(key);
    for (const other of [{ topic: 'x' }, { partition: 1 }, { epoch: 3 }, { index: 1 }]) {
      expect(blockKey('id', { ...RANGE, ...other })).not.toBe(key);
    }
    expect(blockKey('other', RANGE)).not.toBe(key);
  });
});
