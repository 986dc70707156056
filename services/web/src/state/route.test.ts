import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRoute, parseRoute } from './route.ts';

const name = fc.string({ minLength: 1, unit: 'grapheme' });

test('every selection survives its own address', () => {
  const selection = fc.record({
    monitor: name,
    field: fc.option(name),
    segment: fc.option(name),
    window: fc.option(fc.integer({ min: 0, max: 4e12 })),
  });
  fc.assert(
    fc.property(selection, (wanted) => {
      expect(parseRoute(formatRoute(wanted))).toEqual(wanted);
    }),
    { seed: 7 },
  );
});

test('a field that is named like the marker of the whole stream is told apart', () => {
  const field = parseRoute(
    formatRoute({ monitor: 'm', field: '~stream', segment: null, window: null }),
  );
  expect(field?.field).toBe('~stream');
});

test('addresses are readable', () => {
  const window = Date.UTC(2001, 2, 14);
  expect(formatRoute({ monitor: 'flights', field: 'delay', segment: null, window })).toBe(
    '#/flights/delay/2001-03-14T00:00Z',
  );
  expect(formatRoute({ monitor: 'flights', field: null, segment: null, window: null })).toBe(
    '#/flights/~stream',
  );
});

test.each(['', '#', '#/', '#/flights', '#/%E0%A4%A/x'])('%j is the overview', (hash) => {
  expect(parseRoute(hash)).toBeNull();
});

test('a window that is no time follows the newest', () => {
  expect(parseRoute('#/flights/delay/yesterday')?.window).toBeNull();
});
