import type { Evaluation } from '#libs/detectors/evaluation.ts';

/** Evaluations of one field by window start, oldest first, newest revision only. */
export type FieldHistory = readonly Evaluation[];
export type Histories = ReadonlyMap<string, FieldHistory>;

interface SeriesName {
  readonly monitor: string;
  readonly field: string | null;
  readonly segment: string | null;
}

/** One text per monitor, field and segment; names may hold any character. */
export function seriesKey(name: SeriesName): string {
  return JSON.stringify([name.monitor, name.field, name.segment]);
}

/**
 * Adds evaluations to the histories: a window is replaced only by an equal or higher revision, and
 * each field keeps its newest `limit` windows. Fields without news keep their array, so that
 * whatever is drawn from it need not be drawn again.
 */
export function mergeHistories(
  histories: Histories,
  incoming: readonly Evaluation[],
  options: { readonly limit: number },
): Histories {
  if (incoming.length === 0) return histories;
  const news = Map.groupBy(incoming, seriesKey);
  const merged = new Map(histories);
  for (const [key, evaluations] of news) {
    const byWindow = new Map(merged.get(key)?.map((known) => [windowKey(known), known]));
    for (const evaluation of evaluations) {
      const known = byWindow.get(windowKey(evaluation));
      if (known === undefined || known.revision <= evaluation.revision) {
        byWindow.set(windowKey(evaluation), evaluation);
      }
    }
    const ordered = [...byWindow.values()].sort(
      (a, b) => a.window.start - b.window.start || a.window.end - b.window.end,
    );
    merged.set(key, ordered.slice(-options.limit));
  }
  return merged;
}

function windowKey(evaluation: Evaluation): string {
  return `${evaluation.window.start}/${evaluation.window.end}`;
}
