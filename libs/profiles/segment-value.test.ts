import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileSegmentValue, OTHER_SEGMENT, segmentName } from './segment-value.ts';
import { spec } from './testing/layouts.ts';

const BY = [spec('country', 'categorical'), spec('device', 'categorical')];

test('a plain value is written as it is, any other in quotes', () => {
  const names = ['DE', 'New York', 'a=b', '', ' x', 'x\n', 'é', '"', '0', '\ud800'].map((value) =>
    segmentName([BY[0]!], [value]),
  );
  expect(names).toEqual([
    ...['country=DE', 'country=New York', 'country="a=b"', 'country=""', 'country=" x"'],
    ...['country="x\\n"', 'country=é', 'country="\\""', 'country=0', 'country="\\ud800"'],
  ]);
  expect(segmentName(BY, ['DE', 'a, b'])).toBe('country=DE, device="a, b"');
});

test('no two segments share a name, which any database can hold', () => {
  const value = fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.constantFrom('a', 'a, device=b', '"a"', ' a', 'a ', '\0', '\udc00'),
  );
  const pair = fc.tuple(value, value);
  fc.assert(
    fc.property(pair, pair, (a, b) => {
      const [x, y] = [segmentName(BY, a), segmentName(BY, b)];
      expect(x === y).toBe(a[0] === b[0] && a[1] === b[1]);
      expect(x).not.toBe(OTHER_SEGMENT);
      expect(x.isWellFormed() && !x.includes('\0')).toBe(true);
    }),
    { seed: 521, numRuns: 2000 },
  );
});

test('the value of each type, and of what has none', () => {
  const read = compileSegmentValue(spec('c', 'categorical'));
  expect(['DE', '', 'x'.repeat(129), 7, null, undefined].map(read)).toEqual([
    ...['DE', '', undefined, undefined, undefined, undefined],
  ]);
  const number = compileSegmentValue(spec('n', 'numeric'));
  expect([3, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '3', null].map(number)).toEqual([
    ...['3', '0', '1.5', undefined, undefined, undefined, undefined],
  ]);
  const hour = spec('h', 'circular', { derive: 'hour_of_day', period: 24 });
  expect(compileSegmentValue(hour)('2001-01-01T23:59:00Z')).toBe('23');
  const truth = compileSegmentValue(spec('b', 'boolean'));
  expect([true, false, 'true'].map(truth)).toEqual(['true', 'false', undefined]);
  expect(() => compileSegmentValue(spec('t', 'timestamp'))).toThrow(RangeError);
});
