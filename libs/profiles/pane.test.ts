import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePane, encodePane, paneStart } from './pane.ts';
import { EVERY_KIND, layoutOf, numericLayout } from './testing/layouts.ts';
import { countRows, plain, rowArbitrary } from './testing/rows.ts';

describe('a stored pane', () => {
  it('reads back as what it was', () => {
    fc.assert(
      fc.property(fc.array(rowArbitrary, { maxLength: 30 }), (rows) => {
        const profile = countRows(EVERY_KIND, rows);
        const bytes = encodePane(EVERY_KIND, profile);
        expect(plain(decodePane(EVERY_KIND, bytes))).toEqual(plain(profile));
      }),
      { seed: 91, numRuns: 50 },
    );
  });

  it('belongs to its layout', () => {
    const bytes = encodePane(EVERY_KIND, countRows(EVERY_KIND, []));
    expect(() => decodePane(layoutOf([numericLayout([1])]), bytes)).toThrow(
      expect.objectContaining({ code: 'PLB_WIRE_MISMATCH' }),
    );
  });
});

describe('paneStart', () => {
  it('holds the time, and starts a whole number of panes from 1970', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -8.64e15, max: 8.64e15 }),
        fc.constantFrom(1, 1000, 60_000, 3_600_000, 86_400_000),
        (time, paneMs) => {
          const start = paneStart(time, paneMs);
          expect(start <= time && time < start + paneMs).toBe(true);
          expect(start % paneMs).toBeCloseTo(0, 12);
          expect(paneStart(start, paneMs)).toBe(start);
        },
      ),
      { seed: 92 },
    );
    expect(paneStart(-0.25, 1000)).toBe(-1000);
  });
});
