import { describe, expect, it } from 'vitest';
import { seededRandom } from '#libs/statistics/reference/random.ts';
import { uniformBand } from './confidence-sequence.ts';
import { createDetector } from './detectors.ts';
import table from './reference/bands.json' with { type: 'json' };

describe('uniformBand', () => {
  it('is at least the band of the theorem at its best constant, and at most 5% wider', () => {
    for (const { alpha, constant } of table.filter((row) => row.alpha <= 0.25)) {
      for (const t of [50, 51, 100, 1e4, 1e9]) {
        const best = 0.85 * Math.sqrt((Math.log(1 + Math.log(t / 50)) + constant) / t);
        const band = uniformBand(t, { alpha, from: 50 });
        expect(band / best).toBeGreaterThanOrEqual(1);
        expect(band / best).toBeLessThan(1.05);
      }
    }
  });

  it('is left by a uniform sample, at any time, in at most a share alpha of the streams', () => {
    const random = seededRandom(41);
    const streams = 400;
    const alpha = 0.2;
    let left = 0;
    for (let stream = 0; stream < streams; stream++) {
      if (leaves(random, { alpha, from: 10, length: 600 })) left++;
    }
    expect(left / streams).toBeLessThanOrEqual(alpha);
  });
});

/** Whether the distribution function of uniform values is ever further off than the band. */
function leaves(
  random: () => number,
  { alpha, from, length }: { alpha: number; from: number; length: number },
): boolean {
  const sorted: number[] = [];
  for (let t = 1; t <= length; t++) {
    const value = random();
    const at = sorted.findIndex((other) => other > value);
    sorted.splice(at < 0 ? sorted.length : at, 0, value);
    if (t < from) continue;
    const band = uniformBand(t, { alpha, from });
    if (sorted.some((x, i) => Math.max((i + 1) / t - x, x - i / t) > band)) return true;
  }
  return false;
}

describe('confidence_sequence', () => {
  it('ever raises a false alarm in at most a share alpha of the streams, whatever the baseline', () => {
    const random = seededRandom(42);
    const alpha = 0.2;
    const streams = 300;
    let alarmed = 0;
    for (let stream = 0; stream < streams; stream++) {
      const baseline = Array.from({ length: 100 }, () => Math.round(random() * 50));
      const detector = createDetector('confidence_sequence', { baseline, alpha, minInstances: 20 });
      for (let t = 0; t < 1000; t++) {
        if (detector.update(Math.round(random() * 50)).kind === 'drift') {
          alarmed++;
          break;
        }
      }
    }
    expect(alarmed / streams).toBeLessThanOrEqual(alpha);
  });

  it('would not keep alpha without the band of the baseline', () => {
    const random = seededRandom(43);
    let alarmed = 0;
    for (let stream = 0; stream < 100; stream++) {
      const baseline = Array.from({ length: 30 }, random);
      const detector = createDetector('confidence_sequence', { baseline, alpha: 0.1 });
      const own = Math.sqrt(Math.log(4 / 0.1) / 60);
      for (let t = 0; t < 4000; t++) {
        const outcome = detector.update(random());
        if (outcome.kind === 'waiting') continue;
        if (outcome.statistic > outcome.limit - own) {
          alarmed++;
          break;
        }
      }
    }
    expect(alarmed / 100).toBeGreaterThan(0.3);
  });

  it('finds a shift of the median to the lower quartile, after about as many values as it must', () => {
    const random = seededRandom(44);
    const baseline = Array.from({ length: 2000 }, random);
    const detector = createDetector('confidence_sequence', { baseline });
    let t = 1;
    // P(X ≤ 0.25) is 0.5 instead of 0.25: the largest gap.
    while (detector.update(random() ** 2).kind !== 'drift') t++;
    // The band plus the baseline's is 0.25 at this time; the sample may help or hinder by 0.05.
    const gap = (at: number): number =>
      uniformBand(at, { alpha: 0.025, from: 100 }) + Math.sqrt(Math.log(80) / 4000);
    expect(gap(t)).toBeGreaterThan(0.2);
    expect(gap(t)).toBeLessThan(0.3);
  });

  it('compares at the ends of cells: the statistic is the two-sample KS distance', () => {
    const detector = createDetector('confidence_sequence', {
      baseline: [3, 1, 1, 2],
      minInstances: 1,
    });
    const statistics = [0, 1, 1, 2.5, 9].map((value) => {
      const outcome = detector.update(value);
      return outcome.kind === 'waiting' ? Number.NaN : outcome.statistic;
    });
    // SciPy's ks_2samp of [1, 1, 2, 3] and the first values.
    expect(statistics).toEqual([1, 0.5, 0.5, 0.25, expect.closeTo(0.2, 12)]);
  });
});
