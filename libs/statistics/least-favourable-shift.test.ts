import { describe, expect, it } from 'vitest';
import { chiSquared } from './chi-squared.ts';
import { leastFavourableShift } from './least-favourable-shift.ts';
import { psiIndex } from './psi.ts';

const n = 100_000;
const m = 1000;

/** Walks one bin of expected counts until chi-squared is large enough; the index there. */
function walked(
  shares: readonly number[],
  { bin, step, need }: { bin: number; step: number; need: number },
) {
  const share = shares[bin]!;
  for (let at = share; at > 0 && at < 1; at += step) {
    const q = shares.map((p, other) => (other === bin ? at : (p * (1 - at)) / (1 - share)));
    const bins = { baseline: shares.map((p) => p * n), window: q.map((p) => p * m) };
    if (chiSquared(bins).statistic >= need) return psiIndex(bins).statistic;
  }
  return -Infinity;
}

describe('leastFavourableShift', () => {
  it('is the largest index over bins and directions that a walk finds', () => {
    for (const shares of [
      [0.5, 0.5],
      [0.2, 0.3, 0.5],
      [0.05, 0.15, 0.8],
    ]) {
      const need = 25;
      const all = shares.flatMap((_, bin) =>
        [1e-5, -1e-5].map((step) => walked(shares, { bin, step, need })),
      );
      const found = leastFavourableShift(shares, { n, m, needPsi: 0, needChiSquared: need });
      expect(found.kind).toBe('value');
      if (found.kind === 'value') expect(found.value / Math.max(...all)).toBeCloseTo(1, 2);
    }
  });

  it('is at least what the psi rule needs', () => {
    const needs = { n, m, needPsi: 0.3, needChiSquared: 25 };
    expect(leastFavourableShift([0.5, 0.5], needs)).toEqual({ kind: 'value', value: 0.3 });
  });

  it('counts an emptied bin as half an observation', () => {
    // Emptying 2.5 % of 1,000 reaches 25.634 at most, so nearly all of it must go.
    const found = leastFavourableShift([0.025, 0.975], { n, m, needPsi: 0, needChiSquared: 25.63 });
    const half = 0.5 / m;
    const most = (half - 0.025) * Math.log((half * 0.975) / (0.025 * (1 - half)));
    expect(found).toEqual({ kind: 'value', value: expect.closeTo(most, 12) });
  });

  it('has no value where even everything is not enough', () => {
    const needs = { n: 10, m: 5, needPsi: 0, needChiSquared: 500 };
    expect(leastFavourableShift([0.5, 0.5], needs).kind).toBe('nothing');
  });
});
