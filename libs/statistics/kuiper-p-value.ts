import type { Significance } from './result.ts';
import { significanceFromLog } from './significance.ts';

/**
 * P-value of Kuiper's V by his series 2 Σ (4j²λ² − 1) e^(−2j²λ²) at Stephens'
 * λ = (√en + 0.155 + 0.24/√en)·V, en = nm/(n+m).
 */
export function kuiperPValue(v: number, { n, m }: { n: number; m: number }): Significance {
  return significanceFromLog(logKuiperTail(v * kuiperScale({ n, m })));
}

/** The factor between V and λ. */
export function kuiperScale({ n, m }: { n: number; m: number }): number {
  const root = Math.sqrt((n * m) / (n + m));
  return root + 0.155 + 0.24 / root;
}

/** ln of Kuiper's series at λ. */
export function logKuiperTail(lambda: number): number {
  // Below 0.4 the tail is 1 to nine digits and the terms only cancel.
  if (lambda < 0.4) return 0;
  const x = 2 * lambda * lambda;
  const first = 2 * x - 1;
  let sum = first;
  // Terms relative to e^(−2λ²), which is taken out so that it cannot underflow.
  for (let j = 2; j < 100; j++) {
    const term = (2 * j * j * x - 1) * Math.exp(-(j * j - 1) * x);
    sum += term;
    if (term < 1e-17 * sum) break;
  }
  return Math.min(0, Math.LN2 + Math.log(sum) - x);
}
