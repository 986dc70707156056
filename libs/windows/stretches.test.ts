import { describe, expect, it } from 'vitest';
import { PaneTally } from './pane-tally.ts';
import { findStretches, MOST_EMPTY_WINDOWS } from './stretches.ts';

/** Panes and windows of one unit of time, unless given. */
function find(
  panes: Readonly<Record<number, number>>,
  spec = { windowMs: 1, hopMs: 1, paneMs: 1 },
) {
  const tally = new PaneTally(
    new Map(Object.entries(panes).map(([start, events]) => [Number(start), events])),
  );
  return findStretches(tally, { ...spec, latenessMs: 0 });
}

describe('findStretches', () => {
  it('finds nothing in nothing', () => {
    expect(find({})).toEqual({ stretches: [], strays: [] });
  });

  it('takes a few events as confirmation, in one pane or around it', () => {
    expect(find({ 5: 3 })).toEqual({
      stretches: [{ first: 5, last: 5, from: 5, to: 5 }],
      strays: [],
    });
    expect(find({ 5: 1, 6: 1, 7: 1 }).stretches).toMatchObject([{ first: 5, last: 7 }]);
    expect(find({ 5: 1, 7: 1, 9: 1 })).toMatchObject({
      stretches: [{ first: 7, last: 7 }],
      strays: [5, 9],
    });
  });

  it('keeps strays before, behind and between apart', () => {
    const { stretches, strays } = find({ [-500]: 1, 0: 10, 1: 10, 40: 1, 100: 10, 600: 2 });
    expect(stretches).toEqual([{ first: 0, last: 100, from: 0, to: 100 }]);
    expect(strays).toEqual([-500, 40, 600]);
  });

  it('takes times too far apart for different stretches', () => {
    const far = MOST_EMPTY_WINDOWS;
    expect(find({ 0: 5, [far]: 5 }).stretches).toHaveLength(1);
    expect(find({ 0: 5, [far + 1]: 5 }).stretches).toHaveLength(2);
  });

  it('begins no hopping window before the data and none that reaches beyond it', () => {
    const spec = { windowMs: 24, hopMs: 6, paneMs: 2 };
    expect(find({ 8: 5, 62: 5 }, spec).stretches).toEqual([
      { first: 8, last: 62, from: 6, to: 42 },
    ]);
    expect(find({ 8: 5 }, spec).stretches).toEqual([{ first: 8, last: 8, from: 6, to: 6 }]);
  });
});
