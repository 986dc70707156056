import { describe, expect, it } from 'vitest';
import { detectableKs, detectableMeanShift, detectablePsi } from './detectable.ts';
import { psi, psiCriticalValue } from './psi.ts';
import { seededRandom } from './reference/random.ts';
import type { Detectable } from './result.ts';

function detected(detectable: Detectable): number {
  if (detectable.kind !== 'value') throw new Error(detectable.needs);
  return detectable.value;
}

describe('detectableKs', () => {
  it('lies above the largest of the critical values and the threshold', () => {
    const sizes = { n: 20_000, m: 5000, alpha: 0.01 };
    const reach = 0.8416212335729143 * 0.5 * Math.sqrt(1 / 20_000 + 1 / 5000);
    expect(detected(detectableKs({ ...sizes, threshold: 0.1 }))).toBeCloseTo(0.1 + reach, 12);
    expect(detected(detectableKs({ ...sizes, referenceCritical: 0.3 }))).toBeCloseTo(
      0.3 + reach,
      12,
    );
    expect(detected(detectableKs(sizes))).toBeCloseTo(0.0257 + reach, 3);
  });

  it('says that nothing is where samples are tiny', () => {
    expect(detectableKs({ n: 2, m: 2, alpha: 0.01 }).kind).toBe('nothing');
  });
});

describe('detectableMeanShift', () => {
  it('is (2.5758 + 0.8416)·√(1/n + 1/m) at 1 %', () => {
    expect(detectableMeanShift({ n: 100, m: 25, alpha: 0.01 })).toBeCloseTo(3.4174 * 0.22361, 4);
  });
});

describe('detectablePsi', () => {
  const deciles = new Array(10).fill(1000);

  it('is detected at least four times in five, when it is a shift of one bin', () => {
    const random = seededRandom(5);
    const cases = [
      { n: 4000, m: 300, baseline: new Array<number>(10).fill(400) },
      { n: 20_000, m: 200, baseline: [1000, 3000, 16_000] },
    ];
    for (const { n, m, baseline } of cases) {
      const value = detected(detectablePsi(baseline, { n, m, alpha: 0.01 }));
      const p = baseline.map((count) => count / n);
      for (const [bin, direction] of [
        [0, 1],
        [p.length - 1, -1],
        [p.length - 1, 1],
      ] as const) {
        const q = shifted(p, { bin, direction, value });
        if (q === undefined) continue;
        let found = 0;
        const runs = 200;
        for (let run = 0; run < runs; run++) {
          const sample = { baseline: draw(p, n, random), window: draw(q, m, random) };
          if (psi(sample).p_value <= 0.01) found++;
        }
        // Four standard errors below 0.8.
        expect(found / runs, `n ${n}, bin ${bin}, ${direction}`).toBeGreaterThan(0.68);
      }
    }
  });

  it('asks for more than the psi rule alone where the baseline is much the larger', () => {
    const options = { n: 1e6, m: 200, alpha: 0.01 };
    const rare = [...new Array(9).fill(110_000), 10_000];
    const alone = detected(detectablePsi(deciles, { ...options, n: 1e9, m: 1e9 }));
    expect(alone).toBeLessThan(1e-6);
    const critical = psiCriticalValue({ ...options, bins: 10 });
    expect(detected(detectablePsi(rare, options))).toBeGreaterThan(critical);
  });

  it('grows with the threshold and with the critical value of reference evidence', () => {
    const options = { n: 50_000, m: 5000, alpha: 0.01 };
    const plain = detected(detectablePsi(deciles, options));
    const withThreshold = detected(detectablePsi(deciles, { ...options, threshold: 0.1 }));
    const withReference = detected(detectablePsi(deciles, { ...options, referenceCritical: 0.4 }));
    expect(plain).toBeLessThan(0.1);
    expect(withThreshold).toBeGreaterThan(0.1);
    expect(withThreshold).toBeLessThan(0.13);
    expect(withReference).toBeGreaterThan(0.4);
  });

  it('says what is missing where nothing can be detected', () => {
    expect(detectablePsi([50], { n: 50, m: 50, alpha: 0.01 }).kind).toBe('nothing');
    expect(detectablePsi([1, 1], { n: 2, m: 2, alpha: 0.01 }).kind).toBe('nothing');
  });
});

/** p with one bin moved until the index has the value, the others in proportion. */
function shifted(
  p: readonly number[],
  { bin, direction, value }: { bin: number; direction: 1 | -1; value: number },
): number[] | undefined {
  const share = p[bin]!;
  const index = (at: number) => (at - share) * Math.log((at * (1 - share)) / (share * (1 - at)));
  const step = 1e-5 * direction;
  for (let at = share; at > 0 && at < 1; at += step) {
    if (index(at) >= value) {
      return p.map((old, other) => (other === bin ? at : (old * (1 - at)) / (1 - share)));
    }
  }
  return undefined;
}

function draw(p: readonly number[], size: number, random: () => number): number[] {
  const counts = p.map(() => 0);
  for (let event = 0; event < size; event++) {
    let left = random();
    let bin = 0;
    while (bin < p.length - 1 && left >= p[bin]!) left -= p[bin++]!;
    counts[bin]!++;
  }
  return counts;
}
