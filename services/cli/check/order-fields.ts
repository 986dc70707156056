import type { Comparison, FieldComparison } from '#libs/comparison/comparison.ts';
import type { Verdict } from '#libs/detectors/evaluation.ts';
import { decidingFigure } from './deciding-figure.ts';

/** Undecided fields come last, beside the counts, where a long list of good ones ends. */
const ORDER: Readonly<Record<Verdict, number>> = {
  critical: 0,
  warning: 1,
  ok: 2,
  no_baseline: 3,
  insufficient_data: 3,
};

/** The fields, worst first: by verdict, then by how far beyond the limit, then by name. */
export function orderFields({
  fields,
}: Pick<Comparison, 'fields'>): readonly (readonly [name: string, field: FieldComparison])[] {
  return Object.entries(fields)
    .map(([name, field]) => ({ name, field, ratio: ratioOf(field) }))
    .sort(
      (a, b) =>
        ORDER[a.field.verdict] - ORDER[b.field.verdict] ||
        b.ratio - a.ratio ||
        (a.name < b.name ? -1 : 1),
    )
    .map(({ name, field }) => [name, field]);
}

function ratioOf(field: FieldComparison): number {
  // A column that is gone comes before all that merely moved.
  if (field.reason_code === 'column_missing') return Number.POSITIVE_INFINITY;
  return decidingFigure(field)?.ratio ?? 0;
}
