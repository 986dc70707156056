import { describe, expect, it } from 'vitest';
import { chooseOnlineFdr, type OnlineFdrUse } from './choose-online-fdr.ts';

const INDEPENDENT: OnlineFdrUse = {
  wanted: 'auto',
  windows: 'disjoint',
  evidence: 'iid',
  n: 1000,
  m: 100,
};

describe('chooseOnlineFdr', () => {
  it('allows what needs independence on disjoint windows, iid evidence and n ≥ 10·m', () => {
    expect(chooseOnlineFdr(INDEPENDENT)).toMatchObject({ procedure: 'lord_plus_plus' });
    for (const wanted of ['lord_plus_plus', 'saffron', 'lond'] as const) {
      expect(chooseOnlineFdr({ ...INDEPENDENT, wanted })).toMatchObject({
        kind: 'chosen',
        procedure: wanted,
      });
    }
  });

  it.each([
    [{ windows: 'overlapping' }, 'its windows overlap'],
    [{ evidence: 'reference_windows' }, 'its evidence is reference_windows, not iid'],
    [{ evidence: 'reference_panes' }, 'its evidence is reference_panes, not iid'],
    [{ n: 999 }, 'its baseline has 999 values, fewer than 10 times the 100 of a window'],
    [
      { windows: 'overlapping', m: 101 },
      'its windows overlap, its baseline has 1000 values, fewer than 10 times the 101 of a window',
    ],
  ] as const)('with %j takes lond, and refuses the others with the reason', (change, reason) => {
    const use = { ...INDEPENDENT, ...change };
    const because = `The p-values of the monitor depend on each other: ${reason}.`;
    expect(chooseOnlineFdr(use)).toEqual({ kind: 'chosen', procedure: 'lond', reason: because });
    expect(chooseOnlineFdr({ ...use, wanted: 'lond' })).toMatchObject({ procedure: 'lond' });
    for (const wanted of ['lord_plus_plus', 'saffron'] as const) {
      expect(chooseOnlineFdr({ ...use, wanted })).toEqual({
        kind: 'refused',
        reason: `${because} ${wanted} needs independent ones; use lond.`,
      });
    }
  });

  it('refuses sizes that are none', () => {
    expect(() => chooseOnlineFdr({ ...INDEPENDENT, m: 0 })).toThrow(RangeError);
    expect(() => chooseOnlineFdr({ ...INDEPENDENT, n: Number.NaN })).toThrow(RangeError);
  });
});
