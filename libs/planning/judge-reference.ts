import type { Baseline, CategoricalBaselineField } from '#libs/baselines/baseline.ts';
import type { ProjectedBaseline, ProjectedRows } from '#libs/baselines/project.ts';
import type { JudgeReference } from '#libs/detectors/create-judge.ts';
import type { ReferenceRows } from '#libs/detectors/create-subject.ts';
import type { ReferencePane } from '#libs/detectors/reference-windows.ts';

/**
 * What a judge has to know of a baseline and its segments: their counts in total and in slices of
 * `paneMs`, each made from the stored counts when needed. Without slices where `paneMs` is `null` or
 * no multiple of the baseline's own pane.
 */
export function judgeReference(
  baseline: Baseline,
  options: {
    readonly projected: ProjectedBaseline;
    readonly paneMs: number | null;
    /** Usable baseline values that a segment's distribution needs to be judged; 0 by default. */
    readonly minSegmentRows?: number;
  },
): JudgeReference {
  const { projected, paneMs, minSegmentRows = 0 } = options;
  const { pane, timeRange } = baseline;
  const isSliced = paneMs !== null && pane !== null && timeRange !== null && paneMs % pane === 0;
  const rowsOf = (rows: ProjectedRows): ReferenceRows => ({
    total: rows.total,
    panes: isSliced ? slices(rows, paneMs) : [],
  });
  const { segments } = projected;
  const each = segments.map((segment) => ({
    ...rowsOf(segment),
    ...{ name: segment.name, seen: segment.seen },
  }));
  return {
    ...rowsOf(projected),
    errorBounds: Object.fromEntries(
      projected.bounds.map(({ field, errorBound }) => [field, errorBound]),
    ),
    seen: Object.fromEntries(
      baseline.fields.flatMap((field) =>
        field.kind === 'categorical' ? [[field.spec.name, seenOf(field)]] : [],
      ),
    ),
    ...(each.length === 0 ? {} : { segments: { minRows: minSegmentRows, each } }),
    ...(isSliced ? { paneMs, timeRange } : { paneMs: null, timeRange: null }),
  };
}

/** Each slice is made from the stored counts when it is needed. */
function slices({ paneStarts, paneRows, between }: ProjectedRows, paneMs: number): ReferencePane[] {
  const events = new Map<number, number>();
  for (const [i, start] of paneStarts.entries()) {
    const slice = Math.floor(start / paneMs) * paneMs;
    events.set(slice, (events.get(slice) ?? 0) + paneRows[i]!);
  }
  return [...events].map(([start, rows]) => ({
    start,
    events: rows,
    get profile() {
      return between(start, start + paneMs);
    },
  }));
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
