const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Event times of one partition in the order of its log, milliseconds since 1970. */
export type PartitionTimes = readonly number[];

export interface ObservedPace {
  /** Events a second, by event time; `null` where the times do not tell. */
  readonly perSecond: number | null;
  /** All times are multiples of this, in milliseconds: an hour, a day, or 1. */
  readonly grain: number;
  /** How far behind the newest event of its partition all but the latest thousandth come. */
  readonly disorderMs: number;
}

export interface ProposedWindow {
  readonly windowMs: number;
  readonly paneMs: number;
  /** Where a tenth of the window is not enough. */
  readonly latenessMs?: number;
  /** Events that a window is expected to hold. */
  readonly events: number | null;
}

/** Durations that people think in. */
const WINDOWS = [5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY];
/** With so many a shift of a tenth can be told from noise. */
const ENOUGH_EVENTS = 1000;
/** Panes that divide a window, the longest first. */
const PANES: Readonly<Record<number, readonly number[]>> = {
  [5 * MINUTE]: [MINUTE],
  [15 * MINUTE]: [5 * MINUTE, MINUTE],
  [HOUR]: [15 * MINUTE, 5 * MINUTE],
  [6 * HOUR]: [HOUR, 15 * MINUTE],
  [DAY]: [6 * HOUR, HOUR],
};
/** From so many slices of the baseline a verdict knows how much it varies by itself. */
const REFERENCES = 21;
/** Panes with fewer events say little. */
const EVENTS_PER_PANE = 50;
/** Until lateness is proposed beyond a tenth of the window. */
const LATENESS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY];
/** Ends of the times that are not looked at, since one wrong clock would stretch them. */
const TAIL = 0.01;
const LATE_SHARE = 0.999;

/** How fast events come, how coarse their times are, and how far out of order. */
export function observePace(partitions: readonly PartitionTimes[]): ObservedPace {
  let perSecond = 0;
  let timed = false;
  const behind: number[] = [];
  const grains = [DAY, HOUR].filter((grain) =>
    partitions.every((times) => times.every((time) => time % grain === 0)),
  );
  for (const times of partitions) {
    let newest = Number.NEGATIVE_INFINITY;
    for (const time of times) {
      newest = Math.max(newest, time);
      behind.push(newest - time);
    }
    const sorted = times.toSorted((a, b) => a - b);
    const cut = Math.floor(sorted.length * TAIL);
    const span = (sorted.at(-1 - cut) ?? 0) - (sorted[cut] ?? 0);
    if (span <= 0) continue;
    timed = true;
    perSecond += ((sorted.length - 2 * cut) / span) * 1000;
  }
  behind.sort((a, b) => a - b);
  return {
    perSecond: timed ? perSecond : null,
    grain: grains[0] ?? 1,
    disorderMs: behind[Math.floor((behind.length - 1) * LATE_SHARE)] ?? 0,
  };
}

/**
 * The shortest window that holds enough events to tell a moderate shift from noise, cut into panes
 * where that gives enough slices of the baseline to know how much it varies by itself.
 *
 * @param options.coverageMs event time that the baseline covers; `null` where it is not known
 */
export function proposeWindow(
  { perSecond, grain, disorderMs }: ObservedPace,
  { coverageMs }: { readonly coverageMs: number | null },
): ProposedWindow {
  const holds = (length: number) => (perSecond === null ? null : (perSecond * length) / 1000);
  const fitting = WINDOWS.filter((length) => length % grain === 0);
  const enough = fitting.find((length) => (holds(length) ?? 0) >= ENOUGH_EVENTS);
  const windowMs = enough ?? (perSecond === null && grain <= HOUR ? HOUR : DAY);
  return {
    windowMs,
    paneMs: paneOf(windowMs, { coverageMs, holds, grain }),
    ...latenessOf(windowMs, disorderMs),
    events: holds(windowMs),
  };
}

function paneOf(
  windowMs: number,
  context: {
    readonly coverageMs: number | null;
    readonly holds: (length: number) => number | null;
    readonly grain: number;
  },
): number {
  const { coverageMs, holds, grain } = context;
  if (coverageMs === null || coverageMs / windowMs >= REFERENCES) return windowMs;
  const telling = (PANES[windowMs] ?? []).find(
    (pane) =>
      pane % grain === 0 &&
      coverageMs / pane >= REFERENCES &&
      (holds(pane) ?? 0) >= EVENTS_PER_PANE,
  );
  return telling ?? windowMs;
}

function latenessOf(windowMs: number, disorderMs: number): { readonly latenessMs?: number } {
  if (disorderMs <= windowMs / 10) return {};
  const latenessMs = LATENESS.find((length) => length >= disorderMs);
  return latenessMs === undefined ? {} : { latenessMs };
}
