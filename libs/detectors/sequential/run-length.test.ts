import { describe, expect, it } from 'vitest';
import { createDetector, type SequentialDetectorName } from './detectors.ts';
import table from './reference/run-lengths.json' with { type: 'json' };
import { seededNormal } from './reference/seeded-normal.ts';

const RUNS = 2500;

/** Values until the first alarm, run after run. */
function runLengths(
  name: SequentialDetectorName,
  { options, shift }: { readonly options: object; readonly shift: number },
): number[] {
  const next = seededNormal(31);
  const detector = createDetector(name, { mean: 20, sd: 4, ...options });
  return Array.from({ length: RUNS }, () => {
    let length = 1;
    // The detector begins anew after each alarm.
    while (detector.update(20 + 4 * (next() + shift)).kind !== 'drift') length++;
    return length;
  });
}

describe('average run length of control charts', () => {
  it.each(table)('$detector $options, shift $shift: $computed', (row) => {
    const lengths = runLengths(row.detector as SequentialDetectorName, row);
    const mean = lengths.reduce((a, b) => a + b, 0) / RUNS;
    const variance = lengths.reduce((sum, length) => sum + (length - mean) ** 2, 0) / (RUNS - 1);
    // Four standard errors: beyond them once in 16,000 tables.
    const error = 4 * Math.sqrt(variance / RUNS);
    expect(Math.abs(mean - row.computed), `mean ${mean}, ±${error}`).toBeLessThan(error);
  });

  it('is the published one within its rounding and two in a hundred', () => {
    const published = table.filter((row) => row.published !== undefined);
    expect(published.length).toBe(13);
    for (const { computed, published: known = 0 } of published) {
      expect(Math.abs(computed / known - 1)).toBeLessThan(0.02);
    }
  });
});
