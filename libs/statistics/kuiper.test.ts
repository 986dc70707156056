import { describe, expect, it } from 'vitest';
import { kuiper } from './kuiper.ts';
import { kuiperCriticalValue } from './kuiper-critical-value.ts';
import { kuiperPValue, logKuiperTail } from './kuiper-p-value.ts';
import { cellsOfSamples } from './reference/cells-of-samples.ts';
import { expectClose } from './reference/expect-close.ts';
import table from './reference/kuiper.json' with { type: 'json' };

describe('kuiper', () => {
  it('agrees with NumPy on the statistic', () => {
    for (const { baseline, window, statistic } of table.samples) {
      expectClose(kuiper(cellsOfSamples(baseline, window)).statistic, statistic, {
        relative: 1e-13,
      });
    }
  });

  it('does not depend on where the circle begins', () => {
    for (const { baseline, window } of table.samples) {
      const { statistic, p_value } = kuiper(cellsOfSamples(baseline, window));
      const turned = (values: number[]) => values.map((value) => (value + 7) % 24);
      const other = kuiper(cellsOfSamples(turned(baseline), turned(window)));
      expectClose(other.statistic, statistic, { relative: 1e-12 });
      expectClose(other.p_value, p_value, { relative: 1e-10 });
    }
  });
});

describe('logKuiperTail', () => {
  it('agrees with the series in 60 digits, far beyond underflow', () => {
    for (const [lambda, log10] of table.series as [number, number][]) {
      const actual = logKuiperTail(lambda) / Math.LN10;
      expect(Math.abs(actual - log10), `λ ${lambda}`).toBeLessThan(1e-12 * (1 + Math.abs(log10)));
    }
  });

  it('never rises', () => {
    let last = 0;
    for (let lambda = 0; lambda < 5; lambda += 0.01) {
      expect(logKuiperTail(lambda)).toBeLessThanOrEqual(last + 1e-12);
      last = logKuiperTail(lambda);
    }
  });
});

it('kuiperPValue takes Stephens’ λ = (√en + 0.155 + 0.24/√en)·V', () => {
  const { log10_p } = kuiperPValue(0.2, { n: 200, m: 200 });
  expect(log10_p).toBeCloseTo(logKuiperTail(0.2 * 10.179) / Math.LN10, 12);
});

describe('kuiperCriticalValue', () => {
  it('is the inverse of the p-value', () => {
    for (const alpha of [0.1, 0.01, 1e-9]) {
      const v = kuiperCriticalValue({ n: 700, m: 90, alpha });
      expectClose(kuiperPValue(v, { n: 700, m: 90 }).p_value, alpha, { relative: 1e-9 });
    }
  });

  it('is Stephens’ 2.001 at 1 %', () => {
    const v = kuiperCriticalValue({ n: 1e12, m: 1e12, alpha: 0.01 });
    expect(v * Math.sqrt(0.5e12)).toBeCloseTo(2.001, 3);
  });
});
