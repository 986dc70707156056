import { expect, it } from 'vitest';
import { dropEmptyBins } from './drop-empty-bins.ts';

it('leaves out bins that are empty in both samples and says which remain', () => {
  const { baseline, window, kept } = dropEmptyBins({
    baseline: [1, 0, 0, 2],
    window: [0, 0, 3, 4],
  });
  expect(baseline).toEqual([1, 0, 2]);
  expect(window).toEqual([0, 3, 4]);
  expect(kept).toEqual([0, 2, 3]);
});
