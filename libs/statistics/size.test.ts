import { describe, expect, it } from 'vitest';
import { andersonDarling } from './anderson-darling.ts';
import { cramerVonMises } from './cramer-von-mises.ts';
import { gTest } from './g-test.ts';
import { ks } from './ks.ts';
import { kuiper } from './kuiper.ts';
import { mannWhitney } from './mann-whitney.ts';
import { momentShift } from './mean-shift.ts';
import { psi } from './psi.ts';
import { seededRandom } from './reference/random.ts';
import type { CellCounts, Significance } from './result.ts';
import { unseenRate } from './unseen-rate.ts';

const LEVEL = 0.01;

/** Share of runs without drift in which the statistic is significant at 0.01. */
function rejections(runs: number, pValue: () => number): number {
  let rejected = 0;
  for (let run = 0; run < runs; run++) if (pValue() <= LEVEL) rejected++;
  return rejected / runs;
}

/** Rates beyond this happen once in 30,000 repetitions if the size is `size`. */
function upper(size: number, runs: number): number {
  return size + 4 * Math.sqrt((size * (1 - size)) / runs);
}

function lower(size: number, runs: number): number {
  return size - 4 * Math.sqrt((size * (1 - size)) / runs);
}

/** Cells of n and m values that all differ, in random order: every value its own knot. */
function untied(n: number, m: number, random: () => number) {
  const baseline = new Float64Array(2 * n + 1);
  const window = new Float64Array(2 * n + 1);
  let left = n;
  let knot = 0;
  for (let rest = n + m; rest > 0; rest--) {
    if (random() * rest < left) {
      left--;
      baseline[2 * knot++ + 1] = 1;
    } else window[2 * knot]!++;
  }
  return { baseline, window };
}

/** Counts of `size` values over equally likely or geometrically falling places. */
function counted(places: readonly number[], size: number, random: () => number): Float64Array {
  const counts = new Float64Array(places.length);
  for (let event = 0; event < size; event++) {
    let left = random();
    let place = 0;
    while (place < places.length - 1 && left >= places[place]!) left -= places[place++]!;
    counts[place]!++;
  }
  return counts;
}

/** Mean of (U + V)^power for uniform U and V: 1, or 7/6 for the square. */
function moment(power: number): number {
  return power === 1 ? 1 : 7 / 6;
}

