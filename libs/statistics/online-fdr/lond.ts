import { integer, number, oneOf } from '../checked-record.ts';
import { logarithmicGamma } from './gamma.ts';
import type { OnlineFdrDefinition } from './online-fdr.ts';

export interface LondOptions {
  /** False discovery rate that is kept, in (0, 1); 0.01 unless given. */
  readonly alpha: number;
  /** What may be assumed of the p-values; `arbitrary` dependence unless given. */
  readonly dependence: 'arbitrary' | 'independent';
}

interface LondMemory {
  tests: number;
  discoveries: number;
  /** 1 + 1/2 + … + 1/tests. */
  harmonic: number;
}

/**
 * LOND, levels based on the number of discoveries D so far: the t-th level is αγₜ(D + 1), and under
 * arbitrary dependence that over 1 + 1/2 + … + 1/t. The latter controls FDR whatever the p-values
 * have to do with each other, at the price of levels that soon are small.
 *
 * Javanmard and Montanari 2015, "On Online Control of False Discovery Rate", arXiv 1502.06197.
 */
export const LOND: OnlineFdrDefinition<LondOptions, LondMemory> = {
  name: 'lond',
  options: {
    alpha: number({ fallback: 0.01, above: 0, below: 1 }),
    dependence: oneOf(['arbitrary', 'independent'], 'arbitrary'),
  },
  memory: {
    tests: integer({ atLeast: 0 }),
    discoveries: integer({ atLeast: 0 }),
    harmonic: number({ atLeast: 0 }),
  },
  start: () => ({ tests: 0, discoveries: 0, harmonic: 0 }),
  level: ({ tests, discoveries, harmonic }, { alpha, dependence }) => {
    const t = tests + 1;
    const level = alpha * logarithmicGamma(t) * (discoveries + 1);
    return dependence === 'arbitrary' ? level / (harmonic + 1 / t) : level;
  },
  note: (memory, { discovery }) => {
    memory.tests += 1;
    memory.harmonic += 1 / memory.tests;
    if (discovery) memory.discoveries += 1;
  },
};
