import type { Comparison } from '#libs/comparison/comparison.ts';

/** An outcome with the names of what was compared. */
export interface CheckReport {
  readonly comparison: Comparison;
  /** As the user named them. */
  readonly baseline: string;
  readonly current: string;
  readonly failOn: DriftLevel;
}

export type DriftLevel = 'warning' | 'critical';
