import type { Assessment } from '#libs/detectors/evaluation.ts';

/** What kind of values a field holds, read from the statistics that were computed for it. */
export function fieldKind(
  field: string | null,
  newest: Pick<Assessment, 'statistics'> | undefined,
): string {
  if (field === null) return 'events';
  if (newest === undefined) return '';
  const { ks, kuiper, psi } = newest.statistics;
  if (ks !== undefined) return 'numeric';
  if (kuiper !== undefined) return 'circular';
  if (psi !== undefined) return 'categorical';
  return 'rates';
}
