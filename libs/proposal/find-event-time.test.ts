import { describe, expect, test } from 'vitest';
import { findEventTime } from './find-event-time.ts';
import { surveyEvents } from './survey-events.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const iso = (time: number) => new Date(time).toISOString();

/** Candidates for events a second apart that reached the log within a second. */
function candidatesOf(row: (time: number, i: number) => object, behind = 500) {
  const events = Array.from({ length: 300 }, (_, i) => {
    const time = NOW - (300 - i) * 1000;
    return { row: row(time, i), timestamp: time + behind };
  });
  return findEventTime(surveyEvents(events.map((event) => event.row)), events);
}

function chosen(row: (time: number, i: number) => object, behind?: number): string | undefined {
  return candidatesOf(row, behind).find(({ certain }) => certain)?.path;
}

describe('findEventTime', () => {
  test.each([
    ['ISO 8601 text', (t: number) => iso(t)],
    ['ISO 8601 text', (t: number) => iso(t).replace('T', ' ').replace('Z', '')],
    ['seconds since 1970', (t: number) => t / 1000],
    ['milliseconds since 1970', (t: number) => t],
    ['microseconds since 1970', (t: number) => t * 1000],
    ['nanoseconds since 1970', (t: number) => t * 1e6],
  ])('reads %s', (shape, write) => {
    expect(candidatesOf((t) => ({ ts: write(t) }))).toEqual([
      { path: '$.ts', shape, usable: 1, certain: true },
    ]);
  });

  test.each([
    ['ts', 'created_at'],
    ['eventTime', 'timestamp'],
    ['event_time', 'ts'],
    ['@timestamp', 'ingested_at'],
    ['timestamp_ms', 'updated_at'],
    ['occurred_at', 'created_at'],
    ['createdAt', 'processed_at'],
    ['start_time', 'expires_at'],
    ['date', 'birth_date'],
    ['transaction_time', 'received_time'],
  ])('prefers %s to %s, in whatever order they come', (better, worse) => {
    expect(chosen((t) => ({ [better]: iso(t), [worse]: iso(t) }))).toBe(pathOf(better));
    expect(chosen((t) => ({ [worse]: iso(t), [better]: iso(t) }))).toBe(pathOf(better));
  });

  test('takes what is nearer to the root, and nested ones where there is no other', () => {
    expect(chosen((t) => ({ meta: { ts: iso(t) }, ts: iso(t) }))).toBe('$.ts');
    expect(chosen((t) => ({ meta: { ts: iso(t) } }))).toBe('$.meta.ts');
    expect(chosen((t) => ({ time: iso(t), event: { time: iso(t) } }))).toBe('$.event.time');
  });

  test('numbers that are no times are none, whatever their name', () => {
    expect(candidatesOf((_, i) => ({ time: 10 + i, ts: i * 1e6, amount: -5 }))).toEqual([]);
  });

  test('times of the future, and of what is not the event, are not taken', () => {
    const day = 86_400_000;
    expect(candidatesOf((t) => ({ timestamp: iso(t + day) }))).toEqual([]);
    expect(chosen((t) => ({ expires_at: iso(t), date_of_birth: '1999-12-31' }))).toBeUndefined();
  });

  test('what most events lack is passed over for what all have', () => {
    const sparse = (t: number, i: number) => ({
      ...(i % 3 === 0 ? {} : { event_time: iso(t) }),
      created_at: iso(t),
    });
    expect(chosen(sparse)).toBe('$.created_at');
    expect(candidatesOf(sparse).find(({ path }) => path === '$.event_time')).toMatchObject({
      usable: expect.closeTo(2 / 3, 5),
      certain: false,
    });
  });

  test('a name that says nothing is enough for text that is near to the time of the log', () => {
    expect(chosen((t) => ({ when: iso(t) }))).toBe('$.when');
    expect(chosen((t) => ({ when: iso(t) }), 90 * 86_400_000)).toBeUndefined();
    expect(chosen((t) => ({ number: t }))).toBeUndefined();
    expect(candidatesOf((t) => ({ number: t })).map(({ path }) => path)).toEqual(['$.number']);
  });
});

function pathOf(name: string): string {
  return /^\w+$/.test(name) ? `$.${name}` : `$['${name}']`;
}
