import { drifts } from './drifts.ts';
import type { CheckReport } from './report.ts';

/** No drift, drift, and a field that cannot be decided; 2 is what cannot be compared at all. */
const EXIT = { ok: 0, drift: 1, undecided: 3 } as const;

/** The exit code of an outcome: drift wins over undecided. */
export function exitCode(
  { comparison, failOn }: Pick<CheckReport, 'comparison' | 'failOn'>,
  { allowInsufficient }: { readonly allowInsufficient: boolean },
): number {
  const verdicts = Object.values(comparison.fields).map(({ verdict }) => verdict);
  const all = comparison.volume === undefined ? verdicts : [...verdicts, comparison.volume.verdict];
  if (all.some((verdict) => drifts(verdict, failOn))) return EXIT.drift;
  const undecided = verdicts.includes('insufficient_data');
  return undecided && !allowInsufficient ? EXIT.undecided : EXIT.ok;
}
