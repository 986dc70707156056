import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ks } from '#libs/statistics/ks.ts';
import { cellsOfSamples } from '#libs/statistics/reference/cells-of-samples.ts';
import { createDetector } from './detectors.ts';
import { kswinWith } from './kswin.ts';
import { seededNormal } from './reference/seeded-normal.ts';
import { seededDraws } from './seeded-draws.ts';
import { createFrom } from './sequential-detector.ts';

describe('kswin', () => {
  it('has the KS distance of the newest values and the drawn ones as its statistic', () => {
    const value = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 12, maxLength: 12 }), (window) => {
        const draws = kswinWith(() => [1, 6, 3, 0]);
        const detector = createFrom(draws, { windowSize: 12, statSize: 4, alpha: 0.99 });
        const outcome = window.map((next) => detector.update(next)).at(-1);
        const sample = [1, 6, 3, 0].map((position) => window[position]!);
        const { statistic } = ks(cellsOfSamples(sample, window.slice(8)));
        expect(outcome).toMatchObject({ statistic: expect.closeTo(statistic, 12) });
      }),
      { seed: 81, numRuns: 200 },
    );
  });

  it('alarms at the level that it is given, value by value', () => {
    const next = seededNormal(11);
    // Two samples of 30 are 11/30 apart with p = 0.0346, 10/30 with 0.0709 (SciPy 1.17, exact).
    const detector = createDetector('kswin', { alpha: 0.05, windowSize: 1000 });
    let tests = 0;
    let alarms = 0;
    for (let i = 0; i < 60_000; i++) {
      const outcome = detector.update(next());
      if (outcome.kind === 'waiting') continue;
      expect(outcome.limit).toBe(10 / 30);
      tests++;
      if (outcome.kind === 'drift') alarms++;
    }
    expect(alarms).toBeGreaterThan(10);
    // An alarm silences the next thousand values.
    expect(alarms / tests).toBeLessThan(0.0346);
  });

  it.each([
    [0.0346, 10],
    [0.0345, 11],
    [0.0157, 11],
    [0.0156, 12],
  ])('at alpha %d lets samples of 30 be %i/30 apart', (alpha, apart) => {
    // SciPy 1.17, exact: p = 0.034580 for 11/30, 0.015643 for 12/30.
    const detector = createDetector('kswin', { alpha, windowSize: 60 });
    for (let i = 1; i < 60; i++) detector.update(i);
    expect(detector.update(60)).toMatchObject({ limit: apart / 30 });
  });

  it('gives other seeds other draws, and the same seed the same', () => {
    const next = seededNormal(12);
    const values = Array.from({ length: 400 }, next);
    const statistics = (seed: number): readonly (number | null)[] => {
      const detector = createDetector('kswin', { seed });
      return values.map((value) => {
        const outcome = detector.update(value);
        return outcome.kind === 'waiting' ? null : outcome.statistic;
      });
    };
    expect(statistics(3)).toEqual(statistics(3));
    expect(statistics(3)).not.toEqual(statistics(4));
  });
});

describe('seededDraws', () => {
  it('draws every set of positions equally often', () => {
    const state = { random: 17 };
    const counts = new Map<string, number>();
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const drawn = [...seededDraws(state, { population: 6, count: 3 })].sort();
      expect(new Set(drawn).size).toBe(3);
      counts.set(drawn.join(), (counts.get(drawn.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(20);
    const expected = draws / 20;
    const statistic = [...counts.values()].reduce(
      (sum, count) => sum + (count - expected) ** 2 / expected,
      0,
    );
    // The upper 0.1% point of χ² with 19 degrees of freedom.
    expect(statistic).toBeLessThan(43.82);
  });
});
