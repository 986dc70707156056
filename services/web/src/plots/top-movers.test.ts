import { expect, test } from 'vitest';
import { topMovers } from './top-movers.ts';

test('the largest changes come first, in either direction', () => {
  const bins = [
    { label: 'same', baseline: 0.5, window: 0.5 },
    { label: 'up', baseline: 0.1, window: 0.15 },
    { label: 'down', baseline: 0.3, window: 0.1 },
  ];
  expect(topMovers(bins, 2).map(({ label }) => label)).toEqual(['down', 'up']);
  expect(bins[0]?.label).toBe('same');
});
