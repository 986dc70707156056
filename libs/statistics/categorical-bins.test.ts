import { describe, expect, it } from 'vitest';
import { categoricalBins, unpooledCategoricalBins } from './categorical-bins.ts';

const counts = {
  categories: ['a', 'b', 'c', 'gone', 'd'],
  baseline: [500, 480, 12, 0, 8],
  window: [60, 30, 2, 0, 1],
  unseen: 7,
};

describe('categoricalBins', () => {
  it('pools what is expected less than five times, and always the unseen', () => {
    // n = 1,000, m = 100: c is expected 14/11 times in the window, d 9/11 times.
    const bins = categoricalBins(counts);
    expect(bins.labels).toEqual(['a', 'b', 'rare']);
    expect(bins.kinds).toEqual(['category', 'category', 'rare']);
    expect(bins.baseline).toEqual([500, 480, 20]);
    expect(bins.window).toEqual([60, 30, 10]);
    expect(bins.rare).toEqual(['c', 'd', 'unseen']);
  });

  it('pools the unseen however many they are', () => {
    const bins = categoricalBins({ ...counts, unseen: 5000 });
    expect(bins.kinds).not.toContain('unseen');
    expect(bins.window.at(-1)).toBeGreaterThanOrEqual(5000);
  });

  it('pools just below five and not at five', () => {
    const at = { categories: ['a', 'b'], baseline: [95, 5], window: [95, 5], unseen: 0 };
    expect(categoricalBins(at).labels).toEqual(['a', 'b']);
    const below = { ...at, window: [96, 4] };
    expect(categoricalBins(below).labels).toEqual(['a', 'rare']);
  });

  it('has no bin `rare` where nothing is', () => {
    const bins = categoricalBins({ categories: ['x'], baseline: [50], window: [70], unseen: 0 });
    expect(bins).toMatchObject({ labels: ['x'], rare: [] });
  });

  it('keeps the folded categories apart from the unseen', () => {
    const bins = categoricalBins({ ...counts, other: { baseline: 300, window: 90 } });
    expect(bins.labels).toEqual(['a', 'b', 'other', 'rare']);
    expect(bins.kinds).toContain('other');
  });

  it('tells a category that is called rare from the pooled bin', () => {
    const bins = categoricalBins({ categories: ['rare'], baseline: [90], window: [80], unseen: 9 });
    expect(bins.labels).toEqual(['rare', 'rare']);
    expect(bins.kinds).toEqual(['category', 'rare']);
  });
});

describe('unpooledCategoricalBins', () => {
  it('drops only what is empty in both', () => {
    const bins = unpooledCategoricalBins(counts);
    expect(bins.labels).toEqual(['a', 'b', 'c', 'd', 'unseen']);
    expect(bins.baseline.at(-1)).toBe(0);
    expect(bins.window.at(-1)).toBe(7);
  });
});
