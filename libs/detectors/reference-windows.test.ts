import { describe, expect, test } from 'vitest';
import { createProfile } from '#libs/profiles/profile.ts';
import { layoutOf, profileOf, spec } from './judge-fixture.ts';
import { referenceProfiles, referenceStarts, referenceVolumes, thin } from './reference-windows.ts';

const HOUR = 3_600_000;

describe('referenceStarts', () => {
  const at = (from: number, to: number) => ({
    timeRange: { start: from * HOUR, end: to * HOUR },
    paneMs: HOUR,
  });
  const hours = (starts: number[]): number[] => starts.map((start) => start / HOUR);

  test('multiples of the hop from 1970, wholly inside, disjoint or not', () => {
    const options = { windowMs: 4 * HOUR, stepMs: 2 * HOUR };
    expect(hours(referenceStarts(at(3, 15), { ...options, disjoint: false }))).toEqual([
      4, 6, 8, 10,
    ]);
    expect(hours(referenceStarts(at(3, 15), { ...options, disjoint: true }))).toEqual([4, 8]);
    const odd = { windowMs: 3 * HOUR, stepMs: 2 * HOUR, disjoint: true };
    expect(hours(referenceStarts(at(0, 12), odd))).toEqual([0, 4, 8]);
  });

  test('a twentieth of a window may lack data at either edge', () => {
    const day = { windowMs: 24 * HOUR, stepMs: 24 * HOUR, disjoint: true };
    expect(hours(referenceStarts(at(1, 71), day))).toEqual([0, 24, 48]);
    expect(hours(referenceStarts(at(2, 70), day))).toEqual([24]);
  });

  test('none where windows are not made of whole panes', () => {
    const options = { windowMs: 1.5 * HOUR, stepMs: HOUR, disjoint: true };
    expect(referenceStarts(at(0, 100), options)).toEqual([]);
  });
});

test('sliding profiles and volumes equal those made from scratch', () => {
  const specs = [spec('x', 'numeric')];
  const panes = [0, 1, 2, 4, 5, 9, 10].map((hour) => ({
    hour,
    rows: [{ x: hour }, { x: hour / 3 }, { x: null }],
  }));
  const layout = layoutOf(
    specs,
    panes.flatMap(({ rows }) => rows),
  );
  const sliced = panes.map(({ hour, rows }) => ({
    start: hour * HOUR,
    profile: profileOf(layout, rows),
  }));
  for (const starts of [
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
    [0, 3, 6, 9],
    [2, 7],
    [1, 2, 6, 12],
  ]) {
    const windowMs = 3 * HOUR;
    const times = starts.map((hour) => hour * HOUR);
    const expected = starts.map((start) =>
      panes.filter(({ hour }) => hour >= start && hour < start + 3).flatMap(({ rows }) => rows),
    );
    const found: unknown[] = [];
    for (const profile of referenceProfiles(
      { layout, panes: sliced },
      { starts: times, windowMs },
    )) {
      const field = profile.fields[0];
      if (field?.kind !== 'numeric') throw new Error('expected numeric counts');
      found.push({ events: profile.events, missing: field.missing, cells: [...field.cells] });
    }
    expect(found).toEqual(
      expected.map((rows) => {
        const field = (rows.length === 0 ? createProfile(layout) : profileOf(layout, rows))
          .fields[0];
        if (field?.kind !== 'numeric') throw new Error('expected numeric counts');
        return { events: rows.length, missing: field.missing, cells: [...field.cells] };
      }),
    );
    expect(
      referenceVolumes(
        sliced.map(({ start, profile }) => ({ start, events: profile.events })),
        { starts: times, windowMs },
      ),
    ).toEqual(expected.map((rows) => rows.length));
  }
});

test('thin spreads what it keeps', () => {
  expect(thin([1, 2, 3], 3)).toEqual([1, 2, 3]);
  expect(thin([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 2, 5, 7]);
});
