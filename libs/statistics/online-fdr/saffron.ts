import { integer, listOf, number } from '../checked-record.ts';
import { type Discoveries, earnedLevel, MOST_DISCOVERIES, remember } from './earned-level.ts';
import { powerGamma } from './gamma.ts';
import type { OnlineFdrDefinition } from './online-fdr.ts';

export interface SaffronOptions {
  /** False discovery rate that is kept, in (0, 1); 0.01 unless given. */
  readonly alpha: number;
  /** Initial wealth as a share of alpha, in (0, 1]; 0.5 unless given. */
  readonly wealth: number;
  /** Largest p-value of a candidate, and so of a discovery, in (0, 1); 0.5 unless given. */
  readonly lambda: number;
}

interface SaffronMemory extends Discoveries {
  /** Tests whose p-value was above lambda: SAFFRON's clock does not go on for candidates. */
  passed: number;
}

/**
 * SAFFRON: LORD++ on a clock that stands still for candidates, p-values of at most λ, so that only
 * what is likely null costs wealth: αₜ = min(λ, (1 − λ)·[W₀γ_{s+1} + (α − W₀)γ_{s−s₁+1} + α Σ_{j≥2}
 * γ_{s−sⱼ+1}]), where s counts the p-values above λ before t, and sⱼ those before discovery j.
 * Controls FDR for independent p-values; stronger than LORD++ where many hypotheses are false.
 *
 * Ramdas, Zrnic, Wainwright and Jordan 2018, "SAFFRON: an adaptive algorithm for online control of
 * the false discovery rate"; defaults of the R package onlineFDR, but for alpha.
 */
export const SAFFRON: OnlineFdrDefinition<SaffronOptions, SaffronMemory> = {
  name: 'saffron',
  options: {
    alpha: number({ fallback: 0.01, above: 0, below: 1 }),
    wealth: number({ fallback: 0.5, above: 0, atMost: 1 }),
    lambda: number({ fallback: 0.5, above: 0, below: 1 }),
  },
  memory: {
    passed: integer({ atLeast: 0 }),
    discoveries: listOf(integer({ atLeast: 0 }), { atMost: MOST_DISCOVERIES }),
    forgotten: integer({ atLeast: 0 }),
  },
  start: () => ({ passed: 0, discoveries: [], forgotten: 0 }),
  level: (memory, { alpha, wealth, lambda }) => {
    const now = memory.passed + 1;
    const earned = earnedLevel(memory, { alpha, wealth, now, gamma: powerGamma });
    return Math.min(lambda, (1 - lambda) * earned);
  },
  note: (memory, { pValue, discovery, options }) => {
    if (pValue > options.lambda) memory.passed += 1;
    if (discovery) remember(memory, memory.passed);
  },
};
