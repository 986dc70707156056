import { describe, expect, it } from 'vitest';
import table from './reference/evidence.json' with { type: 'json' };
import { expectClose } from './reference/expect-close.ts';
import {
  referenceCriticalX,
  referenceEvidence,
  referencePValue,
  referenceRank,
} from './reference-evidence.ts';
import { significanceFromLog } from './significance.ts';

const tiny = significanceFromLog(-1e6);

describe('referenceEvidence', () => {
  it('agrees with SciPy on moments, p-values and critical values', () => {
    for (const row of table.windows) {
      const evidence = referenceEvidence({ x: row.x, iidMean: 1 });
      expectClose(evidence.mean, row.mean, { relative: 1e-13 });
      expectClose(evidence.variance, row.variance, { relative: 1e-12 });
      expectClose(evidence.kappa, row.kappa, { relative: 1e-12 });
      row.at.forEach((x, index) => {
        const { p_value } = referencePValue(evidence, { x, iid: tiny });
        expectClose(p_value, row.p[index]!, { relative: 1e-9, what: `${x}` });
      });
      const critical = referenceCriticalX(evidence, 0.01);
      expectClose(critical, row.critical_01, { relative: 1e-9 });
    }
  });

  it('takes the weaker of reference and independent evidence', () => {
    const evidence = referenceEvidence({ x: table.windows[0]!.x, iidMean: 1 });
    const iid = { p_value: 0.9, log10_p: Math.log10(0.9) };
    expect(referencePValue(evidence, { x: 1e6, iid })).toEqual(iid);
  });

  it('caps κ where the windows do not vary', () => {
    const evidence = referenceEvidence({ x: new Array(40).fill(2.5), iidMean: 5 });
    expect(evidence.kappa).toBeCloseTo((1000 * 40) / 48, 10);
    expect(evidence.design_effect).toBe(0.5);
  });

  it('leaves independent evidence alone where every window equals the baseline', () => {
    const evidence = referenceEvidence({ x: new Array(20).fill(0), iidMean: 1 });
    const iid = significanceFromLog(-30);
    expect(referencePValue(evidence, { x: 0, iid }).p_value).toBe(1);
    expect(referencePValue(evidence, { x: 0.1, iid })).toEqual(iid);
    expect(referenceCriticalX(evidence, 0.01)).toBe(0);
  });

  it('divides by the larger of the panes’ mean and that of overlapping windows', () => {
    const x = [1, 2, 3, 4, 5];
    const plain = referenceEvidence({ x, iidMean: 1 });
    const larger = referenceEvidence({ x, iidMean: 1, overlappingMean: 9 });
    expect([plain.denominator, larger.denominator]).toEqual([3, 9]);
    expect([larger.kappa, larger.mean]).toEqual([plain.kappa, 3]);
    expect(referenceEvidence({ x, iidMean: 1, overlappingMean: 2 }).denominator).toBe(3);
    expect(larger.design_effect).toBe(9);
    const at = (evidence: typeof plain) => referencePValue(evidence, { x: 20, iid: tiny }).p_value;
    expect(at(larger)).toBeGreaterThan(at(plain));
  });

  it('ranks strictly below', () => {
    const evidence = referenceEvidence({ x: [3, 1, 2, 2], iidMean: 1 });
    expect([0, 2, 2.5, 9].map((x) => referenceRank(evidence, x))).toEqual([0, 1, 3, 4]);
  });

  it('refuses too few windows and impossible values', () => {
    expect(() => referenceEvidence({ x: [1], iidMean: 1 })).toThrow(/at least 2 are needed, got 1/);
    expect(() => referenceEvidence({ x: [1, -2], iidMean: 1 })).toThrow(RangeError);
    expect(() => referenceEvidence({ x: [1, Number.NaN], iidMean: 1 })).toThrow(RangeError);
  });
});
