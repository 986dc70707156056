import type { Baseline, CategoricalBaselineField } from '#libs/baselines/baseline.ts';
import type { ProjectedBaseline } from '#libs/baselines/project.ts';
import type { JudgeReference } from '#libs/detectors/create-judge.ts';

/**
 * What a judge has to know of a baseline: its counts in total and in slices of `paneMs`, each made
 * from the stored counts when needed. Without slices where `paneMs` is `null` or no multiple of the
 * baseline's own pane.
 */
export function judgeReference(
  baseline: Baseline,
  { projected, paneMs }: { readonly projected: ProjectedBaseline; readonly paneMs: number | null },
): JudgeReference {
  const errorBounds = Object.fromEntries(
    projected.bounds.map(({ field, errorBound }) => [field, errorBound]),
  );
  const seen = Object.fromEntries(
    baseline.fields.flatMap((field) =>
      field.kind === 'categorical' ? [[field.spec.name, seenOf(field)]] : [],
    ),
  );
  const common = { total: projected.total, errorBounds, seen };
  const { pane, timeRange } = baseline;
  if (paneMs === null || pane === null || timeRange === null || paneMs % pane !== 0) {
    return { ...common, panes: [], paneMs: null, timeRange: null };
  }
  const events = new Map<number, number>();
  for (const [i, start] of projected.paneStarts.entries()) {
    const slice = Math.floor(start / paneMs) * paneMs;
    events.set(slice, (events.get(slice) ?? 0) + projected.paneRows[i]!);
  }
  return {
    ...common,
    panes: [...events].map(([start, rows]) => ({
      start,
      events: rows,
      get profile() {
        return projected.between(start, start + paneMs);
      },
    })),
    paneMs,
    timeRange,
  };
}

/** A reduced baseline names no rare categories: as many rows as they have are expected again. */
function seenOf({ counts, unnamed }: CategoricalBaselineField): { once: number; twice: number } {
  if (unnamed !== undefined) return { once: unnamed, twice: 0 };
  let once = 0;
  let twice = 0;
  for (const count of counts) {
    if (count === 1) once++;
    else if (count === 2) twice++;
  }
  return { once, twice };
}
