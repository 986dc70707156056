import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from './byte-writer.ts';
import type { Profile } from './counts.ts';
import { encodeCounts, encodeProfile } from './encode-profile.ts';
import { createProfile, mergeProfile, subtractProfile } from './profile.ts';
import { EVERY_KIND } from './testing/layouts.ts';
import { countRows, rowArbitrary } from './testing/rows.ts';

const rows = fc.array(rowArbitrary, { maxLength: 40 });

function bytesOf(profile: Profile): string {
  const writer = new ByteWriter();
  encodeProfile(writer, profile);
  return Buffer.from(writer.view()).toString('hex');
}

describe('encodeProfile', () => {
  it('writes equal bytes for equal profiles, however they came to be', () => {
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const whole = bytesOf(countRows(EVERY_KIND, [...a, ...b]));
        const backward = countRows(EVERY_KIND, b.toReversed());
        mergeProfile(backward, countRows(EVERY_KIND, a.toReversed()));
        expect(bytesOf(backward)).toBe(whole);
        mergeProfile(backward, countRows(EVERY_KIND, a));
        subtractProfile(backward, countRows(EVERY_KIND, a));
        expect(bytesOf(backward)).toBe(whole);
      }),
      { seed: 81, numRuns: 150 },
    );
  });

  it('writes other bytes for other counts', () => {
    fc.assert(
      fc.property(rows, rowArbitrary, (some, one) => {
        expect(bytesOf(countRows(EVERY_KIND, [...some, one]))).not.toBe(
          bytesOf(countRows(EVERY_KIND, some)),
        );
      }),
      { seed: 82 },
    );
  });

  it('takes a byte or two for each count that is not 0, and none for a cell that is', () => {
    expect(bytesOf(createProfile(EVERY_KIND)).length / 2).toBeLessThan(60);
  });

  it('writes the same with and without the list of cells', () => {
    const profile = countRows(EVERY_KIND, [{ t: '2001-01-01', x: 0.5, c: 'a' }]);
    for (const counts of profile.fields) {
      const scanned = new ByteWriter();
      encodeCounts(scanned, counts);
      if (counts.kind === 'rates') continue;
      const listed = new ByteWriter();
      encodeCounts(
        listed,
        counts,
        Int32Array.from([...counts.cells.keys()].filter((cell) => counts.cells[cell]! > 0)),
      );
      expect(listed.finish()).toEqual(scanned.finish());
    }
  });
});
