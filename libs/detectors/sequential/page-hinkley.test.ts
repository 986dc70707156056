import { describe, expect, it } from 'vitest';
import { createDetector } from './detectors.ts';

describe('page_hinkley', () => {
  it('accumulates what a pencil does', () => {
    const detector = createDetector('page_hinkley', {
      delta: 0.5,
      lambda: 2,
      alpha: 1,
      minInstances: 2,
    });
    expect(detector.update(0)).toEqual({ kind: 'waiting', remaining: 1 });
    // Means 2 and 4, deviations 2 and 4: U is −0.5, 1, 4.5 over its minimum −0.5.
    expect(detector.update(4)).toEqual({
      kind: 'steady',
      direction: 'up',
      statistic: 1.5,
      limit: 2,
    });
    expect(detector.update(8)).toEqual({
      kind: 'drift',
      direction: 'up',
      statistic: 5,
      limit: 2,
    });
  });

  it('looks only into the direction that was asked for', () => {
    const falling = Array.from({ length: 200 }, (_, i) => (i < 100 ? 10 : 0));
    const alarms = (direction: 'up' | 'down' | 'both'): number => {
      const detector = createDetector('page_hinkley', { lambda: 20, direction });
      return falling.filter((value) => detector.update(value).kind === 'drift').length;
    };
    expect(alarms('up')).toBe(0);
    expect(alarms('down')).toBe(1);
    expect(alarms('both')).toBe(1);
  });
});
