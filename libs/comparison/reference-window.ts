import type { TimeRange } from '#libs/detectors/evaluation.ts';

const DAY = 86_400_000;
/** From so many days on windows are made of days, which are fewer and begin at midnight. */
const DAYS_MATTER = 7;
/** Rows that fill less of their window are no complete one. */
const FILLED = 0.95;

export interface ReferenceWindow {
  readonly range: TimeRange;
  /** Slices of which window and reference windows are made. */
  readonly paneMs: number;
  /** Whether the rows fill the window, so that their number can be judged. */
  readonly complete: boolean;
}

/**
 * The window for which the current rows stand: the stretch between their first and last event time,
 * widened to whole panes of the baseline (to whole days from a week on, or where the baseline's
 * times are dates). Stretches of the baseline of the same length then tell how much it varied by
 * itself. `null` where the baseline has no event times.
 */
export function referenceWindow(
  baseline: { readonly pane: number | null; readonly paneStarts: Float64Array },
  { start, end }: TimeRange,
): ReferenceWindow | null {
  const { pane, paneStarts } = baseline;
  if (pane === null) return null;
  const dated = start % DAY === 0 && end % DAY === 0 && paneStarts.every((at) => at % DAY === 0);
  const daily = DAY % pane === 0 && (dated || end - start >= DAYS_MATTER * DAY);
  const paneMs = daily ? DAY : pane;
  const range = {
    start: Math.floor(start / paneMs) * paneMs,
    end: (Math.floor(end / paneMs) + 1) * paneMs,
  };
  const filled = end + (dated ? DAY : 1) - start;
  return { range, paneMs, complete: filled >= FILLED * (range.end - range.start) };
}
