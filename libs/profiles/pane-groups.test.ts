import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PaneGroups } from './pane-groups.ts';

describe('PaneGroups', () => {
  it('gives every event once, by pane and in order, also after it was cleared', () => {
    const starts = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 700 });
    const groups = new PaneGroups();
    fc.assert(
      fc.property(starts, (events) => {
        groups.clear();
        for (const start of events) groups.add(start * 1000);
        const expected = [...new Set(events)]
          .sort((a, b) => a - b)
          .map((start) => ({
            start: start * 1000,
            places: events.flatMap((other, place) => (other === start ? [place] : [])),
          }));
        const found = groups.groups().map(({ start, places }) => ({ start, places: [...places] }));
        expect(found).toEqual(expected);
        expect(groups.length).toBe(events.length);
      }),
      { seed: 93, numRuns: 100 },
    );
  });
});
