import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NumericCounts } from './counts.ts';
import { emptyNumericCounts, NumericGrid } from './numeric-grid.ts';
import { exactUnits, unitsOf } from './testing/exact.ts';
import { numericLayout } from './testing/layouts.ts';

const finite = fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0);
const scattered = fc
  .uniqueArray(finite, { minLength: 1, maxLength: 30 })
  .map((knots) => knots.sort((a, b) => a - b));

/** The next double above a finite one. */
function above(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value + 0);
  view.setBigInt64(0, view.getBigInt64(0) + (value >= 0 ? 1n : -1n));
  return view.getFloat64(0);
}

/** The cell by looking at one knot after the other. */
function naiveCell(knots: readonly number[], value: number): number {
  let cell = 0;
  for (const knot of knots) {
    if (value < knot) return cell;
    if (value === knot) return cell + 1;
    cell += 2;
  }
  return cell;
}

const range = (length: number, make: (i: number) => number) =>
  Array.from({ length }, (_, i) => make(i));
const KNOTS: Readonly<Record<string, readonly number[]>> = {
  one: [3.5],
  zero: [0],
  'two adjacent doubles': [1, above(1)],
  'evenly spaced': range(50, (i) => i - 20),
  skewed: range(60, (i) => 2 ** i),
  'skewed on both sides': [
    ...range(40, (i) => -(10 ** (60 - i))),
    0,
    ...range(40, (i) => 10 ** (i - 20)),
  ],
  'a crowd and an outlier': [...range(40, (i) => i / 1e6), 1e12],
  denormal: range(30, (i) => (i - 10) * 5e-324),
  'denormal and normal': [-1, -5e-324, 0, 5e-324, 1e-320, 2.2250738585072014e-308, 1],
  '±1e300': [-1e300, -1, 0, 1e-300, 1, 1e300],
  'beyond the largest double': [-Number.MAX_VALUE, -1e300, 0, 1e-10, 1e307, Number.MAX_VALUE],
  'all negative': range(30, (i) => -1e5 + i * i),
  'adjacent doubles': range(20, () => 0).reduce<number[]>(
    (list) => [...list, above(list.at(-1) ?? 1e15)],
    [],
  ),
  'adjacent largest doubles': [
    1.797693134862315e308,
    above(1.797693134862315e308),
    Number.MAX_VALUE,
  ],
};

/** Knots, their neighbours, points between them, points far from them. */
function probes(knots: readonly number[]): number[] {
  const near = knots.flatMap((knot, i) => {
    const next = knots[i + 1] ?? knot;
    return [knot, above(knot), -above(-knot), knot / 2 + next / 2, knot * 0.9 + next * 0.1];
  });
  return [...near, 0, -0, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 1e-300].filter(
    Number.isFinite,
  );
}

describe('NumericGrid.locate', () => {
  it.each(Object.entries(KNOTS))('agrees with a linear search: %s', (_, knots) => {
    const grid = new NumericGrid(numericLayout(knots));
    for (const value of probes(knots)) {
      expect([value, grid.locate(value)]).toEqual([value, naiveCell(knots, value)]);
    }
  });

  it('agrees with a linear search on 100,000 values among scattered knots', () => {
    fc.assert(
      fc.property(
        scattered,
        fc.array(finite, { minLength: 400, maxLength: 400 }),
        (knots, values) => {
          const grid = new NumericGrid(numericLayout(knots));
          for (const value of [...values, ...probes(knots)]) {
            if (grid.locate(value) !== naiveCell(knots, value)) {
              expect([value, grid.locate(value)]).toEqual([value, naiveCell(knots, value)]);
            }
          }
        },
      ),
      { seed: 11, numRuns: 250 },
    );
  });

  it('agrees where values round into their bucket from either side', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e3, noNaN: true }),
        fc.integer({ min: 2, max: 60 }),
        (origin, step, length) => {
          const knots = [...new Set(range(length, (i) => origin + i * step + 0))];
          const grid = new NumericGrid(numericLayout(knots));
          for (const value of probes(knots))
            expect(grid.locate(value)).toBe(naiveCell(knots, value));
        },
      ),
      { seed: 12, numRuns: 200 },
    );
  });
});

function countsOf(grid: NumericGrid, values: readonly number[]): NumericCounts {
  const counts = emptyNumericCounts(grid.layout);
  for (const value of values) grid.add(counts, value);
  return counts;
}

/** Counts in a form that compares: sums hide what they hold. */
function shown(counts: NumericCounts): unknown {
  return {
    ...counts,
    below: unitsOf(counts.below),
    above: unitsOf(counts.above),
    squares: unitsOf(counts.squares),
  };
}

function fixed(counts: NumericCounts, gap: number): bigint {
  return (BigInt(counts.high[gap]!) << 32n) + BigInt(counts.low[gap]!);
}

