import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PaneTally } from './pane-tally.ts';

describe('PaneTally', () => {
  it('adds up the panes of any range', () => {
    const panes = fc.uniqueArray(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.nat(5)), {
      selector: ([start]) => start,
    });
    fc.assert(
      fc.property(panes, fc.integer({ min: -25, max: 25 }), fc.nat(30), (entries, from, length) => {
        const tally = new PaneTally(new Map(entries));
        const held = entries.filter(([, events]) => events > 0);
        expect([...tally.starts]).toEqual(held.map(([start]) => start).sort((a, b) => a - b));
        const inside = held.filter(([start]) => start >= from && start < from + length);
        expect(tally.between(from, from + length)).toBe(
          inside.reduce((sum, [, events]) => sum + events, 0),
        );
      }),
      { seed: 4 },
    );
  });
});
