import { expect, test } from 'vitest';
import { findEventId, findKey } from './find-identity.ts';
import { surveyEvents } from './survey-events.ts';

const ROWS = Array.from({ length: 50 }, (_, i) => ({
  order_id: `o-${i}`,
  user: { id: i % 5 },
  id: i,
  constant: 'x',
  amount: i * 1.5,
}));

test('the id of an event is unique and called so', () => {
  expect(findEventId(surveyEvents(ROWS))).toBe('$.id');
  expect(findEventId(surveyEvents(ROWS.map(({ id, ...rest }) => rest)))).toBe('$.order_id');
  expect(findEventId(surveyEvents(ROWS.map((row) => ({ ...row, event_id: row.id }))))).toBe(
    '$.event_id',
  );
  expect(findEventId(surveyEvents(ROWS.map(({ amount }) => ({ amount }))))).toBeUndefined();
  const uuid = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
  expect(findEventId(surveyEvents(ROWS.map(({ id }) => ({ ref: uuid(id) }))))).toBe('$.ref');
});

test('an id that comes back or is lacking is none', () => {
  expect(findEventId(surveyEvents(ROWS.map(({ user }) => ({ id: user.id }))))).toBeUndefined();
  const some = ROWS.map(({ id }) => (id === 7 ? {} : { id }));
  expect(findEventId(surveyEvents(some))).toBeUndefined();
});

test('the key is where the values of the keys are', () => {
  const keyed = (key: (i: number) => string | null) =>
    findKey(
      surveyEvents(ROWS),
      ROWS.map((row, i) => ({ row, key: key(i) })),
    );
  expect(keyed((i) => String(i % 5))).toBe('$.user.id');
  expect(keyed((i) => `o-${i}`)).toBe('$.order_id');
  expect(keyed((i) => (i % 3 === 0 ? null : String(i % 5)))).toBe('$.user.id');
  expect(keyed((i) => `k${i}`)).toBeUndefined();
  expect(keyed(() => 'x')).toBeUndefined();
  expect(keyed(() => null)).toBeUndefined();
});
