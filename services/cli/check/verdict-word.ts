import type { Verdict } from '#libs/detectors/evaluation.ts';

/** What a verdict is called in a report. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  critical: 'CRITICAL',
  warning: 'WARNING',
  ok: 'OK',
  insufficient_data: 'NO DATA',
  no_baseline: 'NO DATA',
};
