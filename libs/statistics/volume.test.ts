import { describe, expect, it } from 'vitest';
import { volume } from './volume.ts';

describe('volume', () => {
  it('is the ratio to the median of the reference windows', () => {
    expect(volume({ events: 50, reference: [100, 10_000, 90, 110] })).toEqual({
      kind: 'ratio',
      statistic: 50 / 105,
      median: 105,
      events: 50,
      reference_windows: 4,
    });
  });

  it('says what it needs where there is no ratio', () => {
    expect(volume({ events: 5, reference: [] })).toMatchObject({
      kind: 'undefined',
      needs: 'at least one reference window',
    });
    expect(volume({ events: 5, reference: [0, 0, 9] })).toMatchObject({ kind: 'undefined' });
  });

  it('leaves the reference in its order', () => {
    const reference = [3, 1, 2];
    volume({ events: 1, reference });
    expect(reference).toEqual([3, 1, 2]);
  });
});
