import type { Verdict } from '#libs/detectors/evaluation.ts';

/** How a verdict looks without its colour: the word and the shape carry it alone. */
export interface VerdictLook {
  readonly word: string;
  readonly shape: 'disc' | 'triangle' | 'square' | 'ring' | 'bar';
  /** Order of urgency: higher is worse. */
  readonly rank: number;
}

const LOOKS: Readonly<Record<Verdict, VerdictLook>> = {
  ok: { word: 'OK', shape: 'disc', rank: 1 },
  warning: { word: 'Warning', shape: 'triangle', rank: 3 },
  critical: { word: 'Critical', shape: 'square', rank: 4 },
  insufficient_data: { word: 'Too little data', shape: 'ring', rank: 0 },
  no_baseline: { word: 'No baseline', shape: 'bar', rank: 2 },
};

export function verdictLook(verdict: Verdict): VerdictLook {
  return LOOKS[verdict];
}
