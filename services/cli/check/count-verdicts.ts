import type { Comparison } from '#libs/comparison/comparison.ts';

/** "1 critical, 12 ok, 1 undecided": the fields by verdict, and the volume where it is beyond. */
export function countVerdicts({ fields, volume }: Comparison): string {
  const verdicts = Object.values(fields).map(({ verdict }) => verdict);
  if (volume !== undefined && volume.verdict !== 'insufficient_data') verdicts.push(volume.verdict);
  const counted = [
    ['critical', verdicts.filter((verdict) => verdict === 'critical').length],
    ['warning', verdicts.filter((verdict) => verdict === 'warning').length],
    ['ok', verdicts.filter((verdict) => verdict === 'ok').length],
    ['undecided', verdicts.filter((verdict) => verdict === 'insufficient_data').length],
  ] as const;
  const parts = counted.filter(([, count]) => count > 0);
  return parts.map(([word, count]) => `${count.toLocaleString('en-US')} ${word}`).join(', ');
}