describe('size at 0.01 without drift', () => {
  it('ks, untied: at most nominal, and not far below', () => {
    const random = seededRandom(101);
    const runs = 3000;
    const rate = rejections(runs, () => ks(untied(150, 100, random)).p_value);
    expect(rate).toBeLessThan(upper(LEVEL, runs));
    expect(rate).toBeGreaterThan(0.003);
  });

  it('ks, seven values: the condition on ties keeps it at most nominal', () => {
    const random = seededRandom(102);
    const runs = 2000;
    const places = [0, 0.3, 0, 0.2, 0, 0.2, 0, 0.1, 0, 0.1, 0, 0.05, 0, 0.05, 0];
    const rate = rejections(runs, () => {
      const baseline = counted(places, 120, random);
      return ks({ baseline, window: counted(places, 80, random) }).p_value;
    });
    expect(rate).toBeLessThan(upper(LEVEL, runs));
  });

  it('ks, large-sample branch: nominal', () => {
    const random = seededRandom(103);
    const runs = 2500;
    const rate = rejections(
      runs,
      () => ks(untied(400, 500, random), { method: 'asymptotic' }).p_value,
    );
    expect(rate).toBeLessThan(upper(LEVEL, runs));
    expect(rate).toBeGreaterThan(0.003);
  });

  it('kuiper, untied: near nominal', () => {
    const random = seededRandom(104);
    const runs = 4000;
    const rate = rejections(runs, () => kuiper(untied(300, 200, random)).p_value);
    expect(rate).toBeLessThan(upper(0.011, runs));
    expect(rate).toBeGreaterThan(lower(0.008, runs));
  });

  it.each([
    ['cramer_von_mises', cramerVonMises],
    ['anderson_darling', andersonDarling],
    ['mann_whitney', mannWhitney],
  ] as const)('%s, untied: near nominal', (_, statistic) => {
    const random = seededRandom(107);
    const runs = 4000;
    const rate = rejections(runs, () => statistic(untied(150, 100, random)).p_value);
    expect(rate).toBeLessThan(upper(LEVEL, runs));
    expect(rate).toBeGreaterThan(lower(LEVEL, runs));
  });

  it.each([
    ['seven values', [0.3, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05]],
    ['two values', [0.5, 0.5]],
  ])('rank statistics on %s: at most nominal', (_, shares) => {
    const random = seededRandom(108);
    const runs = 3000;
    const places = shares.flatMap((share) => [0, share]).concat(0);
    const drawn = Array.from({ length: runs }, () => ({
      baseline: counted(places, 400, random),
      window: counted(places, 250, random),
    }));
    const rate = (statistic: (cells: CellCounts) => Significance) => {
      const cells = drawn.values();
      return rejections(runs, () => statistic(cells.next().value!).p_value);
    };
    for (const statistic of [cramerVonMises, andersonDarling, mannWhitney]) {
      expect(rate(statistic), statistic.name).toBeLessThan(upper(LEVEL, runs));
    }
    // The condition on ties leaves nothing away here.
    expect(rate(mannWhitney)).toBeGreaterThan(lower(LEVEL, runs));
  });

  it('mean_shift, skewed, of unequal variance: near nominal', () => {
    const random = seededRandom(109);
    const runs = 4000;
    const draw = (count: number, power: number) => {
      const values = Array.from({ length: count }, () => (random() + random()) ** power);
      const mean = values.reduce((sum, value) => sum + value, 0) / count;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return { count, mean: mean - moment(power), variance: squares / count };
    };
    const rate = rejections(runs, () => {
      const result = momentShift(draw(300, 1), draw(120, 2));
      return result.kind === 'value' ? result.p_value : 1;
    });
    expect(rate).toBeLessThan(upper(0.013, runs));
    expect(rate).toBeGreaterThan(lower(0.008, runs));
  });

  it('g_test, ten bins: near nominal', () => {
    const random = seededRandom(110);
    const runs = 3000;
    const places = new Array<number>(10).fill(0.1);
    const rate = rejections(runs, () => {
      const baseline = counted(places, 1000, random);
      return gTest({ baseline, window: counted(places, 300, random) }).p_value;
    });
    expect(rate).toBeLessThan(upper(0.012, runs));
    expect(rate).toBeGreaterThan(lower(0.008, runs));
  });

  it.each([
    [1000, 1000, 10],
    [200, 200, 10],
    [3000, 150, 5],
  ])('psi, n %i, m %i, %i bins: 0.0065 to 0.012', (n, m, bins) => {
    const random = seededRandom(105);
    const runs = 3000;
    const places = new Array<number>(bins).fill(1 / bins);
    const rate = rejections(runs, () => {
      const baseline = counted(places, n, random);
      return psi({ baseline, window: counted(places, m, random) }).p_value;
    });
    expect(rate).toBeLessThan(upper(0.012, runs));
    expect(rate).toBeGreaterThan(lower(0.0065, runs));
  });

  it('unseen_rate: at most 0.013, over categories with a long tail', () => {
    const random = seededRandom(106);
    const runs = 1500;
    const raw = Array.from({ length: 400 }, (_, rank) => (rank + 1) ** -1.3);
    const sum = raw.reduce((a, b) => a + b, 0);
    const places = raw.map((weight) => weight / sum);
    const rate = rejections(runs, () => {
      const baseline = counted(places, 1000, random);
      const window = counted(places, 300, random);
      let once = 0;
      let twice = 0;
      let unseen = 0;
      baseline.forEach((count, category) => {
        if (count === 1) once++;
        if (count === 2) twice++;
        if (count === 0) unseen += window[category]!;
      });
      return unseenRate({ n: 1000, once, twice, unseen, m: 300 }).p_value;
    });
    expect(rate).toBeLessThan(upper(0.013, runs));
  });
});
