import { PaneTally } from './pane-tally.ts';
import { findStretches } from './stretches.ts';
import { type SeriesMark, SeriesMarks } from './window-series.ts';
import { latestWindowStart, type WindowSpec } from './window-spec.ts';

/** A window that is to be published now. */
export interface DueWindow {
  readonly start: number;
  readonly end: number;
  readonly revision: number;
  readonly events: number;
  /** False for the first and the last window of the data, which may lack a part. */
  readonly complete: boolean;
  /** The series of windows before it, where the schedule follows series. */
  readonly series?: SeriesMark;
}

/** What was published of a window last. */
export interface Published {
  readonly revision: number;
  readonly events: number;
  /** Taken as true where it is not known. */
  readonly complete?: boolean;
  /** The series that its verdict was given with, if one was. */
  readonly series?: SeriesMark;
}

interface ScheduleSpec extends WindowSpec {
  readonly paneMs: number;
  /** Whether verdicts depend on the windows before, too. */
  readonly series?: boolean;
}

/**
 * Decides which windows of one monitor are due: each once when the watermark has passed it, and
 * again, with the next revision, whenever it holds more events than were published, or turned out
 * not to be the first or last one of the data, or a window of its series was published since.
 * Windows without any event between the first and the last data are due as well: silence is a
 * finding. Of a stray event time (see `findStretches`) only the latest window that holds it is.
 *
 * What is due follows from the panes, the watermark and what was published: nothing else is
 * remembered, so neither the order in which panes fill nor a restart makes a difference.
 */
export class WindowSchedule {
  readonly #spec: ScheduleSpec;
  readonly #published = new Map<number, Published>();
  /** Panes that have changed since nothing was due. */
  readonly #touched = new Set<number>();
  /** Watermark that the next window waits for; `null` where none does. */
  #awaited: number | null = Number.NEGATIVE_INFINITY;

  constructor(
    spec: ScheduleSpec,
    published: Iterable<readonly [start: number, published: Published]> = [],
  ) {
    this.#spec = spec;
    for (const [start, entry] of published) this.#published.set(start, entry);
  }

  /** Notes that a pane has other counts than before. */
  touch(pane: number): void {
    this.#touched.add(pane);
  }

  /** Notes that a window went out; without it, the same window is due again. */
  confirm(window: DueWindow): void {
    const { start, end: _, ...published } = window;
    this.#published.set(start, published);
  }

  /**
   * The windows to publish, by start.
   *
   * @param panes Events by pane start, of all panes that are retained.
   * @param watermark Time up to which nothing more is waited for; Infinity when the input is over.
   */
  due(panes: ReadonlyMap<number, number>, watermark: number): DueWindow[] {
    const reached = this.#awaited !== null && watermark >= this.#awaited;
    if (this.#touched.size === 0 && !reached) return [];
    const { windowMs, hopMs, latenessMs } = this.#spec;
    const tally = new PaneTally(panes);
    const { stretches, strays } = findStretches(tally, this.#spec);
    const due: DueWindow[] = [];
    const now = new Map<number, DueWindow>();
    const marks = new SeriesMarks(
      this.#spec,
      (start) => now.get(start) ?? this.#published.get(start),
    );
    let awaited: number | null = null;
    /** Answers whether the watermark has passed the window. */
    const examine = (start: number, complete: boolean): boolean => {
      const end = start + windowMs;
      if (end + latenessMs > watermark) {
        awaited = Math.min(awaited ?? Number.POSITIVE_INFINITY, end + latenessMs);
        return false;
      }
      const before = this.#published.get(start);
      const events = tally.between(start, end);
      const isCompleted = complete && before?.complete === false;
      const series = this.#spec.series ? marks.before(start) : undefined;
      const isOutdated =
        series?.from === before?.series?.from && (series?.sum ?? 0) > (before?.series?.sum ?? 0);
      if (before === undefined || events > before.events || isCompleted || isOutdated) {
        const revision = (before?.revision ?? -1) + 1;
        const window = { start, end, revision, events, complete, ...(series && { series }) };
        due.push(window);
        now.set(start, window);
      }
      return true;
    };
    for (const [i, { first, last, from, to }] of stretches.entries()) {
      const over = watermark === Number.POSITIVE_INFINITY || i < stretches.length - 1;
      for (let start = from; start <= to; start += hopMs) {
        const complete = start > first && !(over && start + windowMs > last);
        if (!examine(start, complete)) break;
      }
    }
    for (const start of new Set(strays.map((pane) => latestWindowStart(pane, this.#spec)))) {
      if (!stretches.some(({ from, to }) => from <= start && start <= to)) examine(start, false);
    }
    // While something is due it stays so until it is confirmed.
    if (due.length === 0) {
      this.#touched.clear();
      this.#awaited = awaited;
    }
    return due.sort((a, b) => a.start - b.start);
  }
}
