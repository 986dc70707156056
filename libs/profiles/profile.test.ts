import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNSEEN_LIMIT } from './category-table.ts';
import type { CategoricalCounts, Profile } from './counts.ts';
import { createProfile, mergeProfile, subtractProfile, usableValues } from './profile.ts';
import { categoricalLayout, EVERY_KIND, layoutOf, numericLayout } from './testing/layouts.ts';
import { countRows, plain, type Row, rowArbitrary } from './testing/rows.ts';

const rows = fc.array(rowArbitrary, { maxLength: 25 });

function merged(...parts: readonly Profile[]): Profile {
  const total = createProfile(EVERY_KIND);
  for (const part of parts) mergeProfile(total, part);
  return total;
}

describe('mergeProfile', () => {
  it('of parts in any order and grouping equals counting the whole, to the bit', () => {
    fc.assert(
      fc.property(rows, rows, rows, (a, b, c) => {
        const whole = plain(countRows(EVERY_KIND, [...a, ...b, ...c]));
        const [x, y, z] = [a, b, c].map((part) => countRows(EVERY_KIND, part)) as [
          Profile,
          Profile,
          Profile,
        ];
        expect(plain(merged(x, y, z))).toEqual(whole);
        expect(plain(merged(z, merged(y, x)))).toEqual(whole);
        expect(plain(countRows(EVERY_KIND, [...a, ...b, ...c].reverse()))).toEqual(whole);
      }),
      { seed: 31, numRuns: 150 },
    );
  });

  it('leaves its source as it was', () => {
    const source = countRows(EVERY_KIND, [{ t: '2001-01-01', x: 0.5, c: 'new' }]);
    const before = plain(source);
    const target = merged(source);
    mergeProfile(target, source);
    expect(plain(source)).toEqual(before);
  });

  it.each([
    [layoutOf([])],
    [layoutOf([categoricalLayout(['a'])])],
    [layoutOf([numericLayout([1, 2, 3])])],
  ])('refuses profiles of other layouts', (layout) => {
    const target = createProfile(layoutOf([numericLayout([1, 2])]));
    expect(() => mergeProfile(target, createProfile(layout))).toThrow(RangeError);
  });

  it('keeps the number of unseen values beyond the limit, and names of values that exist', () => {
    const layout = layoutOf([categoricalLayout(['a'])]);
    const value = fc.integer({ min: 0, max: 200 }).map((i): Row => ({ t: '', c: `v${i}` }));
    fc.assert(
      fc.property(
        fc.array(fc.array(value, { minLength: 30, maxLength: 90 }), { minLength: 1, maxLength: 5 }),
        (parts) => {
          const total = createProfile(layout);
          for (const part of parts) mergeProfile(total, countRows(layout, part));
          const counts = total.fields[0] as CategoricalCounts;
          const truth = new Map<string, number>();
          for (const { c } of parts.flat()) truth.set(String(c), (truth.get(String(c)) ?? 0) + 1);
          expect(counts.unseen).toBe(parts.flat().length);
          expect(counts.unseenValues.size).toBeLessThanOrEqual(UNSEEN_LIMIT);
          let named = 0;
          for (const [name, count] of counts.unseenValues) {
            expect(count).toBeLessThanOrEqual(truth.get(name)!);
            named += count;
          }
          expect(named + counts.unseenBeyond).toBe(counts.unseen);
          // Taking a part out again leaves counts that can be stored.
          subtractProfile(total, countRows(layout, parts[0]!));
          expect(counts.unseen).toBe(parts.slice(1).flat().length);
          const left = [...counts.unseenValues.values()];
          expect([...left, counts.unseenBeyond].every((count) => count >= 0)).toBe(true);
          expect(left.reduce((a, b) => a + b, counts.unseenBeyond)).toBe(counts.unseen);
        },
      ),
      { seed: 32, numRuns: 60 },
    );
  });
});

describe('subtractProfile', () => {
  it('is the exact inverse of a merge', () => {
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const total = countRows(EVERY_KIND, [...a, ...b]);
        subtractProfile(total, countRows(EVERY_KIND, b));
        expect(plain(total)).toEqual(plain(countRows(EVERY_KIND, a)));
      }),
      { seed: 33, numRuns: 150 },
    );
  });

  it('of a profile from itself leaves nothing', () => {
    const profile = countRows(EVERY_KIND, [{ t: '2001-01-01', x: -7e300, c: 'new', id: 1 }]);
    subtractProfile(profile, profile);
    expect(plain(profile)).toEqual(plain(createProfile(EVERY_KIND)));
  });
});

describe('usableValues', () => {
  it('leaves out missing, wrong and infinite values', () => {
    const values = [0.5, 1, Number.POSITIVE_INFINITY, 'x', null];
    const categories = ['a', 'rare', 'new', 7, null];
    const profile = countRows(
      EVERY_KIND,
      values.map((x, i): Row => ({ t: '2001-01-01', x, c: categories[i], id: i === 0 ? {} : i })),
    );
    expect(profile.fields.map(usableValues)).toEqual([2, 2, 5, 3, 0, 4, 5]);
  });
});
