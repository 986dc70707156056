import { integer, listOf, number } from '../checked-record.ts';
import { type Discoveries, earnedLevel, MOST_DISCOVERIES, remember } from './earned-level.ts';
import { logarithmicGamma } from './gamma.ts';
import type { OnlineFdrDefinition } from './online-fdr.ts';

export interface LordOptions {
  /** False discovery rate that is kept, in (0, 1); 0.01 unless given. */
  readonly alpha: number;
  /** Initial wealth as a share of alpha, in (0, 1]; 0.1 unless given. */
  readonly wealth: number;
}

interface LordMemory extends Discoveries {
  tests: number;
}

/**
 * LORD++, levels based on recent discovery: with discoveries at τ₁, τ₂, … the t-th level is
 * W₀γₜ + (α − W₀)γ_{t−τ₁} + α Σ_{j≥2} γ_{t−τⱼ}. Controls FDR for independent p-values. Costs one
 * term for each discovery, of which the last 1,000 are kept.
 *
 * Ramdas, Yang, Wainwright and Jordan 2017, "Online control of the false discovery rate with
 * decaying memory"; defaults of the R package onlineFDR, but for alpha.
 *
 * @throws RangeError unless the p-value is in [0, 1]
 */
export const LORD_PLUS_PLUS: OnlineFdrDefinition<LordOptions, LordMemory> = {
  name: 'lord_plus_plus',
  options: {
    alpha: number({ fallback: 0.01, above: 0, below: 1 }),
    wealth: number({ fallback: 0.1, above: 0, atMost: 1 }),
  },
  memory: {
    tests: integer({ atLeast: 0 }),
    discoveries: listOf(integer({ atLeast: 1 }), { atMost: MOST_DISCOVERIES }),
    forgotten: integer({ atLeast: 0 }),
  },
  start: () => ({ tests: 0, discoveries: [], forgotten: 0 }),
  level: (memory, { alpha, wealth }) =>
    earnedLevel(memory, { alpha, wealth, now: memory.tests + 1, gamma: logarithmicGamma }),
  note: (memory, { discovery }) => {
    memory.tests += 1;
    if (discovery) remember(memory, memory.tests);
  },
};