describe('the sums', () => {
  it.each(Object.entries(KNOTS))('keep a value to 2^-30 of its gap: %s', (_, knots) => {
    const grid = new NumericGrid(numericLayout(knots));
    for (const value of probes(knots)) {
      const cell = naiveCell(knots, value);
      if (cell % 2 === 1 || cell === 0 || cell === 2 * knots.length) continue;
      const gap = cell / 2 - 1;
      const term = fixed(countsOf(grid, [value]), gap);
      expect(term).toBeGreaterThanOrEqual(0n);
      expect(term).toBeLessThanOrEqual(2n ** 31n);
      // Infinity is what lies half a unit above the largest double.
      const read = grid.sumOfGap(countsOf(grid, [value]), gap);
      const units = read === Number.POSITIVE_INFINITY ? 1n << 2112n : exactUnits(read);
      const error = units - exactUnits(value);
      const unit = (exactUnits(knots[gap + 1]!) - exactUnits(knots[gap]!)) / 2n ** 30n;
      // A unit of 2^-1023 is the smallest; the result is rounded as well.
      const bound = unit + exactUnits(2 ** -1023) + exactUnits(Math.abs(value)) / 2n ** 52n;
      expect(error < 0n ? -error : error).toBeLessThanOrEqual(bound);
    }
  });

  it('keep at least 30 bits of a gap where a double can hold the factor', () => {
    for (const [low, high] of [
      [0, 1],
      [1, above(above(1))],
      [-1e308, 1.5e308],
      [-Number.MAX_VALUE, Number.MAX_VALUE],
      [0, 2 ** 52],
      [0, 2 ** 53 - 1],
      [0, 1 - 2 ** -53],
      [1e-290, 3e-290],
    ] as const) {
      const grid = new NumericGrid(numericLayout([low, high]));
      const middle = low / 2 + high / 2;
      const term = fixed(countsOf(grid, [middle]), 0);
      expect(term).toBeGreaterThanOrEqual(2n ** 29n - 1n);
      expect(term).toBeLessThanOrEqual(2n ** 30n);
    }
  });

  it('add up exactly, in any order, however often a value occurs', () => {
    fc.assert(
      fc.property(
        scattered,
        fc.array(fc.tuple(finite, fc.integer({ min: 1, max: 2 ** 25 })), { maxLength: 30 }),
        (knots, values) => {
          const grid = new NumericGrid(numericLayout(knots));
          const forward = emptyNumericCounts(grid.layout);
          for (const [value, times] of values) grid.addTimes(forward, value, times);
          const backward = emptyNumericCounts(grid.layout);
          for (const [value, times] of values.toReversed()) {
            grid.addTimes(backward, value, times - 1);
            grid.addTimes(backward, value, 1);
          }
          expect(shown(backward)).toEqual(shown(forward));
          for (let gap = 0; gap + 1 < knots.length; gap++) {
            const expected = values.reduce(
              (total, [value, times]) =>
                total + fixed(countsOf(grid, [value]), gap) * BigInt(times),
              0n,
            );
            expect(fixed(forward, gap)).toBe(expected);
            expect(forward.low[gap]).toBeLessThan(2 ** 32);
          }
        },
      ),
      { seed: 13, numRuns: 60 },
    );
  });

  it('carry after more than 2^20 single addends', () => {
    const grid = new NumericGrid(numericLayout([0, 1]));
    const value = 1 - 2 ** -53;
    const counts = emptyNumericCounts(grid.layout);
    const times = 2 ** 20 + 7;
    for (let i = 0; i < times; i++) grid.add(counts, value);
    expect(fixed(counts, 0)).toBe(fixed(countsOf(grid, [value]), 0) * BigInt(times));
    expect(counts.cells[2]).toBe(times);
  });

  it('of the tails and of squares are exact; what overflows is counted once', () => {
    fc.assert(
      fc.property(scattered, fc.array(finite, { maxLength: 20 }), (knots, values) => {
        const layout = numericLayout(knots);
        const counts = countsOf(new NumericGrid(layout), values);
        const first = knots[0]!;
        const last = knots.at(-1)!;
        const units = (terms: readonly number[]) =>
          terms.filter(Number.isFinite).reduce((total, term) => total + exactUnits(term), 0n);
        const free = values.filter((value) => !knots.includes(value));
        const square = (value: number) => (value - layout.center) * (value - layout.center);
        expect(unitsOf(counts.below)).toBe(
          units(free.filter((v) => v < first).map((v) => v - first)),
        );
        expect(unitsOf(counts.above)).toBe(
          units(free.filter((v) => v > last).map((v) => v - last)),
        );
        expect(unitsOf(counts.squares)).toBe(units(free.map(square)));
        const overflowing = free.filter(
          (v) => square(v) === Infinity || first - v === Infinity || v - last === Infinity,
        );
        expect(counts.overflow).toBe(overflowing.length);
        for (let gap = 0; gap + 1 < knots.length; gap++) {
          expect(new NumericGrid(layout).sumOfGap(counts, gap)).not.toBeNaN();
        }
      }),
      { seed: 14, numRuns: 300 },
    );
  });

  it('count an overflowing tail even where its square does not overflow', () => {
    const layout = { ...numericLayout([1e308]), center: -1.7e308 };
    const counts = countsOf(new NumericGrid(layout), [-1.7e308]);
    expect(counts.overflow).toBe(1);
    expect(counts.below.entries()).toEqual([]);
  });

  it('are added alike by add, addMany, addTimes and addOpen', () => {
    const grid = new NumericGrid(numericLayout([0, 1, 5]));
    const values = [0.25, 0.25, 3, 7, -2, 1];
    const one = countsOf(grid, values);
    const many = emptyNumericCounts(grid.layout);
    grid.addMany(many, Float64Array.from([...values, 99, 100]), values.length);
    const times = emptyNumericCounts(grid.layout);
    grid.addTimes(times, 0.25, 2);
    for (const value of [3, 7, -2, 1]) grid.addTimes(times, value, 1);
    expect(shown(many)).toEqual(shown(one));
    expect(shown(times)).toEqual(shown(one));
    expect(Array.from(one.cells)).toEqual([1, 0, 2, 1, 1, 0, 1]);
    expect(grid.sumOfGap(one, 0)).toBe(0.5);
    expect(grid.sumOfGap(one, 1)).toBe(3);
  });
});
