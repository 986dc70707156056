import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactSum } from './exact-sum.ts';
import { exactUnits, unitsOf } from './testing/exact.ts';

const finite = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.constantFrom(
    0,
    -0,
    5e-324,
    -5e-324,
    2.2e-308,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    0.1,
    2 ** 53,
  ),
);
const values = fc.array(finite, { maxLength: 40 });

function sumOf(addends: readonly number[]): ExactSum {
  const sum = new ExactSum();
  for (const addend of addends) sum.add(addend);
  return sum;
}

function exact(addends: readonly number[]): bigint {
  return addends.reduce((total, addend) => total + exactUnits(addend), 0n);
}

/** The double nearest to units·2^-1088, ties to even, found by bisection over all doubles. */
function nearest(units: bigint): number {
  const magnitude = units < 0n ? -units : units;
  const view = new DataView(new ArrayBuffer(8));
  const double = (bits: bigint) => {
    view.setBigUint64(0, bits);
    return view.getFloat64(0);
  };
  let low = 0n;
  let high = 0x7fefffffffffffffn;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (exactUnits(double(middle)) <= magnitude) low = middle;
    else high = middle - 1n;
  }
  const below = exactUnits(double(low));
  // One above the largest double stands where the next one would be.
  const above = low === 0x7fefffffffffffffn ? 1n << 2112n : exactUnits(double(low + 1n));
  const up =
    2n * magnitude > below + above || (2n * magnitude === below + above && low % 2n === 1n);
  const rounded = double(up ? low + 1n : low);
  return units < 0n ? -rounded : rounded;
}

describe('ExactSum', () => {
  it('equals rational arithmetic and is rounded once', () => {
    fc.assert(
      fc.property(values, (addends) => {
        const sum = sumOf(addends);
        expect(unitsOf(sum)).toBe(exact(addends));
        expect(sum.value()).toBe(nearest(exact(addends)) + 0);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('rounds ties to even, also among denormals and at the largest double', () => {
    expect(sumOf([2 ** 53, 1]).value()).toBe(2 ** 53);
    expect(sumOf([2 ** 53 + 2, 1]).value()).toBe(2 ** 53 + 4);
    expect(sumOf([2 ** 53, 1, 2 ** -1074]).value()).toBe(2 ** 53 + 2);
    expect(sumOf([5e-324, 5e-324, 5e-324]).value()).toBe(1.5e-323);
    expect(sumOf([Number.MAX_VALUE, 2 ** 969]).value()).toBe(Number.MAX_VALUE);
    expect(sumOf([Number.MAX_VALUE, 2 ** 970]).value()).toBe(Number.POSITIVE_INFINITY);
    expect(sumOf([-Number.MAX_VALUE, -Number.MAX_VALUE]).value()).toBe(Number.NEGATIVE_INFINITY);
    expect(sumOf([Number.MAX_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE]).value()).toBe(
      Number.MAX_VALUE,
    );
  });

  it('has the same entries whatever the order, the grouping and what was taken back', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const whole = sumOf([...a, ...b, ...c]).entries();
        expect(sumOf([...c, ...b, ...a].reverse()).entries()).toEqual(whole);
        const left = sumOf(a);
        left.merge(sumOf(b));
        left.merge(sumOf(c));
        const right = sumOf(c);
        const inner = sumOf(b);
        inner.merge(sumOf(a));
        right.merge(inner);
        expect(left.entries()).toEqual(whole);
        expect(right.entries()).toEqual(whole);
        left.merge(sumOf(b), -1);
        expect(left.entries()).toEqual(sumOf([...a, ...c]).entries());
        left.merge(left, -1);
        expect(left.entries()).toEqual([]);
        expect(left.value()).toBe(0);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it.each([2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 2 ** 22 + 3])('carries over %d addends', (times) => {
    for (const value of [Number.MAX_VALUE, -5e-324, -0.1, 2 ** 32 - 1]) {
      const sum = new ExactSum();
      sum.addTimes(value, times);
      expect(unitsOf(sum)).toBe(exactUnits(value) * BigInt(times));
      sum.addTimes(value, 1 - times);
      expect(sum.entries()).toEqual(sumOf([value]).entries());
    }
  });

  it('carries over single addends of either sign', () => {
    const sum = new ExactSum();
    const value = 2 ** 32 - 2 ** -20;
    for (let i = 0; i < 2 ** 20 + 5; i++) sum.add(value);
    expect(unitsOf(sum)).toBe(exactUnits(value) * BigInt(2 ** 20 + 5));
    for (let i = 0; i < 2 ** 21 + 10; i++) sum.add(-value);
    expect(unitsOf(sum)).toBe(-exactUnits(value) * BigInt(2 ** 20 + 5));
  });

  it('goes on after it was read and after it was cleared', () => {
    const sum = sumOf([0.1, -1e300]);
    expect(sum.value()).toBe(-1e300);
    sum.add(1e300);
    expect(sum.value()).toBe(0.1);
    sum.clear();
    expect(sum.value()).toBe(0);
    expect(sum.entries()).toEqual([]);
    sum.add(-7);
    expect(sum.value()).toBe(-7);
  });

  it('adds many as one by one', () => {
    fc.assert(
      fc.property(values, values, fc.nat(5), (before, addends, beyond) => {
        const sum = sumOf(before);
        sum.addMany(Float64Array.from([...addends, ...Array(beyond).fill(7)]), addends.length);
        expect(sum.entries()).toEqual(sumOf([...before, ...addends]).entries());
      }),
      { seed: 36 },
    );
    const sum = new ExactSum();
    sum.addMany(new Float64Array(3 * 2 ** 20).fill(Number.MAX_VALUE), 3 * 2 ** 20);
    sum.addTimes(Number.MAX_VALUE, -3 * 2 ** 20);
    expect(sum.entries()).toEqual([]);
    expect(() => sum.addMany(Float64Array.of(1, Number.NaN), 2)).toThrow(RangeError);
  });

  it('reads back its entries', () => {
    fc.assert(
      fc.property(values, (addends) => {
        const entries = sumOf(addends).entries();
        const read = ExactSum.fromEntries(entries);
        expect(read.entries()).toEqual(entries);
        read.add(-1);
        expect(unitsOf(read)).toBe(exact(addends) - exactUnits(1));
      }),
      { seed: 3 },
    );
  });

  it.each([
    [[[68, 1]]],
    [[[-1, 1]]],
    [[[0.5, 1]]],
    [
      [
        [2, 1],
        [2, 1],
      ],
    ],
    [
      [
        [2, 1],
        [1, 1],
      ],
    ],
    [[[1, 0]]],
    [[[1, -1]]],
    [[[1, 2 ** 32]]],
    [[[1, 1.5]]],
    [[[67, 2 ** 53]]],
    [[[0, Number.NaN]]],
  ] as [number, number][][][])('refuses the entries %j', (entries) => {
    expect(() => ExactSum.fromEntries(entries)).toThrow(RangeError);
  });

  it('refuses what is not finite and keeps its value', () => {
    const sum = sumOf([3]);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => sum.add(value)).toThrow(RangeError);
    }
    expect(sum.value()).toBe(3);
  });
});
