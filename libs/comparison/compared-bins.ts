import { divergenceBins, total } from '#libs/detectors/compared-counts.ts';
import { readableLabel } from '#libs/detectors/distribution-detail.ts';
import { fieldBaseline } from '#libs/detectors/field-baseline.ts';
import type { FieldRules } from '#libs/detectors/rules.ts';
import type { FieldCounts } from '#libs/profiles/counts.ts';
import type { FieldLayout } from '#libs/profiles/layout.ts';
import type { ComparedBin } from './comparison.ts';

/** The bins of psi and chi_squared that hold anything, from which both can be computed again. */
export function comparedBins(
  layout: FieldLayout,
  {
    baseline,
    current,
    rules,
    missingAsBin,
  }: {
    readonly baseline: { readonly counts: FieldCounts; readonly events: number };
    readonly current: FieldCounts;
    readonly rules: FieldRules;
    readonly missingAsBin: boolean;
  },
): ComparedBin[] {
  const field = fieldBaseline(layout, { ...baseline, rules, errorBound: null, seen: null });
  if (field.kind === 'rates') return [];
  const bins = divergenceBins(
    field,
    { baseline: baseline.counts, window: current },
    { missingAsBin },
  );
  const n = total(bins.baseline);
  const m = total(bins.window);
  return bins.labels.flatMap((label, bin) => {
    const b = bins.baseline[bin]!;
    const w = bins.window[bin]!;
    if (b + w === 0) return [];
    const lower = field.kind === 'numeric' ? field.bins.lower[bin] : undefined;
    const upper = field.kind === 'numeric' ? field.bins.upper[bin] : undefined;
    return [
      {
        label: field.kind === 'numeric' ? readableLabel(label) : label,
        ...(lower !== undefined && Number.isFinite(lower) ? { lower } : {}),
        ...(upper !== undefined && Number.isFinite(upper) ? { upper } : {}),
        baseline: n === 0 ? 0 : b / n,
        current: m === 0 ? 0 : w / m,
        baseline_count: b,
        current_count: w,
      },
    ];
  });
}
