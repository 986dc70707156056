import type { Assessment } from '#libs/detectors/evaluation.ts';
import {
  figuresOfWindow,
  type Judged,
  judgeSeries,
  type SeriesOptions,
  type WindowFigures,
} from '#libs/detectors/judge-series.ts';
import type { MonitorPlan } from '#libs/planning/plan-monitors.ts';
import type { Store } from '#libs/store/port.ts';
import { SERIES_WINDOWS, windowsBefore } from '#libs/windows/window-series.ts';

const PAGE = 1000;

/**
 * The figures of one monitor's windows that its detectors watch, read from the newest revisions in
 * the store and from what was judged since. Holds those of a bounded number of windows.
 */
export class SeriesBook {
  readonly #plan: MonitorPlan;
  readonly #store: Pick<Store, 'evaluations'>;
  readonly #options: SeriesOptions;
  /** By window start; `null` where a window has no figures, or there is no such window. */
  readonly #windows = new Map<number, WindowFigures | null>();

  constructor(plan: MonitorPlan, store: Pick<Store, 'evaluations'>) {
    this.#plan = plan;
    this.#store = store;
    this.#options = {
      rules: plan.series,
      minSamples: plan.rules.minSamples,
      minSegmentRows: plan.reference.segments?.minRows ?? 0,
    };
  }

  /** Reads what `judge` needs for a window and is not known yet. */
  async prepare(start: number): Promise<void> {
    const unknown = windowsBefore(start, this.#plan.monitor).filter(
      (other) => !this.#windows.has(other),
    );
    if (unknown.length > 0) await this.#read(unknown);
  }

  /**
   * Adds what the detectors say, for a window that `prepare` was asked for. A window that may lack
   * events is no part of a series.
   */
  judge(
    { start, complete }: { readonly start: number; readonly complete: boolean },
    assessments: readonly Assessment[],
  ): readonly Assessment[] {
    this.#windows.set(start, complete ? figuresOfWindow(assessments, this.#options) : null);
    if (!complete) return assessments;
    const before = windowsBefore(start, this.#plan.monitor);
    const past = before.flatMap((other) => this.#windows.get(other) ?? []);
    this.#forget();
    return judgeSeries(assessments, { ...this.#options, past });
  }

  async #read(starts: readonly number[]): Promise<void> {
    const { monitor, profile } = this.#plan;
    const { namespace, name, windowMs } = monitor;
    const found = new Map<number, Judged[]>();
    for (const start of starts) found.set(start, []);
    const range = { from: starts[0]!, to: starts.at(-1)! + 1 };
    let cursor: string | null = null;
    do {
      const page = await this.#store.evaluations({
        ...{ namespace, monitor: name, order: 'asc', limit: PAGE, ...range },
        ...(cursor === null ? {} : { cursor }),
      });
      for (const evaluation of page.items) {
        const { window, provenance } = evaluation;
        const { profile_id, complete = true } = provenance;
        const isOwn = profile_id === profile.id && window.end - window.start === windowMs;
        if (isOwn && complete) found.get(window.start)?.push(evaluation);
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
    for (const [start, assessments] of found) {
      this.#windows.set(
        start,
        assessments.length === 0 ? null : figuresOfWindow(assessments, this.#options),
      );
    }
  }

  /** Keeps the latest windows, twice as many as their series hold; others can be read again. */
  #forget(): void {
    const { windowMs, hopMs } = this.#plan.monitor;
    const most = 4 * SERIES_WINDOWS * Math.ceil(windowMs / hopMs);
    if (this.#windows.size <= 2 * most) return;
    const starts = [...this.#windows.keys()].sort((a, b) => a - b);
    for (const start of starts.slice(0, -most)) this.#windows.delete(start);
  }
}
