import type { FieldState } from '../api/types.ts';

/** Up to this many rows are found at a glance wherever they stand. */
const GLANCE = 12;

/**
 * Rows of a monitor. A short list keeps its order by name, so that no row moves away under the
 * pointer when a verdict changes; a long one has the worst first, as the API answers it. The volume
 * of a short list comes last.
 */
export function orderedFields(worstFirst: readonly FieldState[]): readonly FieldState[] {
  if (worstFirst.length > GLANCE) return worstFirst;
  return [...worstFirst].sort(
    (a, b) =>
      Number(a.field === null) - Number(b.field === null) ||
      (a.field ?? '').localeCompare(b.field ?? '') ||
      (a.segment ?? '').localeCompare(b.segment ?? ''),
  );
}
