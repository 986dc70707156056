import type { Verdict } from '#libs/detectors/evaluation.ts';
import type { FieldState } from '../api/types.ts';
import { orderedFields } from './ordered-fields.ts';

/** A field of the whole, and the same field in each segment. */
export interface FieldGroup {
  readonly whole: FieldState;
  /** The worst first. */
  readonly segments: readonly FieldState[];
}

/** Rows of a monitor: those of the whole in their order, each with its segments below it. */
export function fieldGroups(worstFirst: readonly FieldState[]): readonly FieldGroup[] {
  const bySegment = Map.groupBy(worstFirst, ({ segment }) => segment !== null);
  const segments = Map.groupBy(bySegment.get(true) ?? [], ({ field }) => field);
  return orderedFields(bySegment.get(false) ?? []).map((whole) => ({
    whole,
    segments: segments.get(whole.field) ?? [],
  }));
}

/** How many of the rows have which verdict, in the order in which they come. */
export function verdictCounts(
  rows: readonly FieldState[],
): readonly { readonly verdict: Verdict; readonly count: number }[] {
  const counts = Map.groupBy(rows, ({ verdict }) => verdict);
  return [...counts].map(([verdict, own]) => ({ verdict, count: own.length }));
}
