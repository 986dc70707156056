import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addUnseen,
  CategoryTable,
  emptyCategoricalCounts,
  OTHER,
  removeUnseen,
  sortUnseen,
  trimUnseen,
  UNSEEN,
  UNSEEN_LIMIT,
  UNSEEN_NAME_LENGTH,
  unseenName,
} from './category-table.ts';
import { categoricalLayout } from './testing/layouts.ts';

const LAYOUT = categoricalLayout(['', 'a', 'constructor'], ['rare']);

describe('CategoryTable', () => {
  it('tells cells, folded and new categories apart', () => {
    const table = new CategoryTable(LAYOUT);
    expect(
      ['', 'a', 'constructor', 'rare', 'A', '__proto__', 'toString'].map((c) => table.locate(c)),
    ).toEqual([0, 1, 2, OTHER, UNSEEN, UNSEEN, UNSEEN]);
  });

  it('counts every category once', () => {
    const table = new CategoryTable(LAYOUT);
    const counts = emptyCategoricalCounts(LAYOUT);
    for (const category of ['a', 'rare', 'new']) table.addTimes(counts, category, 2);
    table.addTimes(counts, 'new', 1);
    expect(counts).toMatchObject({ other: 2, unseen: 3, unseenBeyond: 0 });
    expect(Array.from(counts.cells)).toEqual([0, 2, 0]);
    expect(sortUnseen(counts)).toEqual([['new', 3]]);
  });
});

describe('unseen values', () => {
  it('are listed by count, then by code unit, up to the limit', () => {
    const counts = emptyCategoricalCounts(LAYOUT);
    for (let i = 0; i < UNSEEN_LIMIT + 10; i++) {
      addUnseen(counts, `v${String(i).padStart(3, '0')}`, i === 70 ? 5 : 1);
    }
    trimUnseen(counts);
    const names = sortUnseen(counts).map(([name]) => name);
    expect(names.slice(0, 3)).toEqual(['v070', 'v000', 'v001']);
    expect(names).toHaveLength(UNSEEN_LIMIT);
    expect(names.at(-1)).toBe('v062');
    expect(counts.unseenBeyond).toBe(10);
  });

  it('get names that UTF-8 can hold and a store can bear', () => {
    const unit = fc.oneof(fc.nat(0x7f), fc.integer({ min: 0xd700, max: 0xe0ff }));
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 600, size: 'max' }), (units) => {
        const value = String.fromCharCode(...units);
        const name = unseenName(value);
        expect(name.isWellFormed()).toBe(true);
        expect(name.length).toBeLessThanOrEqual(UNSEEN_NAME_LENGTH);
        expect(unseenName(name)).toBe(name);
        if (value.isWellFormed() && value.length <= UNSEEN_NAME_LENGTH) expect(name).toBe(value);
      }),
      { seed: 21 },
    );
    expect(unseenName('\ud800')).toBe('\ufffd');
    expect(unseenName(`${'x'.repeat(254)}😀😀`)).toBe(`${'x'.repeat(254)}\ufffd…`);
  });

  it('never count below 0 and always add up when they are taken out', () => {
    const names = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 9 })),
    );
    fc.assert(
      fc.property(names, names, fc.nat(20), fc.nat(), (named, removed, beyond, less) => {
        const counts = emptyCategoricalCounts(LAYOUT);
        for (const [name, count] of named) addUnseen(counts, name, count);
        const before = [...counts.unseenValues.values()].reduce((a, b) => a + b, beyond);
        counts.unseen = less % (before + 1);
        removeUnseen(counts, removed);
        const left = [...counts.unseenValues.values()];
        expect(left.every((count) => count > 0)).toBe(true);
        expect(counts.unseenBeyond).toBeGreaterThanOrEqual(0);
        expect(left.reduce((a, b) => a + b, counts.unseenBeyond)).toBe(counts.unseen);
      }),
      { seed: 22, numRuns: 500 },
    );
  });
});
