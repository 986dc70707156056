import type { Verdict } from '#libs/detectors/evaluation.ts';
import type { DriftLevel } from './report.ts';

/** Whether a verdict is drift at or above a level. */
export function drifts(verdict: Verdict, failOn: DriftLevel): boolean {
  return verdict === 'critical' || (failOn === 'warning' && verdict === 'warning');
}
