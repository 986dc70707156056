import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

test('waiting times double up to a bound, at least half of each is waited', () => {
  for (const chance of [0, 0.999]) {
    const backoff = new Backoff(() => chance);
    const waits = Array.from({ length: 10 }, () => backoff.next());
    const full = [50, 100, 200, 400, 800, 1600, 2000, 2000, 2000, 2000];
    for (const [i, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual((full[i] ?? 0) / 2);
      expect(wait).toBeLessThanOrEqual(full[i] ?? 0);
    }
    backoff.reset();
    expect(backoff.next()).toBeLessThanOrEqual(50);
  }
});
